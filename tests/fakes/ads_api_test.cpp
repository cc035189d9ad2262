#include "ads_api.h"

#include <doctest/doctest.h>

#include "json.h"
#include "world_json.h"

using namespace fakes;

namespace {

constexpr std::int64_t kNow = 1767225600;
constexpr const char* kAccess = "/12/accounts/18ce54d4x5t/authenticated_user_access";
constexpr const char* kIdentity = "/1.1/account/verify_credentials.json";

AdsApi make_api() {
  AdsApi api;
  add_to_world(api.world, parse_object(R"({
    "apps": [{"name": "agency", "consumer_key": "ck", "consumer_secret": "cs"}],
    "users": [{"id": "2417045708", "screen_name": "example"}],
    "tokens": [{"name": "brand-a", "token": "tk", "secret": "ts", "user": "2417045708", "app": "agency"}],
    "accounts": [{"id": "18ce54d4x5t", "name": "Brand A"}, {"id": "other1"}],
    "grants": [{"account": "18ce54d4x5t", "user": "2417045708", "permissions": ["ACCOUNT_ADMIN", "TWEET_COMPOSER"]}]
  })"));
  return api;
}

SignedRequest sign(const std::string& target, std::int64_t timestamp_s = kNow) {
  static int nonce = 0;
  SignedRequest request{"GET", "https", "localhost:1", target, "", ""};
  const std::string parts =
      R"(OAuth oauth_consumer_key="ck", oauth_token="tk", oauth_signature_method="HMAC-SHA1", oauth_version="1.0", )"
      R"(oauth_timestamp=")" +
      std::to_string(timestamp_s) + R"(", oauth_nonce="n)" + std::to_string(++nonce) + R"(", oauth_signature=")";
  const auto unsigned_header = read_authorization(parts + "x\"");
  const std::string signature = expected_signature(signature_base_string(request, *unsigned_header), "cs", "ts");
  request.authorization = parts + percent_encode(signature) + "\"";
  return request;
}

std::string header_of(const Handled& handled, const std::string& name) {
  return value_or(handled.answer.headers, name, "absent");
}

/// Status and body of one signed request, for a table of refusals.
std::string ask(AdsApi& api, const std::string& target = kAccess, std::int64_t timestamp_s = kNow) {
  const Handled handled = api.handle(sign(target, timestamp_s), kNow);
  return std::to_string(handled.answer.status) + " " + handled.answer.body;
}

constexpr const char* kVague =
    R"(401 {"errors":[{"code":"UNAUTHORIZED_ACCESS","message":"This request is not properly authenticated"}],)"
    R"("request":{"params":{}}})";

}  // namespace

TEST_CASE("ads api: a granted user reads its permissions, with the limits of both families") {
  AdsApi api = make_api();
  const Handled handled = api.handle(sign(kAccess), kNow);
  CHECK(handled.answer.status == 200);
  CHECK(handled.answer.body == R"({"data":{"user_id":"2417045708","permissions":["ACCOUNT_ADMIN","TWEET_COMPOSER"]},)"
                               R"("request":{"params":{"account_id":"18ce54d4x5t"}}})");
  CHECK(handled.token == "brand-a");
  CHECK(handled.account == "18ce54d4x5t");
  CHECK(handled.endpoint == "authenticated_user_access");
  CHECK(header_of(handled, "date") == "Thu, 01 Jan 2026 00:00:00 GMT");
  CHECK(header_of(handled, "x-current-api-version") == "12");
  CHECK(header_of(handled, "x-access-level") == "read-write");
  CHECK(header_of(handled, "x-rate-limit-remaining") == "9999999");
  CHECK(header_of(handled, "x-account-rate-limit-limit") == "2000");
  CHECK(header_of(handled, "x-account-rate-limit-remaining") == "1999");
  CHECK(header_of(handled, "x-account-rate-limit-reset") == "1767226500");
}

TEST_CASE("ads api: without the account family the token's window decides") {
  AdsApi api = make_api();
  api.world.options.account_family = false;
  api.world.options.token_limit = 1;
  const Handled first = api.handle(sign(kAccess), kNow);
  CHECK(header_of(first, "x-rate-limit-remaining") == "0");
  CHECK(header_of(first, "x-account-rate-limit-limit") == "absent");
  const Handled second = api.handle(sign(kAccess), kNow);
  CHECK(second.answer.status == 429);
  CHECK(header_of(second, "x-rate-limit-reset") == "1767226500");
}

TEST_CASE("ads api: a revoked token is worded as the world chooses, and always code 89 on the identity host") {
  AdsApi api = make_api();
  api.world.token("brand-a").revoked = true;
  CHECK(ask(api) == kVague);
  api.world.options.revoked = "code_89";
  CHECK(ask(api) == R"(401 {"errors":[{"code":89,"message":"Invalid or expired token."}]})");
  CHECK(ask(api, kIdentity) == R"(401 {"errors":[{"code":89,"message":"Invalid or expired token."}]})");
  CHECK(ask(api, "/2/users/me") ==
        R"(401 {"title":"Unauthorized","detail":"Unauthorized","type":"about:blank","status":401})");
}

