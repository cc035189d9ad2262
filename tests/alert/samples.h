#pragma once

#include <string>
#include <vector>

#include "alert/alert.h"

namespace alert::samples {

inline base::Instant instant(const char* text) { return base::parse_instant(text).value(); }

/// An id with a known text: the same `number` always gives the same id.
template <class Id>
Id id(int number) {
  base::SeededRandom random(static_cast<std::uint64_t>(number));
  return Id::make(instant("2026-11-23T10:15:02.118Z"), random);
}

inline audit::Token token(audit::TokenKind kind) {
  return {.id = id<audit::TokenId>(1),
          .name = "brand-a",
          .app = "agency",
          .kind = kind,
          .user_id = "2417045708",
          .labels = {{"client", "Brand A"}, {"owner", "ads-ops"}}};
}

inline bool about_permissions(verdict::Cause cause) {
  return verdict::scope_of(cause) == verdict::Scope::kProbe && cause != verdict::Cause::kAccessRemoved;
}

/// What the engine would find for a cause that is not about one token's rights.
inline verdict::Finding operational_finding(verdict::Finding finding) {
  switch (finding.key.cause) {
    case verdict::Cause::kAppRejected:
      finding.key.topic = "agency";
      finding.evidence = {401, "32"};
      finding.details = {"the consumer key and secret were regenerated, or the app is suspended"};
      finding.affected = 12;
      finding.examples = {"brand-a", "brand-b"};
      finding.grounds = {"tokens_fail_together", {"Ads API: 401 code 32 for 12 tokens"}};
      break;
    case verdict::Cause::kVersionRetired:
      finding.key.topic = "12";
      finding.evidence = {403, "INVALID"};
      finding.details = {"X has switched off the version of the API that the settings name"};
      finding.affected = 12;
      break;
    case verdict::Cause::kSunset:
      finding.key.topic = "12";
      finding.details = {"X's current version is 13, the settings name 12"};
      break;
    case verdict::Cause::kAuditBlind:
      finding.key.topic = "name_resolution";
      finding.evidence = {};
      finding.details = {"the names of X's hosts could not be resolved"};
      finding.affected = 50;
      finding.examples = {"brand-a on 18ce54d4x5t"};
      break;
    case verdict::Cause::kClockSkew:
      finding.details = {"our clock is 2m ahead of X's"};
      break;
    case verdict::Cause::kPolicyViolated:
      finding.before = {"AD_MANAGER"};
      finding.after = {"CAMPAIGN_ANALYST"};
      finding.details = {"lacks AD_MANAGER", "expected by expect[0]"};
      finding.severity = verdict::Severity::kCritical;
      finding.grounds = {"expectation_broken", {}};
      break;
    case verdict::Cause::kRedundancyLost:
      finding.details = {"1 of 2 live tokens, expected by expect[1]"};
      finding.affected = 1;
      finding.examples = {"brand-b"};
      finding.grounds = {"too_few_live_tokens", {}};
      break;
    case verdict::Cause::kChangeOverdue:
      finding.key.topic = "pln_01M83YDS76WZCWHV2048WHJ1DF";
      finding.evidence = {};
      finding.details = {"announced by ada that brand-a gets ACCOUNT_ADMIN"};
      break;
    default:
      break;
  }
  return finding;
}

/// What the engine would find for `cause`.
inline verdict::Finding finding(verdict::Cause cause) {
  verdict::Finding finding;
  finding.key.cause = cause;
  finding.last_good_at = instant("2026-11-23T10:00:01.902Z");
  finding.confirmations = 2;
  finding.evidence.http_status = 200;
  switch (cause) {
    case verdict::Cause::kTokenRevoked:
      finding.evidence = {401, "89"};
      break;
    case verdict::Cause::kTokenUserSuspended:
      finding.evidence = {403, "CURRENT_USER_SUSPENDED"};
      break;
    case verdict::Cause::kTokenUserLocked:
      finding.evidence = {403, "326"};
      break;
    case verdict::Cause::kTokenReauthorizationRequired:
      finding.evidence = {403, "INSUFFICIENT_USER_AUTHORIZED_PERMISSION"};
      break;
    case verdict::Cause::kAccessRemoved:
    case verdict::Cause::kAccountUnavailable:
      finding.evidence = {404, "NOT_FOUND"};
      break;
    case verdict::Cause::kRoleReduced:
      finding.before = {"AD_MANAGER", "TWEET_COMPOSER"};
      finding.after = {"CAMPAIGN_ANALYST"};
      break;
    case verdict::Cause::kRoleEscalated:
      finding.before = {"AD_MANAGER"};
      finding.after = {"ACCOUNT_ADMIN"};
      break;
    case verdict::Cause::kRoleChanged:
      finding.before = {"CREATIVE_MANAGER"};
      finding.after = {"CAMPAIGN_ANALYST"};
      break;
    case verdict::Cause::kComposerLost:
      finding.before = {"AD_MANAGER", "TWEET_COMPOSER"};
      finding.after = {"AD_MANAGER"};
      break;
    case verdict::Cause::kComposerGained:
      finding.before = {"AD_MANAGER"};
      finding.after = {"AD_MANAGER", "TWEET_COMPOSER"};
      break;
    case verdict::Cause::kPermissionUnknown:
      finding.before = {"AD_MANAGER"};
      finding.after = {"AD_MANAGER", "SHOP_MANAGER"};
      break;
    case verdict::Cause::kAuditThrottled:
      finding.evidence = {429, "TOO_MANY_REQUESTS"};
      break;
    case verdict::Cause::kTokenIdentityMismatch:
      break;
    default:
      return operational_finding(std::move(finding));
  }
  return finding;
}

/// A complete alert: developer token for composer.lost, where it matters, else an advertiser's.
inline Alert alert(verdict::Cause cause, State state) {
  Alert alert;
  alert.id = id<AlertId>(2);
  alert.sequence = 41;
  alert.state = state;
  alert.at = instant("2026-11-23T10:15:02.118Z");
  alert.incident.id = id<verdict::IncidentId>(3);
  alert.incident.finding = finding(cause);
  alert.incident.opened_at = instant("2026-11-23T10:15:02.118Z");
  alert.incident.updated_at = alert.incident.opened_at;
  if (state == State::kResolved) {
    alert.at = instant("2026-11-23T13:19:40.000Z");
    alert.incident.updated_at = alert.at;
    alert.incident.resolved_at = alert.at;
  }
  const bool developer = cause == verdict::Cause::kComposerLost;
  const verdict::Scope scope = verdict::scope_of(cause);
  const bool of_one_token =
      scope == verdict::Scope::kToken || scope == verdict::Scope::kProbe || cause == verdict::Cause::kAuditThrottled;
  if (scope == verdict::Scope::kApp) alert.subject.app = "agency";
  if (of_one_token) {
    alert.subject.token = token(developer ? audit::TokenKind::kDeveloper : audit::TokenKind::kAdvertiser);
    alert.subject.app = "agency";
  }
  if (scope == verdict::Scope::kAccount || scope == verdict::Scope::kProbe || scope == verdict::Scope::kPlan) {
    alert.subject.account_id = "18ce54d4x5t";
    alert.subject.account_name = "Brand A EU";
  }
  return alert;
}

}  // namespace alert::samples
