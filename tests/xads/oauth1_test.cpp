#include "xads/oauth1.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "base/random.h"

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

/// Encoded and sorted, as the signer takes them. Views into `parameters`, which are changed to what they show.
std::vector<ProtocolParameter> protocol_of(std::vector<Parameter>& parameters) {
  std::vector<ProtocolParameter> protocol;
  std::sort(parameters.begin(), parameters.end());
  for (auto& [name, value] : parameters) {
    value = percent_encode(value);
    protocol.push_back({name, value});
  }
  return protocol;
}

/// One to three characters out of a few, so that many come twice or differ late; some need an escape.
std::string random_text(base::Random& random) {
  constexpr std::string_view kCharacters = "ab~%&=+ /o\xC3";
  std::string text;
  for (auto length = 1 + random.next_u64() % 3; length > 0; --length)
    text += kCharacters[random.next_u64() % kCharacters.size()];
  return text;
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
    std::vector<Parameter> others;
    append_pairs(others, vector, "query");
    append_pairs(others, vector, "form_body");
    const auto sorted = protocol_of(protocol);
    const auto base =
        signature_base_string(make_signable(text_at(vector, "method"), text_at(vector, "base_url"), others), sorted);
    CHECK(base == text_at(vector, "expected_base_string"));
    const auto signed_with = signature(base, text_at(vector, "consumer_secret"), text_at(vector, "token_secret"));
    CHECK(signed_with == text_at(vector, "expected_signature"));
    CHECK(header_value(sorted, signed_with) == text_at(vector, "header_sorted_by_key"));
  }
}

TEST_CASE("oauth1: whatever the parameters, the base string is the one that the RFC describes step by step") {
  base::SeededRandom random(20261123);
  constexpr std::string_view kUrl = "https://ads-api.x.com/12/accounts";
  for (int round = 0; round < 2000; ++round) {
    std::vector<Parameter> others;
    for (auto count = random.next_u64() % 5; count > 0; --count)
      others.emplace_back((random.next_u64() % 2 == 0 ? "" : "oauth_") + random_text(random), random_text(random));
    std::vector<Parameter> protocol{{"oauth_a", random_text(random)}, {"oauth_b", random_text(random)}};
    if (round % 2 == 0) others.emplace_back("oauth_b", random_text(random));

    std::vector<Parameter> all = others;
    all.insert(all.end(), protocol.begin(), protocol.end());
    CHECK(signature_base_string(make_signable("get", kUrl, others), protocol_of(protocol)) ==
          "GET&" + percent_encode(kUrl) + "&" + percent_encode(parameter_string(all)));
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
    const std::string nonce = value_of(protocol, "oauth_nonce");
    const SigningContext context{nonce, std::stoll(value_of(protocol, "oauth_timestamp"))};
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

TEST_CASE("oauth1: a parameter of the sign-in has its place among the others of the header") {
  const Consumer consumer{base::Secret("cChZNFj6T5R0TigYB9yd1w"),
                          base::Secret("L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg")};
  const auto request = make_signable("POST", "https://api.twitter.com/oauth/request_token", {});
  const std::string callback = percent_encode("http://localhost/sign-in-with-twitter/");
  CHECK(authorization_header(request, consumer, {}, {"ea9ec8429b68d6b77cd5600adbbb0456", 1318467427},
                             {"oauth_callback", callback}) ==
        "OAuth oauth_callback=\"http%3A%2F%2Flocalhost%2Fsign-in-with-twitter%2F\", "
        "oauth_consumer_key=\"cChZNFj6T5R0TigYB9yd1w\", oauth_nonce=\"ea9ec8429b68d6b77cd5600adbbb0456\", "
        "oauth_signature=\"F1Li3tvehgcraF8DMJ7OyxO4w9Y%3D\", oauth_signature_method=\"HMAC-SHA1\", "
        "oauth_timestamp=\"1318467427\", oauth_version=\"1.0\"");
  // The verifier is signed alike wherever it travels: X's guide sends this one in the body.
  const auto exchange = make_signable("POST", "https://api.twitter.com/oauth/access_token", {});
  const auto header = authorization_header(exchange, consumer, {"t", "s"}, {"n", 1318467427}, {"oauth_verifier", "v"});
  const auto in_body =
      authorization_header("POST", "https://api.twitter.com/oauth/access_token", {{"oauth_verifier", "v"}}, consumer,
                           {base::Secret("t"), base::Secret("s")}, {"n", 1318467427});
  const auto signature_in = [](const std::string& text) { return text.substr(text.find("oauth_signature="), 48); };
  CHECK(signature_in(header) == signature_in(in_body));
  CHECK(header.find("oauth_token=\"t\", oauth_verifier=\"v\", oauth_version=\"1.0\"") != std::string::npos);
}

TEST_CASE("oauth1: a key or token with reserved characters is encoded once in the header and twice under it") {
  const SigningContext context{"abc", 1767225600};
  const Consumer odd{base::Secret("k+/="), base::Secret("s&")};
  const AccessToken token{base::Secret("t%"), base::Secret("&s")};
  const auto header = authorization_header("GET", "https://ads-api.x.com/12/accounts", {}, odd, token, context);
  CHECK(header.find("oauth_consumer_key=\"k%2B%2F%3D\"") != std::string::npos);
  CHECK(header.find("oauth_token=\"t%25\"") != std::string::npos);
  const std::string base =
      "GET&https%3A%2F%2Fads-api.x.com%2F12%2Faccounts&oauth_consumer_key%3Dk%252B%252F%253D%26oauth_nonce%3Dabc"
      "%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1767225600%26oauth_token%3Dt%2525%26oauth_version%3D1"
      ".0";
  CHECK(header.find("oauth_signature=\"" + percent_encode(signature(base, "s&", "&s")) + "\"") != std::string::npos);
}

TEST_CASE("oauth1: parameters are sorted by their encoded bytes, then by value") {
  CHECK(parameter_string({{"b", "2"}, {"a", "z"}, {"a", "A"}, {"a b", ""}, {"a~", "~"}, {"\xC3\xA9", "1"}}) ==
        "%C3%A9=1&a=A&a=z&a%20b=&a~=~&b=2");
  CHECK(parameter_string({}) == "");
}

}  // namespace xads
