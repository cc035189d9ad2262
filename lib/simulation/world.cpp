#include "simulation/world.h"

#include <algorithm>

namespace simulation {
namespace {

std::optional<Weather> weather_of(What what) {
  switch (what) {
    case What::kOutage:
      return Weather::kOverloaded;
    case What::kMaintenance:
      return Weather::kMaintenance;
    case What::kConnectionRefused:
      return Weather::kRefused;
    case What::kNoAddress:
      return Weather::kNoAddress;
    case What::kBrokenTls:
      return Weather::kBrokenTls;
    case What::kPortal:
      return Weather::kPortal;
    case What::kRedirect:
      return Weather::kRedirect;
    default:
      return std::nullopt;
  }
}

std::optional<Standing> app_fault_of(What what) {
  switch (what) {
    case What::kAppSuspended:
      return Standing::kAppSuspended;
    case What::kKeysRegenerated:
      return Standing::kKeysRegenerated;
    case What::kAdsAccessLost:
      return Standing::kAdsAccessLost;
    case What::kAppReadOnly:
      return Standing::kReadOnly;
    default:
      return std::nullopt;
  }
}

template <class Index>
auto find_in(const Index& index, const std::string& name) {
  const auto known = index.find(name);
  return known == index.end() ? std::nullopt : std::optional(known->second);
}

}  // namespace

World::World(const std::vector<Cast>& cast, base::Instant start) {
  for (const Cast& one : cast) {
    auto app = std::find_if(apps_.begin(), apps_.end(), [&](const App& known) { return known.name == one.app; });
    if (app == apps_.end()) app = apps_.insert(apps_.end(), App{.name = one.app});
    app->tokens.push_back(tokens_.size());
    token_by_name_.emplace(one.name, tokens_.size());
    Token token{.name = one.name, .app = static_cast<std::size_t>(app - apps_.begin()), .kind = one.kind};
    token.user_id = std::to_string(2'417'000'000 + tokens_.size());
    for (const Cast::Seat& seat : one.seats) {
      const auto [account, is_new] = account_by_id_.emplace(seat.account, accounts_.size());
      if (is_new) accounts_.push_back({.id = seat.account});
      accounts_[account->second].pairs.push_back(pairs_.size());
      token.pairs.push_back(pairs_.size());
      pairs_.push_back({.token = tokens_.size(), .account = account->second, .role = seat.role});
      pairs_.back().history.push_back({start, {Standing::kGranted, seat.role}});
    }
    tokens_.push_back(std::move(token));
  }
}

std::optional<TokenNumber> World::find_token(const std::string& name) const { return find_in(token_by_name_, name); }
std::optional<AccountNumber> World::find_account(const std::string& id) const { return find_in(account_by_id_, id); }

World::Undo World::begin(const Event& event, base::Instant now) {
  Undo undo;
  if (event.what == What::kRoleChanged) {
    change_role(event, now, undo);
  } else {
    turn(event, true, now);
  }
  return undo;
}

void World::end(const Event& event, const Undo& undo, base::Instant now) {
  if (event.what != What::kRoleChanged) return turn(event, false, now);
  for (const auto& [pair, role] : undo.roles) {
    pairs_[pair].role = role;
    refresh(pair, now);
  }
}

void World::turn(const Event& event, bool on, base::Instant now) {
  if (const auto weather = weather_of(event.what)) return set_weather(on ? *weather : Weather::kFair);
  if (const auto fault = app_fault_of(event.what)) return set_fault(event.app, on ? fault : std::nullopt, now);
  const auto token = find_token(event.token);
  const auto account = find_account(event.account);
  if (event.what == What::kTokenRevoked && token) {
    if (!on) return replace(*token, now);
    change_token(*token, now, [](Token& changed) { changed.revoked = true; });
  } else if (event.what == What::kUserSuspended && token) {
    change_token(*token, now, [on](Token& changed) { changed.suspended = on; });
  } else if (event.what == What::kUserLocked && token) {
    change_token(*token, now, [on](Token& changed) { changed.locked = on; });
  } else if (event.what == What::kReauthorizationRequired && token) {
    if (!on) return replace(*token, now);
    change_token(*token, now, [](Token& changed) { changed.old = true; });
  } else if (event.what == What::kAccessRemoved) {
    for (const PairNumber pair : pairs_of(event)) {
      pairs_[pair].removed = on;
      refresh(pair, now);
    }
  } else if (event.what == What::kAccountDeleted && account) {
    accounts_[*account].deleted = on;
    for (const PairNumber pair : accounts_[*account].pairs) refresh(pair, now);
  } else if (event.what == What::kMassRevocation) {
    revoke_all(event.app, on, now);
  } else if (event.what == What::kThrottled) {
    crowded_ = on;
  } else if (event.what == What::kSunsetAnnounced) {
    sunset_ = on;
  } else if (event.what == What::kVersionRetired || event.what == What::kClockOff) {
    (event.what == What::kVersionRetired) ? void(version_retired_ = on)
                                          : void(clock_ahead_ = on ? event.by : base::Duration(0));
    refresh_all(now);
  }
}

std::vector<PairNumber> World::pairs_of(const Event& event) const {
  std::vector<PairNumber> found;
  const auto token = find_token(event.token);
  if (!token) return found;
  for (const PairNumber pair : tokens_[*token].pairs) {
    if (event.account.empty() || accounts_[pairs_[pair].account].id == event.account) found.push_back(pair);
  }
  return found;
}

void World::change_role(const Event& event, base::Instant now, Undo& undo) {
  for (const PairNumber pair : pairs_of(event)) {
    undo.roles.emplace_back(pair, std::exchange(pairs_[pair].role, event.to));
    refresh(pair, now);
  }
}

template <class Change>
void World::change_token(TokenNumber token, base::Instant now, Change change) {
  change(tokens_[token]);
  for (const PairNumber pair : tokens_[token].pairs) refresh(pair, now);
}

/// The user authorizes the app again, and the operator stores what comes of it.
void World::replace(TokenNumber token, base::Instant now) {
  change_token(token, now, [](Token& changed) { changed.revoked = changed.old = false; });
  replaced_.push_back(token);
}

void World::set_fault(const std::string& name, std::optional<Standing> fault, base::Instant now) {
  for (App& app : apps_) {
    if (name.empty() || app.name == name) app.fault = fault;
  }
  refresh_all(now);
}

void World::revoke_all(const std::string& name, bool on, base::Instant now) {
  for (const App& app : apps_) {
    if (!name.empty() && app.name != name) continue;
    for (const TokenNumber token : app.tokens) {
      if (!on) replace(token, now);
      if (on) change_token(token, now, [](Token& changed) { changed.revoked = true; });
    }
  }
}

Truth World::look(const Pair& pair) const {
  const Token& token = tokens_[pair.token];
  if (std::chrono::abs(clock_ahead_) > kClockTolerance) return {Standing::kClockOff};
  if (apps_[token.app].fault) return {*apps_[token.app].fault};
  if (version_retired_) return {Standing::kVersionRetired};
  if (token.revoked) return {Standing::kRevoked};
  if (token.suspended) return {Standing::kSuspended};
  if (token.locked) return {Standing::kLocked};
  if (token.old) return {Standing::kReauthorize};
  if (pair.removed || accounts_[pair.account].deleted) return {Standing::kNotFound};
  return {Standing::kGranted, pair.role};
}

void World::refresh(PairNumber number, base::Instant now) {
  Pair& pair = pairs_[number];
  const Truth truth = look(pair);
  if (pair.history.back().truth == truth) return;
  pair.history.push_back({now, truth});
  changed_.push_back(number);
}

void World::refresh_all(base::Instant now) {
  for (PairNumber pair = 0; pair < pairs_.size(); ++pair) refresh(pair, now);
}

}  // namespace simulation
