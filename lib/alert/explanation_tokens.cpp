#include "alert/explanation_pages.h"

namespace alert {
namespace {

using verdict::Cause;

constexpr Rule kCodeSaysSo{"code_says_so", "X's answers agree, and their code names this cause"};
constexpr std::string_view kOverWithAGrant =
    "As soon as as many answers as audit.confirm.count agree that X grants the token again, or the token is removed.";
constexpr std::string_view kAllStops =
    "Everything that is done with this token through the API, on all its ad accounts. Other tokens go on.";
constexpr std::string_view kAuthorizeAgain =
    "The token's user authorizes the app again: adsauditd token authorize --for TOKEN shows the link, and stores the "
    "token.";

}  // namespace

std::vector<Explanation> pages_of_tokens() {
  return {
      {Cause::kTokenRevoked,
       "Access token revoked",
       "X refuses the token for good: its user revoked the app, or the token was invalidated.",
       {{"identity_confirms",
         "the Ads API refuses the token, and X's identity host says that this token is dead (code "
         "89): two hosts agree"},
        {"neighbours_are_well",
         "the token is refused time after time while the control token, or another token of the "
         "same app, is granted and the clock is right: neither app nor X nor clock is to blame"},
        {"code_repeated",
         "code 89 came three times, the identity host does not blame the app, and there is nobody who could vouch for "
         "it"},
        {"stable_in_a_mass",
         "many tokens of the app fail at once, and for minutes none has come back, while others "
         "are granted: they were really revoked"}},
       kOverWithAGrant,
       kAllStops,
       kAuthorizeAgain},
      {Cause::kTokenUserSuspended,
       "X user suspended",
       "X has suspended the user to whom the token belongs (CURRENT_USER_SUSPENDED, 64).",
       {kCodeSaysSo},
       kOverWithAGrant,
       kAllStops,
       "The user's owner appeals to X. If X refuses the token after that, it must be authorized again."},
      {Cause::kTokenUserLocked,
       "X user locked",
       "X has locked the user to whom the token belongs until its owner logs in (ACCOUNT_LOCKED_OUT, 326). The token "
       "lives on.",
       {kCodeSaysSo},
       kOverWithAGrant,
       kAllStops,
       "The owner logs in at x.com and unlocks the user. No new token is needed."},
      {Cause::kTokenReauthorizationRequired,
       "Token must be authorized again",
       "The token was issued before the app was approved or its permissions were changed, and X wants it issued anew "
       "(INSUFFICIENT_USER_AUTHORIZED_PERMISSION).",
       {kCodeSaysSo},
       kOverWithAGrant,
       kAllStops,
       kAuthorizeAgain},
      {Cause::kTokenIdentityMismatch,
       "Token belongs to another user",
       "The token answers for another X user than the one it was known for: most likely two secrets were mixed up.",
       {{"user_differs", "a confirmed answer names another user_id than the pinned one"}},
       "As soon as the token answers for its own user again, or is removed or replaced.",
       "Nothing by itself; but whatever is done with the token is done as somebody else.",
       "Check where the secrets come from, and store the right ones with adsauditd token rotate."},
  };
}

}  // namespace alert
