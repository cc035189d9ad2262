#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "alert/alert.h"
#include "alert/explanation.h"
#include "alert/impact.h"
#include "alert/repair.h"
#include "base/ensure.h"
#include "base/text.h"

namespace alert {
namespace {

using verdict::Cause;

constexpr std::string_view kTestMark = "[TEST] ";

/// What a cause is called, and the states on both sides of it. Empty: told by the permissions or the details instead.
/// `over` claims no more than that the cause is over: a token's incident also ends when another one takes its place.
struct Phrase {
  Cause cause;
  std::string_view title;
  std::string_view was;
  std::string_view is;
  std::string_view over;
};
// In the order of the enumerators, so that a cause is its own index.
constexpr std::array kPhrases{
    Phrase{Cause::kTokenRevoked, "Access token revoked", "X accepted the token", "X refuses it as revoked",
           "X no longer refuses it as revoked"},
    Phrase{Cause::kTokenUserSuspended, "X user suspended", "X accepted the token", "X says that its user is suspended",
           "X no longer says that its user is suspended"},
    Phrase{Cause::kTokenUserLocked, "X user locked", "X accepted the token", "X says that its user is locked",
           "X no longer says that its user is locked"},
    Phrase{Cause::kTokenReauthorizationRequired, "Token must be authorized again", "X accepted the token",
           "X wants it issued anew", "X no longer wants it issued anew"},
    Phrase{Cause::kTokenIdentityMismatch, "Token belongs to another user", "", "it answers for another user",
           "it no longer answers for another user"},
    Phrase{Cause::kAccessRemoved, "Access removed", "", "X says that there is no such ad account for this user",
           "this user has access again"},
    Phrase{Cause::kAccountUnavailable, "Ad account unavailable", "", "X says that there is no such ad account",
           "X no longer says that there is no such ad account"},
    Phrase{Cause::kRoleReduced, "Role reduced", "", "", "the role is no longer reduced"},
    Phrase{Cause::kRoleEscalated, "Role raised", "", "", "the role is no longer raised"},
    Phrase{Cause::kRoleChanged, "Role changed", "", "", "the role no longer differs in this way"},
    Phrase{Cause::kComposerLost, "TWEET_COMPOSER lost", "", "", "TWEET_COMPOSER is granted again"},
    Phrase{Cause::kComposerGained, "TWEET_COMPOSER gained", "", "", "TWEET_COMPOSER is gone again"},
    Phrase{Cause::kPermissionUnknown, "Unknown permission", "", "", "no unknown permission is left"},
    Phrase{Cause::kAuditThrottled, "Audit throttled", "X answered as often as our budget asks",
           "X says that its rate limit is used up although our budget said yes", "X answers within our budget again"},
    Phrase{Cause::kAppRejected, "App refused by X", "X accepted the app", "X refuses its tokens alike",
           "X accepts the app again"},
    Phrase{Cause::kVersionRetired, "API version switched off", "X answered this version of the API",
           "X says that this version is not available", "X answers this version again"},
    Phrase{Cause::kSunset, "API version will end", "X announced no end of this version", "",
           "X announces no end of this version any more"},
    Phrase{Cause::kAuditBlind, "Audit blind", "every pair was answered within its bound", "no conclusive answer came",
           "conclusive answers come again"},
    Phrase{Cause::kClockSkew, "Our clock is off", "our clock and X's agreed", "", "our clock and X's agree again"},
    Phrase{Cause::kPolicyViolated, "Expectation broken", "", "", "what is expected holds again"},
    Phrase{Cause::kRedundancyLost, "Too few in reserve", "there were as many as expected", "",
           "there are as many as expected again"},
    Phrase{Cause::kChangeOverdue, "Announced change overdue", "a change was announced", "it has not come",
           "it is overdue no longer"},
    Phrase{Cause::kDestinationBroken, "Alerts do not arrive", "the destination took alerts", "it takes none",
           "the destination takes alerts again"},
    Phrase{Cause::kStoreUnwritable, "Database cannot be written", "what is learned was kept",
           "nothing can be kept, so nothing is asked", "what is learned is kept again"},
};

const Phrase& phrase_of(Cause cause) {
  const auto index = static_cast<std::size_t>(cause);
  ENSURE(index < kPhrases.size() && kPhrases[index].cause == cause);
  return kPhrases[index];
}

/// What our own auditing lacks: a token's or an account's, or of all that have the topic in common.
std::string audit_text(const Alert& alert) {
  if (alert.subject.token) return alert.subject.token->name;
  if (!alert.subject.account_id.empty()) return alert.subject.account_id;
  return alert.incident.finding.key.topic;
}

/// "brand-a", "18ce54d4x5t", "brand-a on 18ce54d4x5t". An account that only one token never saw names that token.
/// Empty when the cause says it all.
std::string subject_text(const Alert& alert) {
  const std::string token = alert.subject.token ? alert.subject.token->name : "unknown token";
  const std::string& topic = alert.incident.finding.key.topic;
  switch (verdict::scope_of(alert.incident.finding.key.cause)) {
    case verdict::Scope::kToken:
      return token;
    case verdict::Scope::kAccount:
      return alert.subject.account_id + (alert.subject.token ? " for " + token : "");
    case verdict::Scope::kProbe:
      return token + " on " + alert.subject.account_id;
    case verdict::Scope::kAudit:
      return audit_text(alert);
    case verdict::Scope::kApp:
      return alert.subject.app.empty() ? topic : alert.subject.app;
    case verdict::Scope::kApi:
    case verdict::Scope::kDelivery:
    case verdict::Scope::kStore:
      return topic;
    case verdict::Scope::kPlan:
      return alert.subject.account_id;
  }
  return token;
}

std::string_view lead_of(State state) {
  switch (state) {
    case State::kOpened:
      return "";
    case State::kUpdated:
      return "Updated: ";
    case State::kReminder:
      return "Reminder: ";
    case State::kResolved:
      return "Resolved: ";
  }
  return "";
}

std::string note_of(const Alert& alert) {
  if (!alert.test) return alert.note;
  constexpr std::string_view kTest = "This is a test that the operator asked for: nothing is wrong.";
  return alert.note.empty() ? std::string(kTest) : fmt::format("{} {}", kTest, alert.note);
}

std::string permissions_text(const std::vector<std::string>& permissions) {
  constexpr std::size_t kShown = 12;  // X documents seven
  if (permissions.empty()) return "none";
  if (permissions.size() <= kShown) return base::join(permissions, ", ");
  const std::vector<std::string> first(permissions.begin(), permissions.begin() + kShown);
  return fmt::format("{} … and {} more", base::join(first, ", "), permissions.size() - kShown);
}

/// " (HTTP 401, code 89)", as far as it is known.
std::string evidence_text(const xads::Evidence& evidence) {
  if (evidence.http_status == 0) return {};
  if (evidence.code.empty()) return fmt::format(" (HTTP {})", evidence.http_status);
  return fmt::format(" (HTTP {}, code {})", evidence.http_status, evidence.code);
}

/// How it was before the incident.
std::string normal_text(const Alert& alert) {
  const verdict::Finding& finding = alert.incident.finding;
  const Phrase& phrase = phrase_of(finding.key.cause);
  if (!phrase.was.empty()) return std::string(phrase.was);
  if (finding.key.cause == Cause::kAccountUnavailable)
    return finding.last_good_at ? "the ad account answered" : "the ad account was never seen";
  if (finding.key.cause == Cause::kTokenIdentityMismatch) {
    const bool known = alert.subject.token && !alert.subject.token->user_id.empty();
    return known ? "it answered for user " + alert.subject.token->user_id : "it answered for its own user";
  }
  if (finding.key.cause == Cause::kAccessRemoved && finding.before.empty()) return "this user had access";
  if (finding.key.cause == Cause::kPolicyViolated)
    return finding.before.empty() ? "something else is expected" : permissions_text(finding.before) + " is expected";
  return permissions_text(finding.before);
}

/// How it is while the incident lasts.
std::string wrong_text(const Alert& alert) {
  const verdict::Finding& finding = alert.incident.finding;
  const Phrase& phrase = phrase_of(finding.key.cause);
  const std::string details = base::join(finding.details, "; ");
  const bool about_permissions = verdict::scope_of(finding.key.cause) == verdict::Scope::kProbe;
  std::string text(phrase.is);
  if (text.empty() && (about_permissions || details.empty())) text = permissions_text(finding.after);
  if (!phrase.is.empty()) text += evidence_text(finding.evidence);
  if (details.empty()) return text;
  return text.empty() ? details : text + ": " + details;
}

std::string since_text(const Alert& alert) {
  const verdict::Incident& incident = alert.incident;
  if (alert.state == State::kResolved) {
    const base::Instant end = incident.resolved_at.value_or(alert.at);
    return fmt::format("{} to {} ({})", base::to_text(incident.opened_at), base::to_text(end),
                       base::to_rough_text(end - incident.opened_at));
  }
  const auto& last_good = incident.finding.last_good_at;
  std::string text = fmt::format("{}; last good answer {}", base::to_text(incident.opened_at),
                                 last_good ? base::to_text(*last_good) : "not on record");
  if (!incident.flips.empty()) text += fmt::format("; it has come and gone {} times", incident.flips.size());
  return text;
}

/// How often it was seen, and by which rule it counts as true.
std::string sure_text(const verdict::Finding& finding) {
  std::string text = finding.confirmations > 1    ? fmt::format("confirmed {} times", finding.confirmations)
                     : finding.confirmations == 1 ? "seen once"
                                                  : "";
  const auto& rules = explanation_of(finding.key.cause).rules;
  const auto rule =
      std::find_if(rules.begin(), rules.end(), [&](const Rule& one) { return one.name == finding.grounds.rule; });
  if (rule == rules.end()) return text;
  return text.empty() ? std::string(rule->words) : fmt::format("{}; {}", text, rule->words);
}

/// "tokens (40): one, two and 38 more", or "tokens: 40" when none of them is named.
std::string some_text(std::string_view noun, const std::vector<std::string>& first, std::uint64_t count) {
  constexpr std::size_t kShown = 5;
  if (first.empty()) return fmt::format("{}: {}", noun, count);
  const auto shown = static_cast<std::ptrdiff_t>(std::min(first.size(), kShown));
  const auto left = count - std::min(count, static_cast<std::uint64_t>(shown));
  return fmt::format("{} ({}): {}{}", noun, count, base::join({first.begin(), first.begin() + shown}, ", "),
                     left > 0 ? fmt::format(" and {} more", left) : "");
}

std::string_view affected_noun(Cause cause) {
  return cause == Cause::kAuditBlind       ? "pairs"
         : cause == Cause::kRedundancyLost ? "tokens that do not count"
                                           : "tokens";
}

std::string who_text(const Alert& alert) {
  const verdict::Finding& finding = alert.incident.finding;
  const Subject& subject = alert.subject;
  std::vector<std::string> parts;
  const auto add = [&](std::string_view noun, const std::vector<std::string>& first, std::uint64_t count) {
    if (count > 0) parts.push_back(some_text(noun, first, count));
  };
  add("ad accounts", subject.accounts.first, subject.accounts.count);
  add(affected_noun(finding.key.cause), finding.examples, finding.affected);
  add("without any other live token", subject.without_live_token.first, subject.without_live_token.count);
  add("without any other administrator", subject.without_admin.first, subject.without_admin.count);
  return base::join(parts, "; ");
}

}  // namespace

std::string lasting_title_of(const Alert& alert) {
  const std::string_view title = phrase_of(alert.incident.finding.key.cause).title;
  const std::string subject = subject_text(alert);
  return subject.empty() ? std::string(title) : fmt::format("{}: {}", title, subject);
}

namespace {

Wording default_wording_of(const Alert& alert) {
  Wording wording;
  wording.title = fmt::format("{}{}{}", alert.test ? kTestMark : "", lead_of(alert.state), lasting_title_of(alert));
  wording.note = note_of(alert);
  wording.since = since_text(alert);
  if (alert.state != State::kResolved) {
    wording.before = normal_text(alert);
    wording.after = wrong_text(alert);
    wording.who = who_text(alert);
    wording.stops = impact_text(impact_of(alert));
    wording.sure = sure_text(alert.incident.finding);
    wording.repair = repair_of(alert);
    return wording;
  }
  wording.before = wrong_text(alert);
  wording.after = phrase_of(alert.incident.finding.key.cause).over;
  wording.repair =
      "Nothing to do here. (An incident also ends when its token or ad account is no longer watched, or when another "
      "incident takes its place.)";
  return wording;
}

}  // namespace

Wording wording_of(const Alert& alert) {
  Wording wording = apply(alert.words, alert, default_wording_of(alert));
  // Whatever words the operator has chosen: nobody is to take a test for trouble.
  if (alert.test && !wording.title.starts_with(kTestMark)) wording.title.insert(0, kTestMark);
  return wording;
}

}  // namespace alert
