#include "alert/impact.h"

namespace alert {
namespace {

using xads::Permission;

constexpr Impact kConversions{"conversions", "stops", "documented", "conversion uploads"};
constexpr Impact kCreatePosts{"create_posts", "stops", "documented", "posts in the advertiser's name"};

/// The Conversion API wants the token of an account administrator or ad manager ("Accessing Ads Accounts", note on
/// user tokens).
bool may_upload_conversions(const xads::Permissions& permissions) {
  return permissions.has(Permission::kAccountAdmin) || permissions.has(Permission::kAdManager);
}

/// An advertiser's own token posts as the handle itself; a developer's needs TWEET_COMPOSER (same page, token table).
bool needs_composer(const Subject& subject) {
  return subject.token && subject.token->kind == audit::TokenKind::kDeveloper;
}

std::vector<Impact> impact_of_permissions(const Alert& alert) {
  const auto before = xads::Permissions::from_texts(alert.incident.finding.before);
  const auto after = xads::Permissions::from_texts(alert.incident.finding.after);
  std::vector<Impact> impact;
  if (may_upload_conversions(before) && !may_upload_conversions(after)) impact.push_back(kConversions);
  if (needs_composer(alert.subject) && before.composer() && !after.composer()) impact.push_back(kCreatePosts);
  return impact;
}

}  // namespace

std::vector<Impact> impact_of(const Alert& alert) {
  using verdict::Cause;
  if (alert.state == State::kResolved) return {};
  switch (alert.incident.finding.key.cause) {
    case Cause::kTokenRevoked:
      return {kConversions};
    case Cause::kAccessRemoved:
    case Cause::kRoleReduced:
    case Cause::kRoleChanged:
    case Cause::kComposerLost:
      return impact_of_permissions(alert);
    case Cause::kTokenUserSuspended:
    case Cause::kTokenUserLocked:
    case Cause::kTokenReauthorizationRequired:
    case Cause::kTokenIdentityMismatch:
    case Cause::kAccountUnavailable:
    case Cause::kRoleEscalated:
    case Cause::kComposerGained:
    case Cause::kPermissionUnknown:
    case Cause::kAuditThrottled:
      return {};
  }
  return {};
}

}  // namespace alert
