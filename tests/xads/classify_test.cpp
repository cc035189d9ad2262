#include "xads/classify.h"

#include <doctest/doctest.h>

#include "xads/replies.h"

namespace xads {
namespace {

const std::string kAccount = "18ce54d4x5t";

/// What classify() makes of a 200 with this body.
std::string read(std::string body) { return describe(classify(answer(200, std::move(body)), kAccount).answer); }
/// What classify() makes of this status and code (as it stands in the JSON).
std::string refused(int status, const std::string& code) {
  return describe(classify(answer(status, R"({"errors":[{"code":)" + code + "}]}"), kAccount).answer);
}
std::string data(const std::string& members) { return R"({"data":{)" + members + "}}"; }
/// Whose trouble it was, of an answer that says nothing.
std::string trouble(const Answer& answer) {
  const auto* unavailable = std::get_if<Unavailable>(&answer);
  return unavailable != nullptr ? std::string(to_text(unavailable->trouble)) : "none";
}
std::string trouble(int status, std::string body) {
  return trouble(classify(answer(status, std::move(body)), kAccount).answer);
}
std::string version_in(std::string header) {
  return classify(answer(500, "", {{"X-Current-API-Version", std::move(header)}}), kAccount).current_version;
}

}  // namespace

TEST_CASE("classify: user_id is text or a number and keeps every digit") {
  CHECK(read(data(R"("user_id":"2417045708","permissions":["ANALYST"])")) == "granted 2417045708 ANALYST");
  CHECK(read(data(R"("user_id":2417045708,"permissions":[])")) == "granted 2417045708 none");
  CHECK(read(data(R"("user_id":9223372036854775809,"permissions":[])")) == "granted 9223372036854775809 none");
  CHECK(read(data(R"("user_id":1234567890123456789012345,"permissions":[])")) ==
        "granted 1234567890123456789012345 none");
}

TEST_CASE("classify: a user_id that is no plain number is no answer") {
  for (const std::string user_id : {R"("")", R"("12a")", "-5", "1.5", "1e5", "null", "true", "[1]", "{}", R"(" 5")",
                                    "123456789012345678901234567890123"})
    CHECK_MESSAGE(
        (read(data(std::string(R"("user_id":)") + user_id + R"(,"permissions":[])")) == "unavailable: no user_id"),
        user_id);
  CHECK(read(data(R"("permissions":["ACCOUNT_ADMIN"])")) == "unavailable: no user_id");
}

TEST_CASE("classify: missing or misshapen permissions are no answer, an empty list is one") {
  CHECK(read(data(R"("user_id":"5","permissions":[])")) == "granted 5 none");
  CHECK(read(data(R"("user_id":"5")")) == "unavailable: no permissions");
  for (const std::string permissions :
       {"null", R"("ACCOUNT_ADMIN")", "{}", "[1]", "[-1]", "[null]", R"([["ANALYST"]])", R"([""])",
        R"(["ACCOUNT_ADMIN",7])", R"(["A\u0000B"])", R"(["A\nB"])", R"([{"name":"ANALYST"}])", "7", "true"})
    CHECK_MESSAGE(
        (read(data(std::string(R"("user_id":"5","permissions":)") + permissions)) == "unavailable: no permissions"),
        permissions);
}

TEST_CASE("classify: a list or a name of permissions beyond all reason is no answer") {
  std::string list = R"("P0")";
  for (int i = 1; i < 101; ++i) list += ",\"P" + std::to_string(i) + "\"";
  CHECK(read(data(R"("user_id":"5","permissions":[)" + list + "]")) == "unavailable: no permissions");
  CHECK(read(data(R"("user_id":"5","permissions":[")" + std::string(101, 'P') + "\"]")) ==
        "unavailable: no permissions");
}

TEST_CASE("classify: what is just within reason is an answer") {
  CHECK(read(data(R"("user_id":"12345678901234567890123456789012","permissions":[])")) ==
        "granted 12345678901234567890123456789012 none");
  const std::string name(100, 'P');
  CHECK(read(data(R"("user_id":"5","permissions":[")" + name + "\"]")) == "granted 5 " + name);
  std::string list = R"("P0")";
  for (int i = 1; i < 100; ++i) list += ",\"P" + std::to_string(i) + "\"";
  CHECK(read(data(R"("user_id":"5","permissions":[)" + list + "]")).starts_with("granted 5 P0, "));
}

