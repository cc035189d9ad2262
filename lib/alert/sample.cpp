#include "alert/sample.h"

#include "alert/explanation.h"
#include "base/random.h"

namespace alert {
namespace {

using namespace std::chrono_literals;
using verdict::Cause;
using verdict::Finding;
using verdict::Scope;

/// What is found of our own auditing and telling, of an app as a whole, or by the settings' expectations.
void fill_operational(Finding& finding) {
  switch (finding.key.cause) {
    case Cause::kAppRejected:
      finding.key.topic = "agency";
      finding.evidence = {401, "32"};
      finding.details = {"the consumer key and secret were regenerated, or the app is suspended"};
      finding.affected = 12;
      finding.examples = {"brand-a", "brand-b"};
      finding.grounds = {"tokens_fail_together", {"Ads API: 401 code 32 for 12 tokens"}};
      break;
    case Cause::kVersionRetired:
      finding.key.topic = "12";
      finding.evidence = {403, "INVALID"};
      finding.details = {"X has switched off the version of the API that the settings name"};
      finding.affected = 12;
      break;
    case Cause::kSunset:
      finding.key.topic = "12";
      finding.details = {"X's current version is 13, the settings name 12"};
      break;
    case Cause::kAuditBlind:
      finding.key.topic = "name_resolution";
      finding.evidence = {};
      finding.details = {"the names of X's hosts could not be resolved"};
      finding.affected = 50;
      finding.examples = {"brand-a on 18ce54d4x5t"};
      break;
    case Cause::kClockSkew:
      finding.details = {"our clock is 2m ahead of X's"};
      break;
    case Cause::kPolicyViolated:
      finding.before = {"AD_MANAGER"};
      finding.after = {"CAMPAIGN_ANALYST"};
      finding.details = {"lacks AD_MANAGER", "expected by expect[0]"};
      finding.severity = verdict::Severity::kCritical;
      finding.grounds = {"expectation_broken", {}};
      break;
    case Cause::kRedundancyLost:
      finding.details = {"1 of 2 live tokens, expected by expect[1]"};
      finding.affected = 1;
      finding.examples = {"brand-b"};
      finding.grounds = {"too_few_live_tokens", {}};
      break;
    case Cause::kChangeOverdue:
      finding.key.topic = "pln_01M83YDS76WZCWHV2048WHJ1DF";
      finding.evidence = {};
      finding.details = {"announced by ada that brand-a gets ACCOUNT_ADMIN"};
      break;
    case Cause::kDestinationBroken:
      finding.key.topic = "ops";
      finding.evidence = {};
      finding.confirmations = 0;
      finding.details = {"http 404: no_service"};
      break;
    case Cause::kStoreUnwritable:
      finding.evidence = {};
      finding.confirmations = 0;
      finding.details = {"database or disk is full"};
      break;
    default:
      break;
  }
}

/// What X answers about one token.
void fill(Finding& finding) {
  switch (finding.key.cause) {
    case Cause::kTokenRevoked:
      finding.evidence = {401, "89"};
      break;
    case Cause::kTokenUserSuspended:
      finding.evidence = {403, "CURRENT_USER_SUSPENDED"};
      break;
    case Cause::kTokenUserLocked:
      finding.evidence = {403, "326"};
      break;
    case Cause::kTokenReauthorizationRequired:
      finding.evidence = {403, "INSUFFICIENT_USER_AUTHORIZED_PERMISSION"};
      break;
    case Cause::kAccessRemoved:
    case Cause::kAccountUnavailable:
      finding.evidence = {404, "NOT_FOUND"};
      break;
    case Cause::kRoleReduced:
      finding.before = {"AD_MANAGER", "TWEET_COMPOSER"};
      finding.after = {"CAMPAIGN_ANALYST"};
      break;
    case Cause::kRoleEscalated:
      finding.before = {"AD_MANAGER"};
      finding.after = {"ACCOUNT_ADMIN"};
      break;
    case Cause::kRoleChanged:
      finding.before = {"CREATIVE_MANAGER"};
      finding.after = {"CAMPAIGN_ANALYST"};
      break;
    case Cause::kComposerLost:
      finding.before = {"AD_MANAGER", "TWEET_COMPOSER"};
      finding.after = {"AD_MANAGER"};
      break;
    case Cause::kComposerGained:
      finding.before = {"AD_MANAGER"};
      finding.after = {"AD_MANAGER", "TWEET_COMPOSER"};
      break;
    case Cause::kPermissionUnknown:
      finding.before = {"AD_MANAGER"};
      finding.after = {"AD_MANAGER", "SHOP_MANAGER"};
      break;
    case Cause::kAuditThrottled:
      finding.evidence = {429, "TOO_MANY_REQUESTS"};
      break;
    case Cause::kTokenIdentityMismatch:
      break;
    default:
      fill_operational(finding);
      break;
  }
}

bool about_one_token(Cause cause) {
  const Scope scope = verdict::scope_of(cause);
  return scope == Scope::kToken || scope == Scope::kProbe || cause == Cause::kAuditThrottled;
}

bool about_one_account(Cause cause) {
  const Scope scope = verdict::scope_of(cause);
  return scope == Scope::kAccount || scope == Scope::kProbe || scope == Scope::kPlan;
}

/// `last_good_at` is UTC.
Finding finding_of(Cause cause, base::Instant last_good_at) {
  Finding finding;
  finding.key.cause = cause;
  finding.last_good_at = last_good_at;
  finding.confirmations = 2;
  finding.evidence.http_status = 200;
  fill(finding);
  if (finding.grounds.rule.empty()) finding.grounds.rule = explanation_of(cause).rules.front().name;
  return finding;
}

Subject sample_subject(Cause cause) {
  Subject subject;
  if (verdict::scope_of(cause) == Scope::kApp) subject.app = "agency";
  if (about_one_token(cause)) {
    // For an advertiser's own token the right to compose means nothing.
    const bool developer = cause == Cause::kComposerLost;
    subject.token = sample_token(developer ? audit::TokenKind::kDeveloper : audit::TokenKind::kAdvertiser);
    subject.app = subject.token->app;
  }
  if (about_one_account(cause)) {
    subject.account_id = "18ce54d4x5t";
    subject.account_name = "Brand A EU";
  }
  return subject;
}

}  // namespace

audit::Token sample_token(audit::TokenKind kind) {
  return {.name = "brand-a",
          .app = "agency",
          .kind = kind,
          .user_id = "2417045708",
          .labels = {{"client", "Brand A"}, {"owner", "ads-ops"}}};
}

Alert sample_alert(Cause cause, State state, base::Instant now) {
  base::SeededRandom random(static_cast<std::uint64_t>(cause));
  Alert alert{.id = AlertId::make(now, random), .state = state, .at = now, .subject = sample_subject(cause)};
  const base::Instant opened = state == State::kOpened ? now : now - 3h;
  alert.incident = {.id = verdict::IncidentId::make(opened, random),
                    .finding = finding_of(cause, opened - 15min),
                    .opened_at = opened,
                    .updated_at = state == State::kReminder ? opened : now};
  if (state == State::kResolved) alert.incident.resolved_at = now;
  if (state == State::kReminder) alert.note = "Reminder 2: it still lasts.";
  return alert;
}

Alert sample_alert(Cause cause, const Subject& about, base::Instant now) {
  Alert alert = sample_alert(cause, State::kOpened, now);
  if (alert.subject.token) alert.subject.token = about.token;
  if (!alert.subject.app.empty()) alert.subject.app = about.app;
  if (!alert.subject.account_id.empty()) {
    alert.subject.account_id = about.account_id;
    alert.subject.account_name = about.account_name;
  }
  return alert;
}

Digest sample_digest(base::Instant now) {
  constexpr std::uint64_t kLeftOut = 5;
  base::SeededRandom random(0);
  Digest digest{.id = AlertId::make(now, random), .at = now, .group = "app agency"};
  for (char last = 'a'; digest.first.size() < kMostListed; ++last) {
    const Cause cause = digest.first.size() < kMostListed / 2 ? Cause::kTokenRevoked : Cause::kAccessRemoved;
    digest.first.push_back(sample_alert(cause, State::kOpened, now));
    digest.first.back().subject.token->name = std::string("brand-") + last;
  }
  digest.opened = kMostListed;
  digest.resolved = kLeftOut;
  digest.severity = verdict::Severity::kCritical;
  return digest;
}

}  // namespace alert
