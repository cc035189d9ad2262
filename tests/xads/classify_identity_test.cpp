// What classify_identity() makes of an answer.

#include <doctest/doctest.h>

#include "xads/replies.h"

namespace xads {
namespace {

IdentityAnswer identity(int status, std::string body) { return classify_identity(answer(status, std::move(body))); }
IdentityAnswer identity_refused(int status, const std::string& code) {
  return identity(status, R"({"errors":[{"code":)" + code + "}]}");
}

}  // namespace

TEST_CASE("classify identity: a user object means that the token lives") {
  CHECK(identity(200, R"({"id":5,"id_str":"5","suspended":true})") == IdentityAnswer::kAlive);
}

TEST_CASE("classify identity: refusals of a suspended or locked owner mean that the token lives") {
  CHECK(identity(403, R"({"errors":[{"code":64}]})") == IdentityAnswer::kAlive);
  CHECK(identity(403, R"({"errors":[{"code":326}]})") == IdentityAnswer::kAlive);
  CHECK(identity(401, R"({"errors":[{"code":64}]})") == IdentityAnswer::kNoStatement);
}

TEST_CASE("classify identity: only a 401 with code 89 says that the token is invalid") {
  CHECK(identity(401, R"({"errors":[{"code":89}]})") == IdentityAnswer::kTokenInvalid);
  CHECK(identity(403, R"({"errors":[{"code":89}]})") == IdentityAnswer::kNoStatement);
  CHECK(identity(500, R"({"errors":[{"code":89}]})") == IdentityAnswer::kNoStatement);
}

TEST_CASE("classify identity: only a 401 with code 32 says that the signature was not accepted") {
  CHECK(identity_refused(401, "32") == IdentityAnswer::kUnauthenticated);
  CHECK(identity_refused(403, "32") == IdentityAnswer::kNoStatement);
  CHECK(identity_refused(400, "32") == IdentityAnswer::kNoStatement);
}

TEST_CASE("classify identity: codes that blame the app or the clock are told at every refusal") {
  for (const std::string code : {"416", "453", "87", "220", "261", R"("UNAUTHORIZED_CLIENT_APPLICATION")"}) {
    CHECK_MESSAGE((identity_refused(401, code) == IdentityAnswer::kAppRejected), code);
    CHECK_MESSAGE((identity_refused(403, code) == IdentityAnswer::kAppRejected), code);
  }
  CHECK(identity_refused(401, "135") == IdentityAnswer::kClockSkewed);
  CHECK(identity_refused(403, "135") == IdentityAnswer::kClockSkewed);
}

TEST_CASE("classify identity: the code of a busy, ill or redirecting host is not heard") {
  for (const int status : {0, 100, 201, 302, 399, 408, 423, 429, 500, 503, 599}) {
    CHECK_MESSAGE((identity_refused(status, "89") == IdentityAnswer::kNoStatement), status);
    CHECK_MESSAGE((identity_refused(status, "416") == IdentityAnswer::kNoStatement), status);
    CHECK_MESSAGE((identity_refused(status, "135") == IdentityAnswer::kNoStatement), status);
  }
  CHECK(identity_refused(400, "416") == IdentityAnswer::kAppRejected);
  CHECK(identity_refused(499, "416") == IdentityAnswer::kAppRejected);
}

TEST_CASE("classify identity: the problem of a suspended user is one, at a 403 and nowhere else") {
  const std::string problem = R"({"type":"https://api.twitter.com/2/problems/user-suspended","status":403})";
  CHECK(identity(403, problem) == IdentityAnswer::kAlive);
  CHECK(identity(401, problem) == IdentityAnswer::kNoStatement);
  CHECK(identity(403, R"({"type":"https://api.twitter.com/2/problems/client-forbidden"})") ==
        IdentityAnswer::kNoStatement);
}

TEST_CASE("classify identity: everything else says nothing") {
  for (const std::string body : {"", "<html>", "[]", "null", "7", R"({"errors":[{"code":89}]})"})
    CHECK_MESSAGE((identity(200, body) == IdentityAnswer::kNoStatement), body);
  for (const std::string code : {"99", "215", "251", "88", "130", R"("NEW_CODE")", R"("NOT_FOUND")"})
    CHECK_MESSAGE((identity_refused(401, code) == IdentityAnswer::kNoStatement), code);
  CHECK(identity(401, R"({"title":"Unauthorized","status":401})") == IdentityAnswer::kNoStatement);
  CHECK(identity(429, R"({"errors":[{"code":88}]})") == IdentityAnswer::kNoStatement);
  CHECK(identity(204, "") == IdentityAnswer::kNoStatement);
  CHECK(identity(302, R"({"id":5})") == IdentityAnswer::kNoStatement);
}

}  // namespace xads
