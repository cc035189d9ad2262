#include "xads/error_codes.h"

#include <doctest/doctest.h>

namespace xads {
namespace {

const CodeMeaning kUnknown = Denial::kUnknown;

}  // namespace

TEST_CASE("error codes: only a 401 with code 89 accuses the token by itself") {
  CHECK(meaning_of("89", 401, "") == CodeMeaning{Denial::kTokenInvalid});
  CHECK(meaning_of("89", 403, "") == CodeMeaning{Denial::kUnauthenticated});
  CHECK(meaning_of("89", 400, "") == CodeMeaning{Denial::kUnauthenticated});
  CHECK(meaning_of("089", 401, "") == kUnknown);
  CHECK(meaning_of("89.0", 401, "") == kUnknown);
}

TEST_CASE("error codes: vague refusals count at 401 only") {
  CHECK(meaning_of("UNAUTHORIZED_ACCESS", 401, "") == CodeMeaning{Denial::kUnauthenticated});
  CHECK(meaning_of("32", 401, "") == CodeMeaning{Denial::kUnauthenticated});
  CHECK(meaning_of("UNAUTHORIZED_ACCESS", 403, "") == kUnknown);
  CHECK(meaning_of("32", 403, "") == kUnknown);
}

TEST_CASE("error codes: an account is not found at 403 and 404 only") {
  for (const std::string code : {"ACCOUNT_NOT_FOUND", "NOT_FOUND"}) {
    CHECK(meaning_of(code, 403, "") == CodeMeaning{Denial::kAccountNotFound});
    CHECK(meaning_of(code, 404, "") == CodeMeaning{Denial::kAccountNotFound});
    CHECK(meaning_of(code, 400, "") == kUnknown);
    CHECK(meaning_of(code, 410, "") == kUnknown);
  }
  CHECK(meaning_of("USER_NOT_FOUND", 403, "") == kUnknown);
  CHECK(meaning_of("ROUTE_NOT_FOUND", 404, "") == CodeMeaning{Denial::kRequestRefused});
}

TEST_CASE("error codes: the owner's suspension and lock are told apart from the looked-at user's") {
  CHECK(meaning_of("64", 403, "") == CodeMeaning{Denial::kUserSuspended});
  CHECK(meaning_of("CURRENT_USER_SUSPENDED", 403, "") == CodeMeaning{Denial::kUserSuspended});
  CHECK(meaning_of("326", 403, "") == CodeMeaning{Denial::kUserLocked});
  CHECK(meaning_of("ACCOUNT_LOCKED_OUT", 403, "") == CodeMeaning{Denial::kUserLocked});
  CHECK(meaning_of("63", 403, "") == kUnknown);
  CHECK(meaning_of("50", 404, "") == kUnknown);
}

TEST_CASE("error codes: faults of the app never name the token") {
  for (const std::string code : {"416", "261", "453", "220", "87", "UNAUTHORIZED_CLIENT_APPLICATION",
                                 "READONLY_CLIENT_APPLICATION", "NO_PROVIDER_AVAILABLE_FOR_THIS_CLIENT_APPLICATION"})
    CHECK_MESSAGE((meaning_of(code, 403, "") == CodeMeaning{Denial::kAppRejected}), code);
}

TEST_CASE("error codes: INVALID is a retired version only when its message says so") {
  CHECK(meaning_of("INVALID", 403, "Version 5.0 is not available.") == CodeMeaning{Denial::kVersionRetired});
  CHECK(meaning_of("INVALID", 410, "version 12 not available") == CodeMeaning{Denial::kVersionRetired});
  CHECK(meaning_of("INVALID", 403, "Not available in this version") == CodeMeaning{Denial::kRequestRefused});
  CHECK(meaning_of("INVALID", 400, "") == CodeMeaning{Denial::kRequestRefused});
  CHECK(meaning_of("INVALID", 401, "Version 5.0 is not available.") == kUnknown);
  CHECK(meaning_of("251", 410, "") == CodeMeaning{Denial::kVersionRetired});
}

TEST_CASE("error codes: a message changes nothing elsewhere") {
  CHECK(meaning_of("32", 401, "Version 5.0 is not available.") == CodeMeaning{Denial::kUnauthenticated});
  CHECK(meaning_of("NEW_CODE", 401, "Invalid or expired token.") == kUnknown);
}

TEST_CASE("error codes: pauses and X's own trouble are no denials at any status") {
  for (const std::string code : {"88", "TOO_MANY_REQUESTS"})
    CHECK(meaning_of(code, 403, "") == CodeMeaning{SlowDown{}});
  for (const std::string code : {"130", "131", "INTERNAL_ERROR", "OVER_CAPACITY", "SERVICE_UNAVAILABLE",
                                 "CANCELLED_REQUEST", "LOCK_ACQUISITION_TIMEOUT"})
    CHECK_MESSAGE((meaning_of(code, 400, "") == CodeMeaning{ServerTrouble{}}), code);
}

TEST_CASE("error codes: what the table does not hold is unknown") {
  CHECK(meaning_of("", 401, "") == kUnknown);
  CHECK(meaning_of("unauthorized_access", 401, "") == kUnknown);
  CHECK(meaning_of("99", 403, "") == kUnknown);
}

}  // namespace xads