TEST_CASE("classify: the characters beside the digits are none") {
  CHECK(read(data(R"("user_id":"/","permissions":[])")) == "unavailable: no user_id");
  CHECK(read(data(R"("user_id":":","permissions":[])")) == "unavailable: no user_id");
  CHECK(read(data(R"("user_id":"5","permissions":["/",":"])")) == "granted 5 /, :");
  CHECK(read(data(R"("user_id":"5","permissions":["0"])")) == "unavailable: no permissions");
  CHECK(read(data(R"("user_id":"5","permissions":["9"])")) == "unavailable: no permissions");
}

TEST_CASE("classify: permissions are a set and unknown ones stay") {
  CHECK(read(data(R"("user_id":"5","permissions":["TWEET_COMPOSER","NEW ONE","AD_MANAGER","TWEET_COMPOSER"])")) ==
        "granted 5 AD_MANAGER, TWEET_COMPOSER, NEW ONE");
}

TEST_CASE("classify: an echo must name the account that was asked for, or be absent") {
  const std::string granted = R"("data":{"user_id":"5","permissions":[]})";
  CHECK(read("{" + granted + R"(,"request":{"params":{"account_id":"18ce54d4x5t"}}})") == "granted 5 none");
  CHECK(read("{" + granted + R"(,"request":{"params":{}}})") == "granted 5 none");
  CHECK(read("{" + granted + R"(,"request":{}})") == "granted 5 none");
  for (const std::string request :
       {R"({"params":{"account_id":"18ce54d4x6u"}})", R"({"params":{"account_id":"18CE54D4X5T"}})",
        R"({"params":{"account_id":""}})", R"({"params":{"account_id":null}})", R"({"params":{"account_id":["x"]}})",
        R"({"params":[]})", "null", "7"})
    CHECK_MESSAGE((read("{" + granted + R"(,"request":)" + request + "}") == "unavailable: about another account"),
                  request);
}

TEST_CASE("classify: a refusal about another account is none of ours") {
  const std::string body =
      R"({"errors":[{"code":"ACCOUNT_NOT_FOUND"}],"request":{"params":{"account_id":"18ce54d4x6u"}}})";
  CHECK(describe(classify(answer(403, body), kAccount).answer) == "unavailable: http 403, about another account");
  CHECK(describe(classify(answer(403, body), "18ce54d4x6u").answer) == "denied account_not_found");
}

