// What the oracle makes of incidents and of the messages about them.

#include <fmt/format.h>

#include <algorithm>

#include "simulation/oracle.h"
#include "verdict/open_incidents.h"

namespace simulation {
namespace {

using namespace std::chrono_literals;
using verdict::Cause;

/// Of an incident that flaps: what it says was true not long ago.
constexpr base::Duration kFlappedWithin = 2h;
/// A fault of the app or the clock is noticed after this much of it, or not at all.
constexpr base::Duration kFaultSeenWithin = 45min;
constexpr base::Duration kSkew = 60s;

std::optional<Standing> standing_behind(Cause cause) {
  switch (cause) {
    case Cause::kTokenRevoked:
      return Standing::kRevoked;
    case Cause::kTokenUserSuspended:
      return Standing::kSuspended;
    case Cause::kTokenUserLocked:
      return Standing::kLocked;
    case Cause::kTokenReauthorizationRequired:
      return Standing::kReauthorize;
    case Cause::kAccessRemoved:
    case Cause::kAccountUnavailable:
      return Standing::kNotFound;
    case Cause::kVersionRetired:
      return Standing::kVersionRetired;
    default:
      return std::nullopt;
  }
}

constexpr std::array kAboutRoles{Cause::kRoleReduced,  Cause::kRoleEscalated,  Cause::kRoleChanged,
                                 Cause::kComposerLost, Cause::kComposerGained, Cause::kPermissionUnknown};
constexpr std::array kAboutTokens{Cause::kTokenRevoked, Cause::kTokenUserSuspended, Cause::kTokenUserLocked,
                                  Cause::kTokenReauthorizationRequired, Cause::kTokenIdentityMismatch};

bool about_role(Cause cause) { return std::find(kAboutRoles.begin(), kAboutRoles.end(), cause) != kAboutRoles.end(); }

/// Nobody is told of each turn of it, and it ends late.
bool comes_and_goes(const verdict::Incident& incident) {
  return incident.flips.size() >= verdict::OpenIncidents::kFlips;
}

std::vector<std::string> texts_of(std::uint8_t role) { return xads::Permissions::from_mask(role).texts(); }

}  // namespace

std::optional<TokenNumber> Oracle::find(const audit::TokenId& id) const {
  const auto known = tokens_.find(id);
  return known == tokens_.end() ? std::nullopt : std::optional(known->second);
}

/// The pairs that the finding may be about.
std::vector<PairNumber> Oracle::concerned(const verdict::Finding& finding) const {
  const verdict::IncidentKey& key = finding.key;
  const auto token = find(key.token);
  const auto account = world_.find_account(key.account);
  std::vector<PairNumber> pairs;
  const auto take = [&](const std::vector<PairNumber>& some) {
    for (const PairNumber pair : some) {
      const World::Pair& one = world_.pairs()[pair];
      if ((!token || one.token == *token) && (!account || one.account == *account)) pairs.push_back(pair);
    }
  };
  if (token) {
    take(world_.tokens()[*token].pairs);
  } else if (account) {
    take(world_.accounts()[*account].pairs);
  } else {
    for (const World::App& app : world_.apps()) {
      if (key.cause == Cause::kAppRejected && app.name != key.topic) continue;
      for (const TokenNumber of_app : app.tokens) take(world_.tokens()[of_app].pairs);
    }
  }
  return pairs;
}

PairNumber Oracle::witness_of(const verdict::Finding& finding) const {
  if (finding.key.token.null() && finding.key.account.empty()) return kNone;
  const auto pairs = concerned(finding);
  return pairs.empty() ? kNone : pairs.front();
}

bool Oracle::fits(const verdict::Finding& finding, PairNumber pair, const Truth& truth) const {
  if (const auto standing = standing_behind(finding.key.cause)) return truth.standing == *standing;
  if (finding.key.cause == Cause::kAppRejected)
    return hits_all(truth.standing) && truth.standing != Standing::kClockOff;
  if (!about_role(finding.key.cause) || truth.standing != Standing::kGranted) return false;
  const auto& normal = heard_[pair].normal;
  return normal && finding.before == texts_of(*normal) && finding.after == texts_of(truth.role);
}

bool Oracle::audit_has_cause(const OpenIncident& open, base::Instant now) const {
  const Cause cause = open.incident.finding.key.cause;
  const auto lately = [&](base::Instant then) { return then != base::Instant::min() && now - then < kFaultSeenWithin; };
  if (cause == Cause::kAuditThrottled) return lately(throttled_);
  if (cause == Cause::kClockSkew) return lately(clock_off_) || std::chrono::abs(world_.clock_ahead()) >= kSkew;
  if (cause == Cause::kSunset) return world_.sunset();
  return cause == Cause::kAuditBlind && blindness_has_cause(open, now);  // nothing else was set up
}

bool Oracle::has_cause(const OpenIncident& open, base::Instant now) const {
  const verdict::Finding& finding = open.incident.finding;
  const Cause cause = finding.key.cause;
  const bool of_all = cause == Cause::kAppRejected || cause == Cause::kVersionRetired;
  if (!of_all && !standing_behind(cause) && !about_role(cause)) return audit_has_cause(open, now);
  const auto pairs = concerned(finding);
  return std::any_of(pairs.begin(), pairs.end(), [&](PairNumber pair) {
    base::Instant from = of_all ? now - kFaultSeenWithin : heard_[pair].before_run;
    if (comes_and_goes(open.incident)) from = std::min(from, now - kFlappedWithin);
    return world_.held(pair, from, now, [&](const Truth& truth) { return fits(finding, pair, truth); });
  });
}

/// Somebody was told that it is over, and it was.
bool Oracle::recovered(const OpenIncident& open, base::Instant now) const {
  const verdict::Finding& finding = open.incident.finding;
  const Cause cause = finding.key.cause;
  if (cause == Cause::kClockSkew) return std::chrono::abs(world_.clock_ahead()) < kSkew;
  if (cause == Cause::kSunset) return !world_.sunset();
  const bool of_all = cause == Cause::kAppRejected || cause == Cause::kVersionRetired;
  if (!of_all && !standing_behind(cause) && !about_role(cause)) return true;
  const auto pairs = concerned(finding);
  const bool over = std::any_of(pairs.begin(), pairs.end(), [&](PairNumber pair) {
    const Heard& heard = heard_[pair];
    const auto otherwise = [&](const Truth& truth) { return !fits(finding, pair, truth); };
    if (of_all) return world_.held(pair, std::max(open.opened, now - kFaultSeenWithin), now, otherwise);
    return heard.says && otherwise(*heard.says) && world_.held(pair, heard.before_run, now, otherwise);
  });
  if (over) return true;
  // One and the same loss under its other name: whether anybody else still sees the account decides.
  const auto on_account = [&](Cause other) {
    const auto first = open_.lower_bound(verdict::IncidentKey{.cause = other, .token = {}, .account = {}});
    return std::any_of(first, open_.end(), [&](const auto& entry) {
      return entry.first.cause == other && entry.first.account == finding.key.account && entry.first != finding.key;
    });
  };
  return (cause == Cause::kAccessRemoved || cause == Cause::kAccountUnavailable) &&
         (on_account(Cause::kAccessRemoved) || on_account(Cause::kAccountUnavailable));
}

bool Oracle::any_open(Cause cause, const std::string* topic) const {
  for (auto place = open_.lower_bound(verdict::IncidentKey{.cause = cause, .token = {}, .account = {}});
       place != open_.end() && place->first.cause == cause; ++place) {
    if (topic == nullptr || place->first.topic == *topic) return true;
  }
  return false;
}

/// What came and went lately may stay open for a while.
bool Oracle::flaps(Cause cause, base::Instant now) const {
  for (auto place = open_.lower_bound(verdict::IncidentKey{.cause = cause, .token = {}, .account = {}});
       place != open_.end() && place->first.cause == cause; ++place) {
    const OpenIncident& open = place->second;
    if (comes_and_goes(open.incident) && now - open.updated < kFlappedWithin) return true;
  }
  return false;
}

/// Whether people were told of it, and that it came to `after`; of what flaps only the row says to what.
bool Oracle::open_of(Cause cause, const audit::TokenId& token, const std::string& account,
                     const std::vector<std::string>* after) const {
  const auto known = open_.find({cause, token, account});
  if (known == open_.end()) return false;
  const OpenIncident& open = known->second;
  if (!open.told) return open.incident.part_of.has_value();
  const verdict::Finding& heard = comes_and_goes(open.incident) ? open.incident.finding : *open.told;
  return after == nullptr || heard.after == *after;
}

/// What hits all tokens alike is told once.
bool Oracle::app_explains(PairNumber pair) const {
  const World::Token& token = world_.tokens()[world_.pairs()[pair].token];
  return any_open(Cause::kAppRejected, &world_.apps()[token.app].name) || any_open(Cause::kVersionRetired) ||
         any_open(Cause::kClockSkew);
}

/// Whether what people were told says that this is true.
bool Oracle::found(PairNumber pair, const Truth& truth) const {
  const World::Pair& one = world_.pairs()[pair];
  const audit::TokenId& token = ids_[one.token];
  const std::string& account = world_.accounts()[one.account].id;
  switch (truth.standing) {
    case Standing::kGranted: {
      const auto& normal = heard_[pair].normal;
      if (!normal) return true;
      if (*normal == truth.role) return silent_about(pair);
      const auto after = texts_of(truth.role);
      return std::any_of(kAboutRoles.begin(), kAboutRoles.end(),
                         [&](Cause cause) { return open_of(cause, token, account, &after); });
    }
    case Standing::kNotFound:
      return open_of(Cause::kAccessRemoved, token, account) || open_of(Cause::kAccountUnavailable, {}, account) ||
             open_of(Cause::kAccountUnavailable, token, account);
    case Standing::kRevoked:
      return open_of(Cause::kTokenRevoked, token, "");
    case Standing::kSuspended:
      return open_of(Cause::kTokenUserSuspended, token, "");
    case Standing::kLocked:
      return open_of(Cause::kTokenUserLocked, token, "");
    case Standing::kReauthorize:
      return open_of(Cause::kTokenReauthorizationRequired, token, "");
    case Standing::kAppSuspended:
    case Standing::kKeysRegenerated:
    case Standing::kAdsAccessLost:
    case Standing::kReadOnly:
    case Standing::kVersionRetired:
    case Standing::kClockOff:
      // A token that was known to be dead before says nothing of its app.
      return app_explains(pair) || open_of(Cause::kTokenRevoked, token, "");
  }
  return false;
}

/// Nothing is said against the pair, but by what flaps: that stays for a while.
bool Oracle::silent_about(PairNumber pair) const {
  const World::Pair& one = world_.pairs()[pair];
  if (open_of_token_[one.token] == 0 && open_on_account_[one.account] == 0) return true;
  const audit::TokenId& token = ids_[one.token];
  const std::string& account = world_.accounts()[one.account].id;
  const auto says = [&](Cause cause, const audit::TokenId& of_token, const std::string& of_account) {
    const auto known = open_.find({cause, of_token, of_account});
    return known != open_.end() && !comes_and_goes(known->second.incident);
  };
  return std::none_of(kAboutTokens.begin(), kAboutTokens.end(), [&](Cause cause) { return says(cause, token, ""); }) &&
         std::none_of(kAboutRoles.begin(), kAboutRoles.end(),
                      [&](Cause cause) { return says(cause, token, account); }) &&
         !says(Cause::kAccessRemoved, token, account) && !says(Cause::kAccountUnavailable, {}, account) &&
         !says(Cause::kAccountUnavailable, token, account);
}

void Oracle::check_change(const verdict::Change& change, base::Instant now) {
  if (change.kind != "changed" && change.kind != "first_seen") return;
  const auto token = world_.find_token(change.token);
  const auto account = world_.find_account(change.account);
  if (!token || !account) return violate(Rule::kFalseChange, now, kNone, "a change of " + change.token);
  const std::string& user = world_.tokens()[*token].user_id;
  const auto says_so = [&](const Truth& truth) {
    if (truth.standing == Standing::kGranted)
      return change.after == "granted user=" + user + " " + xads::Permissions::from_mask(truth.role).text();
    static const std::map<Standing, std::string> kDenied{{Standing::kNotFound, "denied account_not_found"},
                                                         {Standing::kRevoked, "denied token_invalid"},
                                                         {Standing::kSuspended, "denied user_suspended"},
                                                         {Standing::kLocked, "denied user_locked"},
                                                         {Standing::kReauthorize, "denied reauthorization_required"}};
    const auto text = kDenied.find(truth.standing);
    return text != kDenied.end() && change.after == text->second;
  };
  for (const PairNumber pair : world_.tokens()[*token].pairs) {
    if (world_.pairs()[pair].account != *account) continue;
    if (!world_.held(pair, heard_[pair].before_run, now, says_so))
      violate(Rule::kFalseChange, now, pair, fmt::format("{}: \"{}\" was never true", change.kind, change.after));
  }
}

}  // namespace simulation
