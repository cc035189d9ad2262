#include "xads/oauth1.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "base/json.h"

namespace xads {
namespace {

const rapidjson::Document& vectors() {
  static const rapidjson::Document document = [] {
    std::stringstream text;
    text << std::ifstream(TEST_DATA "/xads/oauth1-vectors.json").rdbuf();
    return base::parse_json(text.str()).value();
  }();
  return document;
}

std::string text_at(const rapidjson::Value& vector, const char* name) {
  REQUIRE(base::find_member(vector, name) != nullptr);
  return std::string(base::text_of(base::find_member(vector, name)));
}

void append_pairs(std::vector<Parameter>& parameters, const rapidjson::Value& vector, const char* name) {
  for (const auto& pair : vector[name].GetArray()) parameters.emplace_back(pair[0].GetString(), pair[1].GetString());
}

std::string value_of(const std::vector<Parameter>& parameters, const std::string& name) {
  for (const auto& [candidate, value] : parameters) {
    if (candidate == name) return value;
  }
  return {};
}

/// Published examples; X's own are at docs.x.com/fundamentals/authentication/oauth-1-0a.
Consumer example_consumer() {
  return {base::Secret("xvz1evFS4wEEPTGEFPHBog"), base::Secret("kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw")};
}
AccessToken example_token() {
  return {base::Secret("370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"),
          base::Secret("LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE")};
}

}  // namespace

TEST_CASE("oauth1: every percent-encoding vector comes out as published") {
  CHECK(vectors()["percent_encoding_vectors"].Size() == 7);
  for (const auto& vector : vectors()["percent_encoding_vectors"].GetArray())
    CHECK(percent_encode(text_at(vector, "input")) == text_at(vector, "expected"));
}

TEST_CASE("oauth1: NUL and bytes that are no UTF-8 are encoded byte by byte") {
  CHECK(percent_encode(std::string_view("a\0b\xFF\n", 5)) == "a%00b%FF%0A");
}

TEST_CASE("oauth1: every base URL vector comes out as the RFC prints it") {
  CHECK(vectors()["base_url_vectors"].Size() == 2);
  for (const auto& vector : vectors()["base_url_vectors"].GetArray())
    CHECK(base_string_url(text_at(vector, "request_url")) == text_at(vector, "expected_base_url"));
}

TEST_CASE("oauth1: a base URL keeps a port of its own and drops the scheme's") {
  CHECK(base_string_url("HTTPS://Ads-API.X.com:443/12/accounts") == "https://ads-api.x.com/12/accounts");
  CHECK(base_string_url("https://127.0.0.1:8443/12/accounts?count=5") == "https://127.0.0.1:8443/12/accounts");
  CHECK(base_string_url("http://example.com:443/") == "http://example.com:443/");
  CHECK(base_string_url("https://example.com") == "https://example.com/");
}

TEST_CASE("oauth1: every signing vector is reproduced, step by step") {
  CHECK(vectors()["signature_vectors"].Size() == 17);
  for (const auto& vector : vectors()["signature_vectors"].GetArray()) {
    CAPTURE(text_at(vector, "name"));
    std::vector<Parameter> all;
    append_pairs(all, vector, "query");
    append_pairs(all, vector, "form_body");
    append_pairs(all, vector, "oauth_params");
    std::vector<Parameter> protocol;
    append_pairs(protocol, vector, "oauth_params");

    CHECK(parameter_string(all) == text_at(vector, "expected_parameter_string"));
    const auto base = signature_base_string(text_at(vector, "method"), text_at(vector, "base_url"), all);
    CHECK(base == text_at(vector, "expected_base_string"));
    const auto signed_with = signature(base, base::Secret(text_at(vector, "consumer_secret")),
                                       base::Secret(text_at(vector, "token_secret")));
    CHECK(signed_with == text_at(vector, "expected_signature"));
    protocol.emplace_back("oauth_signature", signed_with);
    CHECK(header_value(protocol) == text_at(vector, "header_sorted_by_key"));
  }
}

TEST_CASE("oauth1: the whole header is made from consumer, token, nonce and time") {
  int checked = 0;
  for (const auto& vector : vectors()["signature_vectors"].GetArray()) {
    std::vector<Parameter> protocol;
    append_pairs(protocol, vector, "oauth_params");
    // The others leave out the version or the token, or carry a parameter of the sign-in in the header.
    if (protocol.size() != 6 || value_of(protocol, "oauth_version").empty()) continue;
    if (value_of(protocol, "oauth_token").empty()) continue;
    CAPTURE(text_at(vector, "name"));
    std::vector<Parameter> parameters;
    append_pairs(parameters, vector, "query");
    append_pairs(parameters, vector, "form_body");
    const Consumer consumer{base::Secret(value_of(protocol, "oauth_consumer_key")),
                            base::Secret(text_at(vector, "consumer_secret"))};
    const AccessToken token{base::Secret(value_of(protocol, "oauth_token")),
                            base::Secret(text_at(vector, "token_secret"))};
    const SigningContext context{value_of(protocol, "oauth_nonce"), std::stoll(value_of(protocol, "oauth_timestamp"))};
    CHECK(authorization_header(text_at(vector, "method"), text_at(vector, "base_url"), parameters, consumer, token,
                               context) == text_at(vector, "header_sorted_by_key"));
    ++checked;
  }
  CHECK(checked == 10);
}

TEST_CASE("oauth1: the query in the URL is signed through the parameters, not twice") {
  const std::vector<Parameter> parameters{{"count", "1000"}, {"cursor", "c-3yvu1pzhd3i7"}};
  const SigningContext context{"kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", 1767225600};
  CHECK(authorization_header("GET", "https://ads-api.x.com/12/accounts?count=1000&cursor=c-3yvu1pzhd3i7", parameters,
                             example_consumer(), example_token(), context) ==
        authorization_header("get", "https://ADS-API.x.com:443/12/accounts", parameters, example_consumer(),
                             example_token(), context));
}

TEST_CASE("oauth1: without a token the header has no oauth_token and the key keeps its ampersand") {
  const SigningContext context{"ea9ec8429b68d6b77cd5600adbbb0456", 1318467427};
  const Consumer consumer{base::Secret("cChZNFj6T5R0TigYB9yd1w"),
                          base::Secret("L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg")};
  const auto header =
      authorization_header("POST", "https://api.twitter.com/oauth/request_token",
                           {{"oauth_callback", "http://localhost/sign-in-with-twitter/"}}, consumer, {}, context);
  CHECK(header.find("oauth_token=") == std::string::npos);
  CHECK(header.find("oauth_signature=\"F1Li3tvehgcraF8DMJ7OyxO4w9Y%3D\"") != std::string::npos);
}

TEST_CASE("oauth1: parameters are sorted by their encoded bytes, then by value") {
  CHECK(parameter_string({{"b", "2"}, {"a", "z"}, {"a", "A"}, {"a b", ""}, {"a~", "~"}, {"\xC3\xA9", "1"}}) ==
        "%C3%A9=1&a=A&a=z&a%20b=&a~=~&b=2");
  CHECK(parameter_string({}) == "");
}

}  // namespace xads
