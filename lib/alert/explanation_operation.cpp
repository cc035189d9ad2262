#include "alert/explanation_pages.h"

namespace alert {
namespace {

using verdict::Cause;

constexpr Rule kCodeBlamesApp{"code_blames_app",
                              "X refuses with a code that blames the app or the version, not a token"};
constexpr std::string_view kOnlyOurWatch = "Nothing but our watch: a change would be noticed late, or not at all.";

std::vector<Explanation> pages_of_api() {
  return {
      {Cause::kAppRejected,
       "App refused by X",
       "Many tokens of one app fail alike: the app was suspended, its keys were regenerated, or it lost its access to "
       "the "
       "Ads API. One incident for all of them; token incidents that it explains belong to it.",
       {{"tokens_fail_together",
         "at least three tokens, and a tenth of those asked, are refused alike within five "
         "minutes, and the identity host does not say of them that they are dead"},
        kCodeBlamesApp},
       "As soon as several of its tokens are granted again. Those that stay refused get incidents of their own.",
       "Everything that is done with tokens of this app.",
       "By the likely cause, which the alert names: compare the keys, appeal to X, ask for the access again."},
      {Cause::kVersionRetired,
       "API version switched off",
       "X no longer answers the version of the API that the settings name.",
       {kCodeBlamesApp},
       "As soon as X answers this version again, or the settings name one that X answers.",
       "Every program that names this version, and our watch.",
       "Set api.version in the settings, and start adsauditd again."},
      {Cause::kSunset,
       "API version will end",
       "X warns that this version or what we ask will end, or names a newer current version.",
       {{"x_warns", "answers carry x-api-warn, or an x-current-api-version above the one in the settings"}},
       "As soon as X's answers carry no such sign any more.",
       "Nothing yet.",
       "Set api.version in the settings before X switches it off."},
  };
}

}  // namespace

std::vector<Explanation> pages_of_operation() {
  std::vector<Explanation> pages{
      {Cause::kAuditThrottled,
       "Audit throttled",
       "X says that a rate limit is used up although we kept within our share of it.",
       {{"throttled_within_budget", "X answers 429 to a question that the budget allowed"}},
       "As soon as X answers within our budget again.",
       kOnlyOurWatch,
       "Look for another program that uses the same rate limit, or lower budget.share; adsauditd budget shows what we "
       "ask for."},
      {Cause::kAuditBlind,
       "Audit blind",
       "Pairs of token and ad account have had no conclusive answer for longer than the bound that adsauditd budget "
       "prints. One incident for each reason: network, name_resolution, tls, x_ill, not_the_api, throttled, budget, "
       "clock, app, version, unknown_code, undecided.",
       {{"no_answer_within_the_bound", "the latest conclusive answer of some pair is older than its bound"}},
       "By itself, as soon as no pair is blind for this reason.",
       kOnlyOurWatch,
       "By the reason, which the alert names: network, DNS, certificates, the budget, the clock."},
      {Cause::kClockSkew,
       "Our clock is off",
       "The clock of this host differs from X's, so that X may refuse the signatures of good tokens.",
       {{"date_differs", "the Date of X's answers differs from our clock by more than a minute, time after time"},
        {"time_stamp_refused", "X refuses the time stamp of our signatures (code 135), time after time"}},
       "As soon as they differ by less than half a minute and X refuses no time stamp.",
       "Our watch; and whatever else on this host signs with its clock.",
       "Let NTP set the clock: chronyc tracking."},
  };
  pages.push_back(
      {Cause::kDestinationBroken,
       "Alerts do not arrive",
       "A destination of alerts refuses them for good, has not answered for a quarter of an hour, or has missed one "
       "for "
       "a week. Its alerts are kept; the other destinations are told of it.",
       {{"refused_for_good", "it answers that it takes no more messages: gone, forbidden, or a key that is not valid"},
        {"silent_for_long", "no attempt has succeeded for a quarter of an hour"},
        {"given_up", "a message was tried for seven days in vain, or refused as it is"}},
       "As soon as the destination takes a message. One that refused for good is tried each hour.",
       "The alerts of this destination alone; the audit goes on.",
       "Look at its URL and its secret, then: adsauditd alerts test NAME. What was given up: adsauditd alerts dead, "
       "and "
       "alerts replay."});
  pages.push_back(
      {Cause::kStoreUnwritable,
       "Database cannot be written",
       "The disk of the database is full, or the right to write to it is gone. Nothing is asked or concluded "
       "meanwhile, because it could not be kept. Told once, straight from memory.",
       {{"no_room_to_write", "SQLite says that the database is full or read-only"}},
       "By itself, as soon as it can be written; it is tried again with growing pauses of half a minute at most.",
       "The whole audit.",
       "Make room on its disk, or give back the right to write."});
  const auto api = pages_of_api();
  pages.insert(pages.end(), api.begin(), api.end());
  return pages;
}

}  // namespace alert
