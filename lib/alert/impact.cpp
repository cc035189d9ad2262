#include "alert/impact.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "verdict/capabilities.h"

namespace alert {
namespace {

using verdict::Capabilities;
using verdict::Effect;
using xads::Permissions;

/// What a dead token takes away is what its user can do in the web interface without it.
enum class Reach { kTokenAlone, kUserToo };

std::vector<Impact> impact_of_step(audit::TokenKind kind, const Permissions& before, const Permissions& after,
                                   Reach reach) {
  const Capabilities& capabilities = Capabilities::built_in();
  std::vector<Impact> changed, same;
  for (Effect& effect : capabilities.effects(kind, before, after)) {
    if (reach == Reach::kTokenAlone && capabilities.find(effect.capability)->web_only) continue;
    auto& list = effect.kind == Effect::Kind::kContinues ? same : changed;
    list.push_back({std::move(effect.capability), std::string(to_text(effect.kind)),
                    std::string(to_text(effect.certainty)), std::move(effect.words)});
  }
  if (changed.empty()) return {};
  std::stable_partition(changed.begin(), changed.end(), [](const Impact& impact) { return impact.effect == "stops"; });
  changed.insert(changed.end(), same.begin(), same.end());
  return changed;
}

Permissions permissions_of(const std::vector<std::string>& texts) { return Permissions::from_texts(texts); }

/// The same for all tokens of a kind, and so computed once: an app can lose a hundred thousand at the same moment.
const std::vector<Impact>& impact_of_death(audit::TokenKind kind) {
  const auto compute = [](audit::TokenKind one) {
    return impact_of_step(one, permissions_of({"ACCOUNT_ADMIN", "TWEET_COMPOSER"}), {}, Reach::kTokenAlone);
  };
  static const auto advertiser = compute(audit::TokenKind::kAdvertiser);
  static const auto developer = compute(audit::TokenKind::kDeveloper);
  return kind == audit::TokenKind::kAdvertiser ? advertiser : developer;
}

std::vector<Impact> impact_of_token(const Alert& alert) {
  return alert.subject.token ? impact_of_death(alert.subject.token->kind) : std::vector<Impact>();
}

std::vector<Impact> impact_of_permissions(const Alert& alert) {
  const verdict::Finding& finding = alert.incident.finding;
  if (finding.before.empty() || !alert.subject.token) return {};
  return impact_of_step(alert.subject.token->kind, permissions_of(finding.before), permissions_of(finding.after),
                        Reach::kUserToo);
}

/// An app's tokens are of both kinds, so this names no more than what all of them lose.
const std::vector<Impact>& impact_of_app() { return impact_of_death(audit::TokenKind::kAdvertiser); }

std::vector<Impact> impact_of_account(const Alert& alert) {
  if (!alert.incident.finding.last_good_at) return {};
  const verdict::CapabilityName* access = Capabilities::built_in().find("account_access");
  return {{access->name, "stops", std::string(to_text(verdict::Certainty::kDocumented)), access->words}};
}

/// The words of all that have this effect and certainty.
std::vector<std::string> words_of(const std::vector<Impact>& impact, std::string_view effect,
                                  std::string_view certainty) {
  std::vector<std::string> words;
  for (const Impact& one : impact) {
    const bool trivial = one.effect == "continues" && one.need == "account_access";
    if (one.effect == effect && (certainty.empty() || one.certainty == certainty) && !trivial)
      words.push_back(one.words);
  }
  return words;
}

/// "posts in the advertiser's name", but not "access to the ad account".
bool is_plural(const std::vector<std::string>& words) {
  if (words.size() > 1 || words.front().ends_with('s')) return true;
  const std::string head = words.front().substr(0, words.front().find(' '));
  return head.ends_with('s') && !head.ends_with("ss");
}

}  // namespace

std::vector<Impact> impact_of(const Alert& alert) {
  using verdict::Cause;
  if (alert.state == State::kResolved) return {};
  switch (alert.incident.finding.key.cause) {
    case Cause::kTokenRevoked:
    case Cause::kTokenUserSuspended:
    case Cause::kTokenUserLocked:
    case Cause::kTokenReauthorizationRequired:
      return impact_of_token(alert);
    case Cause::kAccessRemoved:
    case Cause::kRoleReduced:
    case Cause::kRoleEscalated:
    case Cause::kRoleChanged:
    case Cause::kComposerLost:
    case Cause::kComposerGained:
    case Cause::kPolicyViolated:
      return impact_of_permissions(alert);
    case Cause::kAccountUnavailable:
      return impact_of_account(alert);
    case Cause::kAppRejected:
      return impact_of_app();
    case Cause::kTokenIdentityMismatch:
    case Cause::kPermissionUnknown:
    case Cause::kAuditThrottled:
    case Cause::kVersionRetired:
    case Cause::kSunset:
    case Cause::kAuditBlind:
    case Cause::kClockSkew:
    case Cause::kRedundancyLost:
    case Cause::kChangeOverdue:
    case Cause::kDestinationBroken:
    case Cause::kStoreUnwritable:
      return {};
  }
  return {};
}

std::string impact_text(const std::vector<Impact>& impact) {
  std::vector<std::string> parts;
  const auto add = [&](std::string_view lead, const std::vector<std::string>& words, std::string_view one,
                       std::string_view many) {
    if (words.empty()) return;
    parts.push_back(std::string(lead).append(base::join(words, ", ")).append(is_plural(words) ? many : one));
  };
  for (const auto& [effect, one, many] :
       {std::array{"stops", " stops", " stop"}, std::array{"starts", " becomes possible", " become possible"}}) {
    for (const char* certainty : {"documented", "by role name", "unknown"})
      add(std::string(certainty) + ": ", words_of(impact, effect, certainty), one, many);
  }
  add("", words_of(impact, "continues", ""), " still works", " still work");
  return base::join(parts, "; ");
}

}  // namespace alert
