// How X says what is true, at each of its hosts.

#include "simulation/host.h"

namespace simulation {
namespace {

/// What an answer says, in one of the ways in which X is known to say it.
struct Words {
  int status;
  std::string_view code;
  std::string_view message;
};
constexpr Words kVague{401, "\"UNAUTHORIZED_ACCESS\"", "This request is not properly authenticated"};
constexpr Words kCode89{401, "89", "Invalid or expired token."};
constexpr Words kCode32{401, "32", "Could not authenticate you."};
constexpr Words kCode64{403, "64", "Your account is suspended and is not permitted to access this feature."};
constexpr Words kCode326{403, "326", "To protect our users from spam, this account is temporarily locked."};
constexpr Words kNotFound403{403, "\"ACCOUNT_NOT_FOUND\"", "Account was not found"};
constexpr Words kNotFound404{404, "\"NOT_FOUND\"", "Account was not found"};

Words words_at_ads(Standing standing, std::size_t style, std::uint64_t turn) {
  const bool first = style % 2 == 0;
  switch (standing) {
    case Standing::kGranted:
      break;
    case Standing::kNotFound:
      return first ? kNotFound403 : kNotFound404;
    case Standing::kRevoked:  // of one token always the same, of another now this, now that
      return style % 3 == 2 ? (turn % 2 == 0 ? kVague : kCode89) : (first ? kCode89 : kVague);
    case Standing::kSuspended:
      return first ? Words{403, "\"CURRENT_USER_SUSPENDED\"", "The current user is suspended"} : kCode64;
    case Standing::kLocked:
      return first ? kCode326 : Words{403, "\"ACCOUNT_LOCKED_OUT\"", "The account is locked"};
    case Standing::kReauthorize:
      return {403, "\"INSUFFICIENT_USER_AUTHORIZED_PERMISSION\"", "The user has not authorized this"};
    case Standing::kAppSuspended:
      return kVague;
    case Standing::kKeysRegenerated:
      return first ? kCode32 : kVague;
    case Standing::kAdsAccessLost:
      return {403, "\"UNAUTHORIZED_CLIENT_APPLICATION\"",
              "The client application making this request does not have access to Twitter Ads API"};
    case Standing::kReadOnly:
      return {403, "\"READONLY_CLIENT_APPLICATION\"", "The client application may only read"};
    case Standing::kVersionRetired:
      return {403, "\"INVALID\"", "Version 12 is not available."};
    case Standing::kClockOff:
      return {401, "135", "Timestamp out of bounds."};
  }
  return {};
}

/// No code: the identity host says that the token lives.
Words words_at_identity(Standing standing) {
  switch (standing) {
    case Standing::kRevoked:
      return kCode89;
    case Standing::kSuspended:
      return kCode64;
    case Standing::kLocked:
      return kCode326;
    case Standing::kAppSuspended:
      return {401, "416", "Invalid / suspended App."};
    case Standing::kKeysRegenerated:
      return kCode32;
    case Standing::kClockOff:
      return {401, "135", "Timestamp out of bounds."};
    case Standing::kGranted:
    case Standing::kNotFound:
    case Standing::kReauthorize:
    case Standing::kAdsAccessLost:
    case Standing::kReadOnly:
    case Standing::kVersionRetired:
      break;
  }
  return {};
}

}  // namespace

const http::Reply& Host::truth(const Truth& truth, const Asked& asked, base::Instant now) {
  const bool ads = asked.account != nullptr;
  const std::size_t style = asked.token.pairs.front();
  const Words words = ads ? words_at_ads(truth.standing, style, asked.number) : words_at_identity(truth.standing);
  if (!words.code.empty()) {
    const bool knows_account = truth.standing == Standing::kNotFound && words.status == 403;
    return refuse(words.status, words.code, words.message, now, knows_account ? asked.account : nullptr);
  }
  return ads ? grant(asked, truth.role, now) : alive(asked, now);
}

}  // namespace simulation