TEST_CASE("ads api: a clock that differs by more than the tolerance is code 135") {
  AdsApi api = make_api();
  CHECK(ask(api, kAccess, kNow - 300).starts_with("200"));
  CHECK(ask(api, kAccess, kNow - 301) == R"(401 {"errors":[{"code":135,"message":"Timestamp out of bounds."}]})");
  CHECK(ask(api, kAccess, kNow + 301).starts_with("401"));
  api.world.options.skew_s = 3600;
  CHECK(ask(api).starts_with("401"));
  CHECK(ask(api, kAccess, kNow + 3600).starts_with("200"));
}

TEST_CASE("ads api: an account without a grant is not found, in the world's words") {
  AdsApi api = make_api();
  const std::string other = "/12/accounts/other1/authenticated_user_access";
  CHECK(ask(api, other) == R"(404 {"errors":[{"code":"NOT_FOUND","message":"Account other1 was not found"}],)"
                           R"("request":{"params":{"account_id":"other1"}}})");
  api.world.options.no_grant = "account_not_found_403";
  CHECK(ask(api, other).starts_with(R"(403 {"errors":[{"code":"ACCOUNT_NOT_FOUND")"));
  api.world.options.no_grant = "not_found_403";
  CHECK(ask(api, other).starts_with(R"(403 {"errors":[{"code":"NOT_FOUND")"));
}

TEST_CASE("ads api: an empty list of permissions is a grant") {
  AdsApi api = make_api();
  api.world.grant("18ce54d4x5t", "2417045708", {});
  CHECK(ask(api).find(R"("permissions":[])") != std::string::npos);
}

TEST_CASE("ads api: a deleted account is found only on request") {
  AdsApi api = make_api();
  api.world.account("18ce54d4x5t").deleted = true;
  CHECK(ask(api).starts_with("404"));
  CHECK(ask(api, "/12/accounts/18ce54d4x5t").starts_with("404"));
  CHECK(ask(api, "/12/accounts/18ce54d4x5t?with_deleted=true").starts_with("200"));
}

TEST_CASE("ads api: apps and users in trouble answer in X's words on each host") {
  AdsApi api = make_api();
  api.world.app("agency").ads_access = false;
  CHECK(ask(api).starts_with(R"(403 {"errors":[{"code":"UNAUTHORIZED_CLIENT_APPLICATION")"));
  CHECK(ask(api, kIdentity).starts_with("200"));
  api = make_api();
  api.world.app("agency").suspended = true;
  CHECK(ask(api) == kVague);
  CHECK(ask(api, kIdentity).starts_with(R"(401 {"errors":[{"code":416)"));
  api = make_api();
  api.world.user("2417045708").suspended = true;
  CHECK(ask(api).starts_with(R"(403 {"errors":[{"code":"CURRENT_USER_SUSPENDED")"));
  CHECK(ask(api, kIdentity).starts_with(R"(403 {"errors":[{"code":64)"));
  CHECK(ask(api, "/2/users/me").find("/problems/user-suspended") != std::string::npos);
  api = make_api();
  api.world.user("2417045708").locked = true;
  CHECK(ask(api).starts_with(R"(403 {"errors":[{"code":326)"));
}

TEST_CASE("ads api: routes, versions and ids that do not exist") {
  AdsApi api = make_api();
  CHECK(ask(api, "/5/accounts") ==
        R"(403 {"errors":[{"code":"INVALID","message":"Version 5.0 is not available."}],"request":{"params":{}}})");
  CHECK(ask(api, "/12/accounts/18ce54d4x5t/no_such").find("ROUTE_NOT_FOUND") != std::string::npos);
  CHECK(ask(api, "/12/accounts/18ce%21x").find("INVALID_ID_ILLEGAL_CHARACTERS") != std::string::npos);
  CHECK(ask(api, "/1.1/no_such.json").find("\"code\":34") != std::string::npos);
  CHECK(header_of(api.handle(sign("/11/accounts/18ce54d4x5t"), kNow), "x-api-warn") != "absent");
  api.world.options.retired = true;
  CHECK(ask(api).find("Version 12.0 is not available.") != std::string::npos);
}

TEST_CASE("ads api: someone else can eat the window") {
  AdsApi api = make_api();
  api.spend("brand-a", "18ce54d4x5t", "authenticated_user_access", 1990, kNow);
  CHECK(header_of(api.handle(sign(kAccess), kNow), "x-account-rate-limit-remaining") == "9");
  api.forget_windows();
  CHECK(header_of(api.handle(sign(kAccess), kNow), "x-account-rate-limit-remaining") == "1999");
}

TEST_CASE("ads api: the same signed request is good once") {
  AdsApi api = make_api();
  const SignedRequest request = sign(kAccess);
  CHECK(api.handle(request, kNow).verdict == Verdict::kGood);
  CHECK(api.handle(request, kNow).verdict == Verdict::kNonceReused);
}
