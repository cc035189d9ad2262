#include "oauth_check.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "json.h"

using namespace fakes;

namespace {

constexpr const char* kPhotos =
    R"(OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk", )"
    R"(oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131202", oauth_nonce="chapoH", )"
    R"(oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D")";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

rapidjson::Document read_vectors() {
  std::ifstream file(TEST_DATA "/xads/oauth1-vectors.json");
  std::ostringstream text;
  text << file.rdbuf();
  return parse_object(text.str());
}

std::string form_of(const rapidjson::Value& pairs) {
  NameValues decoded;
  for (const auto& pair : pairs.GetArray()) decoded.emplace_back(pair[0].GetString(), pair[1].GetString());
  return write_form(decoded);
}

/// The request of one published vector, as it would arrive.
SignedRequest request_of(const rapidjson::Value& vector) {
  const std::string url = vector["base_url"].GetString();
  const size_t host = url.find("://") + 3;
  const size_t path = url.find('/', host);
  const std::string query = form_of(vector["query"]);
  SignedRequest request;
  request.method = vector["method"].GetString();
  request.scheme = url.substr(0, host - 3);
  request.host = url.substr(host, path - host);
  request.target = url.substr(path) + (query.empty() ? "" : "?" + query);
  request.form_body = form_of(vector["form_body"]);
  request.authorization = vector["header_sorted_by_key"].GetString();
  return request;
}

}  // namespace

TEST_CASE("oauth: published vectors have the published base string and signature") {
  const auto vectors = read_vectors();
  int checked = 0;
  for (const auto& vector : vectors["signature_vectors"].GetArray()) {
    INFO(vector["name"].GetString());
    const SignedRequest request = request_of(vector);
    OauthHeader header;
    for (const auto& pair : vector["oauth_params"].GetArray()) {
      header.signed_pairs.emplace_back(pair[0].GetString(), pair[1].GetString());
    }
    const std::string base_string = signature_base_string(request, header);
    CHECK(base_string == vector["expected_base_string"].GetString());
    CHECK(expected_signature(base_string, vector["consumer_secret"].GetString(), vector["token_secret"].GetString()) ==
          vector["expected_signature"].GetString());
    ++checked;
  }
  CHECK(checked == 17);
}

TEST_CASE("oauth: the header of RFC 5849 section 1.2 is read, and its realm is not signed") {
  const auto header = read_authorization(kPhotos);
  REQUIRE(header);
  CHECK(header->consumer_key == "dpf43f3p2l4k3l03");
  CHECK(header->token == "nnch734d00sl2jdk");
  CHECK(header->nonce == "chapoH");
  CHECK(header->timestamp_s == 137131202);
  CHECK(header->signature == "MdpQcU8iPSUjWoN/UDMsK2sui9I=");
  CHECK(header->signed_pairs.size() == 5);

  const SignedRequest photos{"GET", "http", "photos.example.net", "/photos?file=vacation.jpg&size=original", "", ""};
  CHECK(expected_signature(signature_base_string(photos, *header), "kd94hf93k423kf44", "pfkkdhi9sl3r4s00") ==
        header->signature);
}

TEST_CASE("oauth: a header that says anything else is refused") {
  const std::string good(kPhotos);
  CHECK_FALSE(read_authorization(""));
  CHECK_FALSE(read_authorization("Bearer abc"));
  CHECK_FALSE(read_authorization("OAuth "));
  CHECK_FALSE(read_authorization(replaced(good, "HMAC-SHA1", "PLAINTEXT")));
  CHECK_FALSE(read_authorization(replaced(good, "\"137131202\"", "\"soon\"")));
  CHECK_FALSE(read_authorization(replaced(good, "\"137131202\"", "\"-5\"")));
  CHECK_FALSE(read_authorization(replaced(good, "oauth_nonce", "oauth_once")));
  CHECK_FALSE(read_authorization(replaced(good, "\"chapoH\"", "chapoH")));
  CHECK_FALSE(read_authorization(good + ", oauth_nonce=\"again\""));
  CHECK_FALSE(read_authorization(good + ", oauth_version=\"2.0\""));
  CHECK(read_authorization(good + ", oauth_version=\"1.0\""));
}

TEST_CASE("oauth: host is lower case and only the default port is left out") {
  const OauthHeader header;
  CHECK(signature_base_string({"GET", "https", "API.X.com:443", "/a", "", ""}, header) ==
        "GET&https%3A%2F%2Fapi.x.com%2Fa&");
  CHECK(signature_base_string({"GET", "https", "127.0.0.1:8443", "/a", "", ""}, header) ==
        "GET&https%3A%2F%2F127.0.0.1%3A8443%2Fa&");
}

TEST_CASE("oauth: a nonce is new once for each owner, and is forgotten with its age") {
  NonceMemory nonces;
  CHECK(nonces.remember("a", "n", 1000, 600));
  CHECK_FALSE(nonces.remember("a", "n", 1600, 600));
  CHECK(nonces.remember("b", "n", 1600, 600));
  CHECK(nonces.remember("a", "n", 1601, 600));
}