TEST_CASE("classify: a 200 that is not the API's is no answer") {
  CHECK(read("") == "unavailable: not json");
  CHECK(read("<html>Sign in to the hotel's network</html>") == "unavailable: not json");
  CHECK(read(R"({"data":{"user_id":"5","permissions":["ACC)") == "unavailable: not json");
  CHECK(read(data(R"("user_id":"5","permissions":[])") + "{}") == "unavailable: not json");
  for (const std::string body : {"null", "7", "[]", "{}", R"("text")", R"({"errors":[]})"})
    CHECK_MESSAGE((read(body) == "unavailable: not the API's shape"), body);
  CHECK(read(R"({"data":[{"user_id":"5","permissions":[]}]})") == "unavailable: no user_id");
}

TEST_CASE("classify: a 200 that carries errors too is no answer") {
  CHECK(read(R"({"data":{"user_id":"5","permissions":[]},"errors":[{"code":89}]})") ==
        "unavailable: not the API's shape");
  CHECK(read(R"({"data":{"user_id":"5","permissions":[]},"errors":[]})") == "granted 5 none");
}

TEST_CASE("classify: the same key twice is no answer, however it is spelled") {
  CHECK(read(data(R"("user_id":"5","permissions":[],"permissions":["ACCOUNT_ADMIN"])")) == "unavailable: not json");
  CHECK(read(data(R"("user_id":"5","permissions":[],"permission\u0073":["ACCOUNT_ADMIN"])")) ==
        "unavailable: not json");
  CHECK(describe(classify(answer(401, R"({"errors":[{"code":89,"code":32}]})"), kAccount).answer) ==
        "unavailable: http 401, not json");
}

TEST_CASE("classify: deep nesting is no answer and no stack overflow") {
  CHECK(read(std::string(200'000, '[')) == "unavailable: not json");
  CHECK(read(data(R"("user_id":"5","permissions":[],"x":)" + std::string(30, '[') + std::string(30, ']'))) ==
        "granted 5 none");
  CHECK(read(data(R"("user_id":"5","permissions":[],"x":)" + std::string(31, '[') + std::string(31, ']'))) ==
        "unavailable: not json");
}

TEST_CASE("classify: a body of one MiB is read, a longer one is not") {
  std::string body = data(R"("user_id":"5","permissions":[])");
  body.resize(1024 * 1024, ' ');
  CHECK(read(body) == "granted 5 none");
  CHECK(read(body + " ") == "unavailable: not json");
}

TEST_CASE("classify: broken text is no answer") {
  CHECK(read(data(R"("user_id":"5","permissions":["\ud800"])")) == "unavailable: not json");
  CHECK(read(data(R"("user_id":"5","permissions":["\udc00"])")) == "unavailable: not json");
  CHECK(read(data("\"user_id\":\"5\",\"permissions\":[\"\xFF\"]")) == "unavailable: not json");
  CHECK(read(data(R"("user_id":"5","permissions":[])") + std::string(1, '\0')) == "unavailable: not json");
  CHECK(read(data(R"("user_id":"5","permissions":[])") + std::string("\0{}", 3)) == "unavailable: not json");
  CHECK(read(data(R"("user_id":"5\u0000","permissions":[])")) == "unavailable: no user_id");
}

TEST_CASE("classify: the body decides, whatever the content type says") {
  const std::string body = data(R"("user_id":"5","permissions":[])");
  CHECK(describe(classify(answer(200, body, {{"content-type", "text/html"}}), kAccount).answer) == "granted 5 none");
}

TEST_CASE("classify: codes are words, numbers, or numbers as text") {
  CHECK(refused(401, "89") == "denied token_invalid");
  CHECK(refused(401, R"("89")") == "denied token_invalid");
  CHECK(refused(401, R"("UNAUTHORIZED_ACCESS")") == "denied unauthenticated");
  CHECK(refused(401, R"("SOMETHING_NEW")") == "denied unknown");
}

TEST_CASE("classify: of several errors the first one speaks") {
  CHECK(describe(classify(answer(401, R"({"errors":[{"code":32},{"code":89}]})"), kAccount).answer) ==
        "denied unauthenticated");
}

TEST_CASE("classify: a refusal outside the API's shape accuses nobody") {
  for (const std::string body :
       {"{}", "[]", "89", R"({"code":89})", R"({"error":{"code":89}})", R"({"errors":{"code":89}})", R"({"errors":[]})",
        R"({"errors":[89]})", R"({"errors":[{}]})", R"({"errors":[{"code":null}]})", R"({"errors":[{"code":""}]})",
        R"({"errors":[{"code":[89]}]})", R"({"errors":[{"message":"Invalid"}]})",
        R"({"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"})"})
    CHECK_MESSAGE(
        (describe(classify(answer(401, body), kAccount).answer) == "unavailable: http 401, not the API's shape"), body);
  CHECK(describe(classify(answer(401, "<h1>89</h1>"), kAccount).answer) == "unavailable: http 401, not json");
  CHECK(describe(classify(answer(404, ""), kAccount).answer) == "unavailable: http 404, not json");
}

TEST_CASE("classify: the status is heard before the code") {
  CHECK(refused(500, "89") == "unavailable: http 500");
  CHECK(refused(408, "89") == "unavailable: http 408");
  CHECK(refused(423, "89") == "unavailable: http 423");
  CHECK(refused(429, "89") == "throttled");
  CHECK(refused(302, "89") == "unavailable: http 302");
  CHECK(refused(201, "89") == "unavailable: http 201");
  CHECK(refused(204, "89") == "unavailable: http 204");
  CHECK(refused(0, "89") == "unavailable: http 0");
  CHECK(refused(999, "89") == "unavailable: http 999");
}

TEST_CASE("classify: the code is heard at every status from 400 to 499 but 408, 423 and 429") {
  for (const int status : {400, 401, 402, 403, 407, 409, 422, 424, 428, 430, 499})
    CHECK_MESSAGE((refused(status, "64") == "denied user_suspended"), status);
  CHECK(refused(399, "64") == "unavailable: http 399");
  CHECK(refused(500, "64") == "unavailable: http 500");
}

TEST_CASE("classify: codes of overload are heard at any refusal") {
  CHECK(refused(403, "88") == "throttled");
  CHECK(refused(400, R"("OVER_CAPACITY")") == "unavailable: http 400");
}

TEST_CASE("classify: 429 waits for the account's reset even when the body is a stranger's") {
  const auto seen = classify(answer(429, "<html>",
                                    {{"x-account-rate-limit-limit", "2000"},
                                     {"x-account-rate-limit-remaining", "0"},
                                     {"x-account-rate-limit-reset", "1767225600"}}),
                             kAccount);
  CHECK(describe(seen.answer) == "throttled until 2026-01-01T00:00:00.000Z");
  CHECK(seen.limits.account == RateLimit{2000, 0, base::from_epoch_seconds(1767225600)});
}

TEST_CASE("classify: 429 with garbled limits has no reset") {
  const http::Headers garbled{{"x-rate-limit-limit", "99999999999999999999"},
                              {"x-rate-limit-remaining", "0"},
                              {"x-rate-limit-reset", "-1767225600"}};
  CHECK(describe(classify(answer(429, "", garbled), kAccount).answer) == "throttled");
}

TEST_CASE("classify: 503 hands on Retry-After, as seconds or as a date") {
  CHECK(describe(classify(answer(503, "", {{"Retry-After", "120"}}), kAccount).answer) ==
        "unavailable: http 503, retry after 2m");
  CHECK(describe(classify(answer(503, "",
                                 {{"Retry-After", "Thu, 01 Jan 2026 00:00:30 GMT"},
                                  {"Date", "Thu, 01 Jan 2026 00:00:00 GMT"}}),
                          kAccount)
                     .answer) == "unavailable: http 503, retry after 30s");
  CHECK(describe(classify(answer(503, "", {{"Retry-After", "-5"}}), kAccount).answer) == "unavailable: http 503");
}

TEST_CASE("classify: a request that failed on the way is no answer, and leaves no evidence") {
  const http::Reply failed = base::Failure{http::TransportError{http::Stage::kDeadline, "ads-api.x.com: too slow"}};
  const auto seen = classify(failed, kAccount);
  CHECK(describe(seen.answer) == "unavailable: " + std::string(http::to_text(http::Stage::kDeadline)));
  CHECK(seen.evidence == Evidence{0, ""});
  CHECK_FALSE(seen.server_date);
  CHECK(classify_identity(failed) == IdentityAnswer::kNoStatement);
  CHECK_FALSE(classify_accounts(failed).page);
}

TEST_CASE("classify: the evidence holds status and code, and the code is one short clean line") {
  CHECK(classify(answer(401, R"({"errors":[{"code":89}]})"), kAccount).evidence == Evidence{401, "89"});
  CHECK(classify(answer(503, R"({"errors":[{"code":130}]})"), kAccount).evidence == Evidence{503, "130"});
  CHECK(classify(answer(404, "<html>"), kAccount).evidence == Evidence{404, ""});
  CHECK(classify(answer(400, R"({"errors":[{"code":"A\nB\u0000C"}]})"), kAccount).evidence.code == "A B C");
  const auto seen = classify(answer(400, R"({"errors":[{"code":")" + std::string(500, 'A') + "\"}]}"), kAccount);
  CHECK(seen.evidence.code == std::string(64, 'A'));
}

TEST_CASE("classify: date and warning come from the headers of any answer") {
  const auto seen = classify(
      answer(500, "", {{"date", "Thu, 01 Jan 2026 00:00:00 GMT"}, {"X-API-Warn", "Version 11 ends\tsoon"}}), kAccount);
  CHECK(seen.server_date == base::from_epoch_seconds(1767225600));
  CHECK(seen.api_warning == "Version 11 ends soon");
  CHECK(classify(answer(500, ""), kAccount).api_warning.empty());
  CHECK(classify(answer(500, "", {{"x-api-warn", std::string(300, 'w')}}), kAccount).api_warning.size() == 200);
}

TEST_CASE("classify: an answer leaves nothing behind for the next one") {
  const std::string grant = data(R"("user_id":"5","permissions":["ANALYST"])");
  CHECK(read(grant) == "granted 5 ANALYST");
  CHECK(read(grant.substr(0, 30)) == "unavailable: not json");
  CHECK(read("") == "unavailable: not json");
  CHECK(read(grant + std::string(900'000, ' ')) == "granted 5 ANALYST");
  CHECK(read("{}") == "unavailable: not the API's shape");
  CHECK(read(grant) == "granted 5 ANALYST");
}

TEST_CASE("classify: a taught code is understood by all three") {
  const CodeTable taught({{"TOKEN_GONE", 401, Denial::kTokenInvalid}, {"64", 0, Denial::kUnknown}});
  const auto gone = answer(401, R"({"errors":[{"code":"TOKEN_GONE"}]})");
  CHECK(describe(classify(gone, kAccount, taught).answer) == "denied token_invalid");
  CHECK(describe(classify_accounts(gone, taught).answer) == "denied token_invalid");
  CHECK(classify_identity(gone, taught) == IdentityAnswer::kTokenInvalid);
  CHECK(describe(classify(gone, kAccount).answer) == "denied unknown");
  CHECK(describe(classify_accounts(gone).answer) == "denied unknown");
  CHECK(classify_identity(gone) == IdentityAnswer::kNoStatement);
  CHECK(classify_identity(answer(403, R"({"errors":[{"code":64}]})"), taught) == IdentityAnswer::kNoStatement);
}

TEST_CASE("classify: how far a request got tells whose trouble it was") {
  const auto failed = [](http::Stage stage) {
    const http::Reply reply = base::Failure{http::TransportError{stage, "ads-api.x.com"}};
    CHECK(trouble(classify_accounts(reply).answer) == trouble(classify(reply, kAccount).answer));
    return trouble(classify(reply, kAccount).answer);
  };
  CHECK(failed(http::Stage::kResolve) == "name_resolution");
  CHECK(failed(http::Stage::kHandshake) == "tls");
  CHECK(failed(http::Stage::kMalformed) == "middlebox");
  for (const auto stage :
       {http::Stage::kRefused, http::Stage::kConnect, http::Stage::kWrite, http::Stage::kRead, http::Stage::kDeadline})
    CHECK_MESSAGE((failed(stage) == "network"), http::to_text(stage));
}

TEST_CASE("classify: an ill server is told from something that is no server of X") {
  for (const int status : {408, 423, 500, 502, 503, 504, 599})
    CHECK_MESSAGE((trouble(status, "<html>") == "server"), status);
  CHECK(trouble(403, R"({"errors":[{"code":130}]})") == "server");
  for (const int status : {0, 100, 201, 204, 301, 302, 304, 399})
    CHECK_MESSAGE((trouble(status, "<html>") == "middlebox"), status);
  for (const int status : {200, 400, 401, 403, 404, 407, 499}) {
    CHECK_MESSAGE((trouble(status, "<html>") == "middlebox"), status);
    CHECK_MESSAGE((trouble(status, "{}") == "middlebox"), status);
  }
  CHECK(trouble(403, R"({"errors":[{"code":89}],"request":{"params":{"account_id":"18ce54d4x6u"}}})") == "middlebox");
  CHECK(trouble(200, data(R"("user_id":"5")")) == "middlebox");
  CHECK(trouble(200, data(R"("permissions":[])")) == "middlebox");
  CHECK(trouble(200, R"({"data":{"user_id":"5","permissions":[]},"request":{"params":{"account_id":"x"}}})") ==
        "middlebox");
  CHECK(trouble(classify_accounts(answer(200, "<html>")).answer) == "middlebox");
  CHECK(trouble(classify_accounts(answer(200, "{}")).answer) == "middlebox");
  CHECK(trouble(classify_accounts(answer(503, "{}")).answer) == "server");
  CHECK(trouble(401, R"({"errors":[{"code":89}]})") == "none");
}

TEST_CASE("classify: the current version is kept when it is one") {
  CHECK(version_in("12") == "12");
  CHECK(version_in(" 12.1 ") == "12.1");
  CHECK(version_in("1234567890.12345") == "1234567890.12345");
  for (const std::string odd : {"", " ", "v12", "12-beta", "1 2", "12,13", "1234567890.123456", "<b>12</b>"})
    CHECK_MESSAGE(version_in(odd).empty(), odd);
  CHECK(classify(answer(500, ""), kAccount).current_version.empty());
  CHECK(classify(answer(200, data(R"("user_id":"5","permissions":[])"), {{"x-current-api-version", "13"}}), kAccount)
            .current_version == "13");
  CHECK(classify(answer(200, "{}", {{"x-current-api-versiom", "13"}}), kAccount).current_version.empty());
}

}  // namespace xads
