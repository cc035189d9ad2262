#include "xads/error_codes.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace xads {
namespace {

const CodeMeaning kUnknown = Denial::kUnknown;

CodeMeaning meaning_of(std::string_view code, int status, std::string_view message) {
  return CodeTable::built_in().meaning_of(code, status, message);
}

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
  for (const std::string code : {"88", "TOO_MANY_REQUESTS", "TWEET_RATE_LIMIT_EXCEEDED"})
    CHECK(meaning_of(code, 403, "") == CodeMeaning{SlowDown{}});
  for (const std::string code : {"130", "131", "INTERNAL_ERROR", "OVER_CAPACITY", "SERVICE_UNAVAILABLE",
                                 "CANCELLED_REQUEST", "LOCK_ACQUISITION_TIMEOUT"})
    CHECK_MESSAGE((meaning_of(code, 400, "") == CodeMeaning{ServerTrouble{}}), code);
}

TEST_CASE("error codes: refusals of our own request accuse nobody") {
  for (const std::string code :
       {"34", "92", "215", "ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED", "INVALID_ID_ILLEGAL_CHARACTERS", "INVALID_USER_ID",
        "INVALID_PARAMETER", "MISSING_PARAMETER", "EXCLUSIVE_PARAMETERS"})
    CHECK_MESSAGE((meaning_of(code, 400, "") == CodeMeaning{Denial::kRequestRefused}), code);
  for (const int status : {400, 403, 404, 410})
    CHECK_MESSAGE((meaning_of("INVALID", status, "") == CodeMeaning{Denial::kRequestRefused}), status);
}

TEST_CASE("error codes: what the table does not hold is unknown") {
  CHECK(meaning_of("", 401, "") == kUnknown);
  CHECK(meaning_of("unauthorized_access", 401, "") == kUnknown);
  CHECK(meaning_of("99", 403, "") == kUnknown);
}

TEST_CASE("error codes: every meaning has a word that leads back to it") {
  for (const CodeMeaning& meaning : all_code_meanings()) CHECK(code_meaning_from_text(to_text(meaning)) == meaning);
  CHECK(all_code_meanings().size() == 13);
  CHECK(to_text(CodeMeaning{Denial::kTokenInvalid}) == "token_invalid");
  CHECK(to_text(CodeMeaning{SlowDown{}}) == "slow_down");
  CHECK(to_text(CodeMeaning{ServerTrouble{}}) == "server_trouble");
  CHECK_FALSE(code_meaning_from_text("TOKEN_INVALID"));
  CHECK_FALSE(code_meaning_from_text(""));
}

TEST_CASE("error codes: the rows begin and end as the file does") {
  const auto& rows = CodeTable::built_in().rows();
  CHECK(rows.front() == CodeRow{"89", 401, Denial::kTokenInvalid});
  CHECK(rows.at(1) == CodeRow{"89", 0, Denial::kUnauthenticated});
  CHECK(rows.back() == CodeRow{"INVALID_ACCOUNT_SERVICE_LEVEL", 0, Denial::kUnknown});
}

TEST_CASE("error codes: names that nobody explains stand in the table, so that it tells them from new ones") {
  for (const char* code : {"50", "63", "99", "226", "415", "417", "USER_NOT_FOUND", "PROMOTABLE_USER_NOT_FOUND",
                           "ACTION_NOT_ALLOWED", "FEATURE_NOT_AVAILABLE", "INVALID_ACCOUNT_SERVICE_LEVEL"}) {
    const auto& rows = CodeTable::built_in().rows();
    CHECK_MESSAGE((std::count(rows.begin(), rows.end(), CodeRow{code, 0, Denial::kUnknown}) == 1), code);
    CHECK_MESSAGE((meaning_of(code, 403, "") == kUnknown), code);
  }
}

TEST_CASE("error codes: rows of the operator come first, and leave the others as they are") {
  const CodeTable table({{"TOKEN_GONE", 401, Denial::kTokenInvalid}, {"32", 401, Denial::kAppRejected}});
  CHECK(table.meaning_of("TOKEN_GONE", 401, "") == CodeMeaning{Denial::kTokenInvalid});
  CHECK(table.meaning_of("TOKEN_GONE", 403, "") == kUnknown);
  CHECK(table.meaning_of("32", 401, "") == CodeMeaning{Denial::kAppRejected});
  CHECK(table.meaning_of("89", 401, "") == CodeMeaning{Denial::kTokenInvalid});
  CHECK(table.meaning_of("130", 400, "") == CodeMeaning{ServerTrouble{}});
  CHECK(table.rows().size() == CodeTable::built_in().rows().size() + 2);
  CHECK(table.rows().front() == CodeRow{"TOKEN_GONE", 401, Denial::kTokenInvalid});
}

TEST_CASE("error codes: of the operator's rows, too, the first that fits decides") {
  const CodeTable table({{"89", 401, Denial::kUnknown}, {"89", 0, SlowDown{}}, {"89", 403, ServerTrouble{}}});
  CHECK(table.meaning_of("89", 401, "") == kUnknown);
  CHECK(table.meaning_of("89", 403, "") == CodeMeaning{SlowDown{}});
  CHECK(table.meaning_of("89", 400, "") == CodeMeaning{SlowDown{}});
}

TEST_CASE("error codes: a version is retired at the statuses that X has used for it, and at no other") {
  for (const int status : {400, 403, 404, 410})
    CHECK_MESSAGE(
        (meaning_of("INVALID", status, "Version 12 is not available.") == CodeMeaning{Denial::kVersionRetired}),
        status);
  for (const int status : {399, 401, 402, 405, 409, 411})
    CHECK_MESSAGE((meaning_of("INVALID", status, "Version 12 is not available.") == kUnknown), status);
}

TEST_CASE("error codes: taught codes may grow by one letter each") {
  const CodeTable table({{"A", 0, Denial::kUserLocked}, {"AB", 0, Denial::kUserSuspended}, {"ABC", 0, SlowDown{}}});
  CHECK(table.meaning_of("A", 403, "") == CodeMeaning{Denial::kUserLocked});
  CHECK(table.meaning_of("AB", 403, "") == CodeMeaning{Denial::kUserSuspended});
  CHECK(table.meaning_of("ABC", 403, "") == CodeMeaning{SlowDown{}});
}

TEST_CASE("error codes: codes longer than any of the table are unknown, and longer ones can be taught") {
  CHECK(meaning_of(std::string(51, 'A'), 403, "") == kUnknown);
  CHECK(meaning_of(std::string(1000, 'A'), 403, "") == kUnknown);
  const CodeTable table({{std::string(64, 'A'), 0, Denial::kUserLocked}});
  CHECK(table.meaning_of(std::string(64, 'A'), 403, "") == CodeMeaning{Denial::kUserLocked});
  CHECK(table.meaning_of(std::string(63, 'A'), 403, "") == kUnknown);
  CHECK(table.meaning_of(std::string(65, 'A'), 403, "") == kUnknown);
}

TEST_CASE("error codes: a version that is not available is retired, whatever the operator's rows say of INVALID") {
  const CodeTable table({{"INVALID", 0, Denial::kUnknown}});
  CHECK(table.meaning_of("INVALID", 403, "Version 5.0 is not available.") == CodeMeaning{Denial::kVersionRetired});
  CHECK(table.meaning_of("INVALID", 403, "Something else") == kUnknown);
}

}  // namespace xads
