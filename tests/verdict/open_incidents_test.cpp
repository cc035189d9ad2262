#include "verdict/open_incidents.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/random.h"

using namespace verdict;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);
using Keys = std::vector<IncidentKey>;

audit::TokenId token_number(std::uint64_t number) {
  base::SeededRandom random(number);
  return audit::TokenId::make(kNoon, random);
}
Incident incident(const IncidentKey& key) { return {.finding = {.key = key}, .opened_at = kNoon}; }

/// What the class promises, told by looking at every key that is open.
struct PlainModel {
  std::vector<IncidentKey> open;

  Keys about_token(const audit::TokenId& token) const {
    return those([&](const IncidentKey& key) { return scope_of(key.cause) == Scope::kToken && key.token == token; });
  }
  Keys on_account(const std::string& account) const {
    return those([&](const IncidentKey& key) {
      const Scope scope = scope_of(key.cause);
      return (scope == Scope::kAccount || scope == Scope::kProbe) && key.account == account;
    });
  }
  template <class Fits>
  Keys those(Fits fits) const {
    Keys keys;
    std::copy_if(open.begin(), open.end(), std::back_inserter(keys), fits);
    std::sort(keys.begin(), keys.end());
    return keys;
  }
};

/// One of a few thousand keys, as real ones look: with the token, the account or both, by the scope of the cause.
IncidentKey any_key(base::Random& random) {
  const Cause cause = all_causes()[random.next_u64() % all_causes().size()];
  const bool of_token = scope_of(cause) == Scope::kAudit && random.next_u64() % 2 == 0;
  IncidentKey key{cause, {}, ""};
  if (scope_of(cause) == Scope::kToken || scope_of(cause) == Scope::kProbe || of_token)
    key.token = token_number(random.next_u64() % 2000);
  if (scope_of(cause) != Scope::kToken && !of_token) key.account = "acc" + std::to_string(random.next_u64() % 30'000);
  return key;
}

}  // namespace

TEST_CASE("open incidents: what was put in is found under its key until it is erased") {
  OpenIncidents open;
  const IncidentKey key{Cause::kTokenRevoked, token_number(1), ""};
  CHECK(open.empty());
  CHECK(open.emplace(key, incident(key)).second);
  CHECK(open.contains(key));
  CHECK(open.find(key)->second.opened_at == kNoon);
  CHECK(open.size() == 1);
  for (const auto& [known, one] : open) CHECK(known == one.finding.key);
  open.erase(key);
  CHECK_FALSE(open.contains(key));
  CHECK(open.find(key) == open.end());
  CHECK(open.about_token(key.token) == Keys{});
}

TEST_CASE("open incidents: a second incident under one key is not taken") {
  OpenIncidents open;
  const IncidentKey key{Cause::kAccountUnavailable, {}, "acc"};
  open.emplace(key, incident(key));
  CHECK_FALSE(open.emplace(key, Incident{}).second);
  CHECK(open.find(key)->second.finding.key == key);
  CHECK(open.on_account("acc") == Keys{key});
}

TEST_CASE("open incidents: erasing what is not there changes nothing") {
  OpenIncidents open;
  open.erase({Cause::kTokenRevoked, token_number(1), ""});
  CHECK(open.empty());
}

TEST_CASE("open incidents: a key may be erased through the entry that holds it") {
  OpenIncidents open;
  const IncidentKey key{Cause::kRoleReduced, token_number(1), "a long enough name of an account to be on the heap"};
  open.emplace(key, incident(key));
  open.erase(open.begin()->first);
  CHECK(open.empty());
  CHECK(open.on_account(key.account) == Keys{});
}

TEST_CASE("open incidents: our own auditing is neither the token's nor the account's") {
  OpenIncidents open;
  const IncidentKey of_token{Cause::kAuditThrottled, token_number(1), ""};
  const IncidentKey of_account{Cause::kAuditThrottled, {}, "acc"};
  open.emplace(of_token, incident(of_token));
  open.emplace(of_account, incident(of_account));
  CHECK(open.about_token(token_number(1)) == Keys{});
  CHECK(open.on_account("acc") == Keys{});
  CHECK(open.size() == 2);
}

TEST_CASE("open incidents: among a hundred thousand, look-ups give what looking at each gives") {
  base::SeededRandom random(7);
  OpenIncidents open;
  PlainModel model;
  while (open.size() < 100'000) {
    const IncidentKey key = any_key(random);
    if (open.emplace(key, incident(key)).second) model.open.push_back(key);
  }
  for (int gone = 0; gone < 20'000; ++gone) {
    auto& key = model.open[random.next_u64() % model.open.size()];
    open.erase(key);
    key = model.open.back();
    model.open.pop_back();
  }
  CHECK(open.size() == model.open.size());
  for (std::uint64_t number = 0; number < 20; ++number) {
    CHECK(open.about_token(token_number(number)) == model.about_token(token_number(number)));
    const std::string account = "acc" + std::to_string(number * 1000);
    CHECK(open.on_account(account) == model.on_account(account));
  }
}
