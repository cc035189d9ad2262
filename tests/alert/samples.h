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
  if (scope != verdict::Scope::kAccount) {
    alert.subject.token = token(developer ? audit::TokenKind::kDeveloper : audit::TokenKind::kAdvertiser);
    alert.subject.app = "agency";
  }
  if (scope == verdict::Scope::kAccount || scope == verdict::Scope::kProbe) {
    alert.subject.account_id = "18ce54d4x5t";
    alert.subject.account_name = "Brand A EU";
  }
  return alert;
}

}  // namespace alert::samples
