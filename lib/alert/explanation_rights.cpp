#include "alert/explanation_pages.h"

namespace alert {
namespace {

using verdict::Cause;

constexpr Rule kRoleDiffers{"role_differs",
                            "confirmed answers give another base role than the normal one: the first grant, or what "
                            "was accepted or announced later"};
constexpr Rule kComposerDiffers{"composer_differs", "confirmed answers differ from the normal ones in TWEET_COMPOSER"};
constexpr std::string_view kNormalAgain =
    "As soon as confirmed answers are as before, the operator accepts it (adsauditd accept), or an expectation that is "
    "broken takes its place.";
constexpr std::string_view kByTable =
    "By the table of capabilities, config/capabilities.yaml: each alert names what it is, and how certain that is.";
constexpr std::string_view kRoleRepair =
    "An administrator of the ad account gives the user the former role in X Ads; or, if it is meant: adsauditd accept "
    "INCIDENT --reason TEXT.";

std::vector<Explanation> pages_of_roles() {
  return {
      {Cause::kRoleReduced,
       "Role reduced",
       "The token's user has a narrower base role on the ad account than it had.",
       {kRoleDiffers},
       kNormalAgain,
       kByTable,
       kRoleRepair},
      {Cause::kRoleEscalated,
       "Role raised",
       "The token's user has a wider base role on the ad account than it had: more than the token needs.",
       {kRoleDiffers},
       kNormalAgain,
       "Nothing. More becomes possible, which each alert names.",
       kRoleRepair},
      {Cause::kRoleChanged,
       "Role changed",
       "The token's user has another base role on the ad account, neither wider nor narrower.",
       {kRoleDiffers},
       kNormalAgain,
       kByTable,
       kRoleRepair},
      {Cause::kComposerLost,
       "TWEET_COMPOSER lost",
       "The token's user may no longer create posts in the advertiser's name.",
       {kComposerDiffers},
       kNormalAgain,
       "Posts in the advertiser's name, with a developer token. An advertiser's own token does not need it.",
       "An administrator of the ad account grants TWEET_COMPOSER again in X Ads; or adsauditd accept."},
      {Cause::kComposerGained,
       "TWEET_COMPOSER gained",
       "The token's user may now create posts in the advertiser's name.",
       {kComposerDiffers},
       kNormalAgain,
       "Nothing. A developer token can now post.",
       "If nobody meant it, an administrator of the ad account takes it away in X Ads; else adsauditd accept."},
      {Cause::kPermissionUnknown,
       "Unknown permission",
       "X grants a permission that this version does not know. It is kept as X sent it.",
       {{"permission_not_known", "confirmed answers hold a permission that is in no table of ours"}},
       kNormalAgain,
       "Nothing is known to stop.",
       "Upgrade adsauditd; or accept it with adsauditd accept."},
  };
}

std::vector<Explanation> pages_of_access() {
  return {
      {Cause::kAccessRemoved,
       "Access removed",
       "The token's user has lost its access to the ad account, while the account is there.",
       {{"not_found_beside_live_neighbour",
         "X says that there is no such account for this token, and another token of "
         "ours sees it"},
        {"not_found_but_granted_elsewhere",
         "X says that there is no such account for this token, which is granted on "
         "another one, and there is no other token to ask"}},
       "As soon as confirmed answers grant the token on the account again, or the operator accepts it (adsauditd "
       "accept). A dead token or an account that goes away for all decides nothing.",
       kByTable,
       "An administrator of the ad account adds the user again, with its former role."},
      {Cause::kAccountUnavailable,
       "Ad account unavailable",
       "X says that there is no such ad account, and there is no reason to blame one token: it was deleted or "
       "suspended, has lost X Premium, or the id is wrong.",
       {{"not_found_for_all", "every token that could see the account is told that there is none"},
        {"not_found_by_the_only_witness", "the only token that could see it is told so, and sees no other account"},
        {"never_seen", "the pair was never granted: nothing can be said to be lost"}},
       "As soon as one token sees the account. What a single token never saw ends when that token sees it.",
       "Everything on this ad account.",
       "Look in X Ads whether it was deleted or suspended, and whether the id in the settings is right."},
  };
}

std::vector<Explanation> pages_of_expectations() {
  return {
      {Cause::kPolicyViolated,
       "Expectation broken",
       "What X grants is not what expect in the settings asks for: too little, too much, another user, or not enough "
       "for "
       "a need. More rights than expected is a finding as grave as fewer.",
       {{"expectation_broken",
         "the most specific expectation that fits the pair is broken by a confirmed answer, the "
         "first one included; the details say in what"}},
       "As soon as the expectation holds, no longer fits or is gone, or the operator accepts it (adsauditd accept). A "
       "dead token decides nothing. Meanwhile the rights it is about have no incident of their own.",
       "By the table of capabilities: what is expected and not possible, and what is possible and not expected.",
       "An administrator of the ad account gives the user what is expected; or the expectation is changed, or the "
       "state "
       "accepted. adsauditd config show tells which expectation decides for which pair."},
      {Cause::kRedundancyLost,
       "Too few in reserve",
       "The ad account has fewer live tokens, or fewer administrators among their users, than expect asks for.",
       {{"too_few_live_tokens",
         "fewer pairs that fit the expectation are granted than min_live_tokens, even if all "
         "that have yet to answer were granted"},
        {"too_few_admins", "the same for those with ACCOUNT_ADMIN, and min_admins"}},
       "As soon as there are enough again.",
       "Nothing yet: the next loss may stop everything on the account.",
       "Repair the tokens that do not count, or authorize another one with adsauditd token authorize."},
      {Cause::kChangeOverdue,
       "Announced change overdue",
       "A change that was announced with adsauditd expect-change has not come in time.",
       {{"announced_change_did_not_come",
         "the time of the announcement is over and no confirmed answer is as announced"}},
       "As soon as the change comes, or is withdrawn or accepted.",
       "Nothing by itself.",
       "Make the change in X Ads, or withdraw it: adsauditd expect-change --withdraw PLAN."},
  };
}

}  // namespace

std::vector<Explanation> pages_of_rights() {
  std::vector<Explanation> pages;
  for (const auto& section : {pages_of_access(), pages_of_expectations(), pages_of_roles()})
    pages.insert(pages.end(), section.begin(), section.end());
  return pages;
}

}  // namespace alert
