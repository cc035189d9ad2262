// Every recorded answer of X has one expected observation. A file without a row fails, and so does a row without a
// file.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/json.h"
#include "xads/replies.h"

namespace xads {
namespace {

const char* const kFolder = TEST_DATA "/xads/fixtures";
const std::string kMcTestface = "18ce54d4x5t";  // the account that most recordings ask for

/// An answer to GET accounts/:account_id/authenticated_user_access, or what we would make of it there.
struct AccessRow {
  std::string file;
  std::string expected;
  std::string account_id = kMcTestface;
};
/// An answer to GET accounts.
struct AccountsRow {
  std::string file;
  std::string expected;
};
/// An answer of the identity host, and what the ads host would have said with the same answer.
struct IdentityRow {
  std::string file;
  IdentityAnswer expected;
  std::string as_access;
};
/// Not an answer to any question of ours.
struct OtherRow {
  std::string file;
  std::string reason;
};

const std::vector<AccessRow> kAccessRows{
    {"error_200_truncated_json", "unavailable: not json"},
    {"error_400_code215_bad_authentication_data", "denied request_refused"},
    {"error_400_feature_not_available", "denied unknown"},
    {"error_400_invalid_account_service_level", "denied unknown"},
    {"error_400_invalid_parameter", "denied request_refused", "hkk5"},
    {"error_401_code135_timestamp_out_of_bounds", "denied clock_skewed"},
    {"error_401_code32_could_not_authenticate", "denied unauthenticated"},
    {"error_401_unauthorized_access", "denied unauthenticated"},
    {"error_403_account_locked_out", "denied user_locked"},
    {"error_403_account_not_found", "denied account_not_found"},
    {"error_403_action_not_allowed", "denied unknown"},
    {"error_403_code64_account_suspended", "denied user_suspended"},
    {"error_403_current_user_suspended", "denied user_suspended"},
    {"error_403_not_found_account", "denied account_not_found", "938627011618263040"},
    {"error_403_readonly_client_application", "denied app_rejected"},
    {"error_403_user_not_found", "denied unknown"},
    {"error_404_html_body", "unavailable: http 404, not json"},
    {"error_404_invalid_id_illegal_characters", "denied request_refused", "18ce!x"},
    {"error_404_no_provider_for_client_application", "denied app_rejected"},
    {"error_404_not_found_account", "denied account_not_found", "18ce54d4x8w"},
    {"error_404_promotable_user_not_found", "denied unknown"},
    {"error_404_route_not_found", "denied request_refused"},
    {"error_405_method_not_allowed", "denied request_refused"},
    {"error_408_cancelled_request", "unavailable: http 408"},
    {"error_423_lock_acquisition_timeout", "unavailable: http 423"},
    {"error_429_no_headers", "throttled"},
    {"error_429_too_many_requests_account_level", "throttled until 2026-01-01T00:00:00.000Z"},
    {"error_429_too_many_requests_user_level", "throttled until 2026-01-01T00:00:00.000Z"},
    {"error_500_internal_error", "unavailable: http 500"},
    {"error_503_over_capacity_retry_after", "unavailable: http 503, retry after 2m"},
    {"error_503_service_unavailable", "unavailable: http 503"},
    {"error_504_empty_body", "unavailable: http 504"},
    {"success_account_level_rate_limit_headers", "granted 2417045708 ACCOUNT_ADMIN"},
    {"success_authenticated_user_access_ad_manager", "granted 2417045709 AD_MANAGER, TWEET_COMPOSER"},
    {"success_authenticated_user_access_analyst", "granted 2417045709 ANALYST"},
    {"success_authenticated_user_access_campaign_analyst", "granted 2417045709 CAMPAIGN_ANALYST"},
    {"success_authenticated_user_access_creative_manager", "granted 2417045709 CREATIVE_MANAGER"},
    {"success_authenticated_user_access_empty_permissions", "granted 2417045709 none"},
    {"success_authenticated_user_access_order_swapped", "granted 2417045709 ACCOUNT_ADMIN, TWEET_COMPOSER"},
    {"success_authenticated_user_access_partner_audience_manager", "granted 2417045709 PARTNER_AUDIENCE_MANAGER"},
    {"success_authenticated_user_access_unknown_permission",
     "granted 2417045709 CAMPAIGN_ANALYST, SOME_FUTURE_PERMISSION"},
    {"success_authenticated_user_access_v10_numeric_user_id", "granted 2417045708 ACCOUNT_ADMIN, TWEET_COMPOSER"},
    {"success_authenticated_user_access_v12", "granted 2417045708 ACCOUNT_ADMIN, TWEET_COMPOSER"},
    {"success_deprecated_version_warning", "granted 2417045708 ACCOUNT_ADMIN"},
};

const std::vector<AccountsRow> kAccountsRows{
    {"error_400_exclusive_parameters", "denied request_refused"},
    {"error_400_missing_parameter", "denied request_refused"},
    {"error_403_insufficient_user_authorized_permission", "denied reauthorization_required"},
    {"error_403_unauthorized_client_application", "denied app_rejected"},
    {"error_403_unauthorized_client_application_2016_text", "denied app_rejected"},
    {"error_403_version_not_available", "denied version_retired"},
    {"error_429_global_read_limit", "throttled until 2026-01-01T00:00:00.000Z"},
    {"success_accounts_empty", "page"},
    {"success_accounts_last_page", "page; 18ce54d4x7v Third Account REJECTED"},
    {"success_accounts_legacy_fields", "page; 18ce54d4x5t API McTestface ACCEPTED"},
    {"success_accounts_page1_with_next_cursor",
     "page; 18ce54d4x5t API McTestface ACCEPTED; 18ce54d4x6u Second Account UNDER_REVIEW; next c-3yvu1pzhd3i7"},
    {"success_accounts_with_deleted",
     "page; 18ce54d4x5t API McTestface ACCEPTED; 18ce54d4x8w Gone Account ACCEPTED deleted"},
    {"success_accounts_with_total_count", "page; 18ce54d4x5t API McTestface ACCEPTED"},
};

const std::vector<IdentityRow> kIdentityRows{
    {"error_401_code135_could_not_authenticate_text", IdentityAnswer::kClockSkewed, "denied clock_skewed"},
    {"error_401_code135_no_full_stop", IdentityAnswer::kClockSkewed, "denied clock_skewed"},
    {"error_401_code416_invalid_or_suspended_app", IdentityAnswer::kAppRejected, "denied app_rejected"},
    {"error_401_code89_token_revoked", IdentityAnswer::kTokenInvalid, "denied token_invalid"},
    {"error_401_v2_problem", IdentityAnswer::kNoStatement, "unavailable: http 401, not the API's shape"},
    {"error_403_code220_credentials_do_not_allow", IdentityAnswer::kAppRejected, "denied app_rejected"},
    {"error_403_code226_automated", IdentityAnswer::kNoStatement, "denied unknown"},
    {"error_403_code261_app_cannot_write", IdentityAnswer::kAppRejected, "denied app_rejected"},
    {"error_403_code326_account_locked", IdentityAnswer::kAlive, "denied user_locked"},
    {"error_403_code453_endpoint_subset", IdentityAnswer::kAppRejected, "denied app_rejected"},
    {"error_403_code63_user_suspended", IdentityAnswer::kNoStatement, "denied unknown"},
    {"error_403_code89_as_in_old_table", IdentityAnswer::kNoStatement, "denied unauthenticated"},
    {"error_403_v2_user_suspended_problem", IdentityAnswer::kAlive, "unavailable: http 403, not the API's shape"},
    {"error_404_code34_no_such_page", IdentityAnswer::kNoStatement, "denied request_refused"},
    {"error_429_code88_rate_limit_exceeded", IdentityAnswer::kNoStatement, "throttled until 2026-01-01T00:00:00.000Z"},
    {"error_500_code131_internal_error", IdentityAnswer::kNoStatement, "unavailable: http 500"},
    {"error_503_code130_over_capacity", IdentityAnswer::kNoStatement, "unavailable: http 503"},
    {"success_users_me_v2", IdentityAnswer::kAlive, "unavailable: no user_id"},
    {"success_verify_credentials", IdentityAnswer::kAlive, "unavailable: not the API's shape"},
};

const std::vector<OtherRow> kOtherRows{
    {"error_401_code417_desktop_needs_oob", "sign-in: request_token"},
    {"error_403_code415_callback_not_approved", "sign-in: request_token"},
    {"error_403_code99_unable_to_verify_credentials", "the app-only token endpoint, which we never ask"},
    {"oauth_callback_approved", "sign-in: a redirect of the user's browser"},
    {"oauth_callback_denied", "sign-in: a redirect of the user's browser"},
    {"push_aaa_user_event_revoke", "X pushes it to a webhook; we poll"},
    {"push_xaa_oauth_revoke", "X pushes it to a webhook; we poll"},
    {"push_xaa_unrelated_event", "X pushes it to a webhook; we poll"},
    {"success_account_single", "GET accounts/:account_id, which we never ask"},
    {"success_account_single_deleted", "GET accounts/:account_id, which we never ask"},
    {"success_oauth_access_token", "sign-in: access_token"},
    {"success_oauth_invalidate_token", "invalidate_token, which we never ask"},
    {"success_oauth_request_token", "sign-in: request_token"},
    {"success_promotable_users", "GET promotable_users, which we never ask"},
    {"webhook_crc_and_signature_vectors", "signing vectors of a webhook receiver; we poll"},
};

/// The recording as the reply that it was. Plain parsing: numbers must stay numbers in the body.
http::Reply replay(const std::string& file) {
  std::ifstream stream(std::string(kFolder) + "/" + file + ".json");
  REQUIRE_MESSAGE(stream, file);
  std::stringstream text;
  text << stream.rdbuf();
  rapidjson::Document recorded;
  recorded.Parse(text.str());
  REQUIRE_MESSAGE(!recorded.HasParseError(), file);
  std::string body(base::text_of(base::find_member(recorded, "body_text")));
  if (const auto* json = base::find_member(recorded, "body")) {
    rapidjson::StringBuffer buffer;
    base::JsonWriter writer(buffer);
    json->Accept(writer);
    body = base::take_text(buffer);
  }
  http::Headers headers;
  if (const auto* fields = base::find_member(recorded, "headers")) {
    for (const auto& field : fields->GetObject()) headers.append(field.name.GetString(), field.value.GetString());
  }
  const auto* status = base::find_member(recorded, "http_status");
  return answer(status == nullptr ? 0 : status->GetInt(), std::move(body), std::move(headers));
}

std::string describe_page(const AccountsObservation& seen) {
  if (!seen.page) return describe(seen.answer);
  std::string text = "page";
  for (const auto& account : seen.page->accounts)
    text +=
        "; " + account.id + " " + account.name + " " + account.approval_status + (account.deleted ? " deleted" : "");
  return seen.page->next_cursor.empty() ? text : text + "; next " + seen.page->next_cursor;
}

std::string describe_identity(IdentityAnswer answer) {
  switch (answer) {
    case IdentityAnswer::kAlive:
      return "alive";
    case IdentityAnswer::kTokenInvalid:
      return "token invalid";
    case IdentityAnswer::kUnauthenticated:
      return "unauthenticated";
    case IdentityAnswer::kAppRejected:
      return "app rejected";
    case IdentityAnswer::kClockSkewed:
      return "clock skewed";
    case IdentityAnswer::kNoStatement:
      return "no statement";
  }
  return "";
}

template <class Rows>
void add_files(std::multiset<std::string>& files, const Rows& rows) {
  for (const auto& row : rows) files.insert(row.file);
}

}  // namespace

TEST_CASE("fixtures: every recording has exactly one row, and every row a recording") {
  std::multiset<std::string> rows;
  add_files(rows, kAccessRows);
  add_files(rows, kAccountsRows);
  add_files(rows, kIdentityRows);
  add_files(rows, kOtherRows);
  std::multiset<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) files.insert(entry.path().stem().string());
  for (const auto& file : files) CHECK_MESSAGE(rows.count(file) == 1, file);
  for (const auto& row : rows) CHECK_MESSAGE(files.count(row) == 1, row);
  CHECK(files.size() == 91);
}

