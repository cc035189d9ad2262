#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "xads/permissions.h"

namespace xads {

/// A rate-limit family as the headers state it.
struct RateLimit {
  int limit = 0;
  int remaining = 0;
  base::Instant reset;  ///< on X's clock
  bool operator==(const RateLimit&) const = default;
};
struct RateLimits {
  std::optional<RateLimit> account;  ///< x-account-rate-limit-*: decides when present
  std::optional<RateLimit> user;     ///< x-rate-limit-*
  bool operator==(const RateLimits&) const = default;
};

/// What a refusal says, as far as one answer alone can say it.
enum class Denial {
  kTokenInvalid,             ///< 401 code 89: this token is revoked or wrong
  kUnauthenticated,          ///< UNAUTHORIZED_ACCESS, 32: revoked, or badly signed, or the clock; vague
  kAccountNotFound,          ///< the account is gone, or not visible to this user
  kUserSuspended,            ///< CURRENT_USER_SUSPENDED, 64
  kUserLocked,               ///< ACCOUNT_LOCKED_OUT, 326; the token lives on
  kReauthorizationRequired,  ///< INSUFFICIENT_USER_AUTHORIZED_PERMISSION
  kAppRejected,              ///< the app, not the token: no Ads access, read-only, suspended
  kVersionRetired,           ///< INVALID, "Version ... is not available."
  kClockSkewed,              ///< 135
  kRequestRefused,           ///< our own request was at fault: 215, a wrong path, a bad parameter
  kUnknown,                  ///< a code that the table does not hold, or that nobody explains
};
std::string_view to_text(Denial denial);
std::optional<Denial> denial_from_text(std::string_view text);
std::vector<Denial> all_denials();

/// 200 to authenticated_user_access.
struct Granted {
  std::string user_id;
  Permissions permissions;
  bool operator==(const Granted&) const = default;
};
/// X refused, in the API's own shape.
struct Denied {
  Denial denial = Denial::kUnknown;
  bool operator==(const Denied&) const = default;
};
/// X asked us to slow down (429).
struct Throttled {
  std::optional<base::Instant> reset;  ///< on X's clock, when a header said so
  bool operator==(const Throttled&) const = default;
};
/// Whose trouble it was that nobody said anything.
enum class Trouble {
  kNetwork,         ///< no connection, or it broke, or nothing came in time
  kNameResolution,  ///< DNS
  kTls,             ///< the other side is not X, or cannot prove it
  kServer,          ///< X is ill: 5xx, 408, 423
  kMiddlebox,       ///< an answer that is not the API's: a portal, a proxy, a broken body, no HTTP at all
};
std::string_view to_text(Trouble trouble);  ///< "name_resolution"

/// No statement about anybody: network, 5xx, 408, 423, a body that is not the API's.
struct Unavailable {
  std::string why;                            ///< "deadline", "http 503", "not json", ...
  std::optional<base::Duration> retry_after;  ///< from the header, when there was one
  Trouble trouble = Trouble::kNetwork;
  bool operator==(const Unavailable&) const = default;
};

using Answer = std::variant<Granted, Denied, Throttled, Unavailable>;

/// What was seen, for the record: redacted by construction, since it holds no header that we sent and no body.
struct Evidence {
  int http_status = 0;  ///< 0 when there was no answer
  std::string code;     ///< errors[0].code as text, or empty
  bool operator==(const Evidence&) const = default;
};

/// What the API said in one audit.
struct Observation {
  Answer answer;
  Evidence evidence;
  RateLimits limits;
  std::optional<base::Instant> server_date;  ///< the Date header
  std::string api_warning{};                 ///< x-api-warn on one line, at most 200 bytes; empty when X does not warn
  std::string current_version{};             ///< x-current-api-version: "12"; empty when X does not say, or oddly
};

/// The identity host's word about a token.
enum class IdentityAnswer {
  kAlive,            ///< 200, or a refusal that only a live token gets
  kTokenInvalid,     ///< 401 code 89
  kUnauthenticated,  ///< 401 code 32: the keys or the signature, or a suspended app
  kAppRejected,      ///< 416, or another code that blames the app
  kClockSkewed,      ///< 135
  kNoStatement,      ///< anything else
};

/// One ad account of GET accounts.
struct AdAccount {
  std::string id;
  std::string name;
  std::string approval_status;
  bool deleted = false;
  bool operator==(const AdAccount&) const = default;
};
struct AccountsPage {
  std::vector<AdAccount> accounts;
  std::string next_cursor;  ///< empty on the last page
  bool operator==(const AccountsPage&) const = default;
};
/// What GET accounts said. `answer` is meaningful only when there is no page (it is then never Granted).
struct AccountsObservation {
  std::optional<AccountsPage> page;
  Answer answer = Unavailable{};
  Evidence evidence;
  RateLimits limits;
  std::optional<base::Instant> server_date;  ///< the Date header
};

}  // namespace xads
