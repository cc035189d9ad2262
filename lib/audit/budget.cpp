#include "audit/budget.h"

#include <algorithm>
#include <array>

namespace audit {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kWindow = 15min;

/// Calls per window, as documented for each endpoint (GET accounts is a "global read"; verify_credentials has its own
/// limit on the identity host).
int documented_limit(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::kAccess:
      return 2000;
    case Endpoint::kAccounts:
      return 5;
    case Endpoint::kIdentity:
      return 75;
  }
  return 1;
}

std::string token_key(const TokenId& token, Endpoint endpoint) {
  return "token/" + token.text() + "/" + std::string(to_text(endpoint));
}
std::string account_key(const std::string& account, Endpoint endpoint) {
  return "account/" + account + "/" + std::string(to_text(endpoint));
}

Endpoint endpoint_of(std::string_view key) {
  for (const Endpoint endpoint : {Endpoint::kAccess, Endpoint::kAccounts, Endpoint::kIdentity}) {
    if (key.ends_with(to_text(endpoint))) return endpoint;
  }
  return Endpoint::kAccess;
}

}  // namespace

std::string_view to_text(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::kAccess:
      return "access";
    case Endpoint::kAccounts:
      return "accounts";
    case Endpoint::kIdentity:
      return "identity";
  }
  return "";
}

int Budget::share_of(int limit) const {
  return std::max(1, static_cast<int>(static_cast<double>(limit) * options_.share));
}

Budget::Bucket& Budget::bucket(const std::string& key, Endpoint endpoint, base::Instant now) {
  const auto known = buckets_.find(key);
  if (known != buckets_.end()) return known->second;
  const int limit = documented_limit(endpoint);
  const int reserve = std::max(1, std::min(options_.reserve, limit));
  return buckets_
      .emplace(key, Bucket{limit, TokenBucket(share_of(limit), kWindow, now), TokenBucket(reserve, kWindow, now)})
      .first->second;
}

std::optional<base::Instant> Budget::try_spend(const TokenId& token, const std::string& account, Endpoint endpoint,
                                               Purpose purpose, base::Instant now) {
  const bool reserve = purpose == Purpose::kConfirmation && options_.reserve > 0;
  const auto when = [&](const Bucket& bucket) {
    const base::Instant routine = bucket.share.next_at(now);
    return reserve ? std::min(routine, bucket.reserve.next_at(now)) : routine;
  };
  std::array<std::string, 2> keys{token_key(token, endpoint), account.empty() ? "" : account_key(account, endpoint)};
  base::Instant earliest = now;
  for (const auto& key : keys) {
    if (!key.empty()) earliest = std::max(earliest, when(bucket(key, endpoint, now)));
  }
  if (earliest > now) return earliest;
  for (const auto& key : keys) {
    if (key.empty()) continue;
    Bucket& from = bucket(key, endpoint, now);
    if (!from.share.try_take(now)) from.reserve.try_take(now);
    changed_.insert(key);
  }
  return std::nullopt;
}

void Budget::set_limit(Bucket& bucket, int limit, base::Instant now) const {
  if (limit <= 0 || limit == bucket.limit) return;
  bucket.limit = limit;
  bucket.share.resize(share_of(limit), now);
}

void Budget::learn(const TokenId& token, const std::string& account, Endpoint endpoint, const xads::RateLimits& limits,
                   base::Instant now) {
  const auto apply = [&](const std::string& key, const xads::RateLimit& family) {
    Bucket& learned = bucket(key, endpoint, now);
    set_limit(learned, family.limit, now);
    learned.share.cap_level(family.remaining, now);
    changed_.insert(key);
  };
  if (limits.account && !account.empty()) apply(account_key(account, endpoint), *limits.account);
  if (limits.user) apply(token_key(token, endpoint), *limits.user);
}

void Budget::park(const TokenId& token, const std::string& account, Endpoint endpoint, bool by_account,
                  base::Instant until, base::Instant now) {
  const std::string key = by_account && !account.empty() ? account_key(account, endpoint) : token_key(token, endpoint);
  Bucket& parked = bucket(key, endpoint, now);
  parked.share.park(until);
  parked.reserve.park(until);
  changed_.insert(key);
}

std::vector<BucketState> Budget::take_changed(base::Duration utc_minus_steady) {
  std::vector<BucketState> states;
  for (const auto& key : changed_) {
    const Bucket& bucket = buckets_.at(key);
    states.push_back({key, bucket.limit, bucket.share.full_at() + utc_minus_steady,
                      bucket.reserve.full_at() + utc_minus_steady, bucket.share.parked_until() + utc_minus_steady});
  }
  changed_.clear();
  return states;
}

void Budget::restore(const std::vector<BucketState>& states, base::Duration utc_minus_steady, base::Instant now) {
  // A wall clock that was set back would otherwise leave a bucket empty for as long.
  const auto within_window = [&](base::Instant utc) { return std::min(utc - utc_minus_steady, now + kWindow); };
  for (const BucketState& state : states) {
    Bucket& restored = bucket(state.key, endpoint_of(state.key), now);
    set_limit(restored, state.limit, now);
    const base::Instant parked_until = within_window(state.parked_until);
    restored.share.restore(within_window(state.full_at), parked_until);
    restored.reserve.restore(within_window(state.reserve_full_at), parked_until);
  }
}

}  // namespace audit