TEST_CASE("fixtures: answers about access are read as the table says") {
  for (const auto& row : kAccessRows) {
    CAPTURE(row.file);
    CHECK(describe(classify(replay(row.file), row.account_id).answer) == row.expected);
  }
}

TEST_CASE("fixtures: answers that list accounts are read as the table says") {
  for (const auto& row : kAccountsRows) {
    CAPTURE(row.file);
    CHECK(describe_page(classify_accounts(replay(row.file))) == row.expected);
  }
}

TEST_CASE("fixtures: answers of the identity host are read as the table says") {
  for (const auto& row : kIdentityRows) {
    CAPTURE(row.file);
    CHECK(describe_identity(classify_identity(replay(row.file))) == describe_identity(row.expected));
    CHECK(describe(classify(replay(row.file), kMcTestface).answer) == row.as_access);
  }
}

TEST_CASE("fixtures: what is no answer of ours never accuses a token, and never grants") {
  for (const auto& row : kOtherRows) {
    CAPTURE(row.file);
    CAPTURE(row.reason);
    const auto seen = classify(replay(row.file), kMcTestface).answer;
    CHECK_FALSE(std::holds_alternative<Granted>(seen));
    const bool silent = std::holds_alternative<Unavailable>(seen) || seen == Answer{Denied{Denial::kUnknown}};
    CHECK_MESSAGE(silent, describe(seen));
    CHECK(classify_identity(replay(row.file)) != IdentityAnswer::kTokenInvalid);
  }
}

TEST_CASE("fixtures: an account-level recording brings both families of limits") {
  const auto limits = classify(replay("success_account_level_rate_limit_headers"), kMcTestface).limits;
  CHECK(limits.user == RateLimit{10'000'000, 9'999'990, base::from_epoch_seconds(1767225600)});
  CHECK(limits.account == RateLimit{2000, 1999, base::from_epoch_seconds(1767225600)});
}

TEST_CASE("fixtures: a deprecated version is warned of") {
  CHECK(classify(replay("success_deprecated_version_warning"), kMcTestface).api_warning == "made-up warning text");
}

TEST_CASE("fixtures: swapped permissions are the same permissions") {
  const auto swapped = classify(replay("success_authenticated_user_access_order_swapped"), kMcTestface);
  const auto plain = classify(replay("success_authenticated_user_access_v12"), kMcTestface);
  CHECK(std::get<Granted>(swapped.answer).permissions == std::get<Granted>(plain.answer).permissions);
}

}  // namespace xads
