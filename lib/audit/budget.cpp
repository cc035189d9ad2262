#include "audit/budget.h"

#include <algorithm>
#include <array>

namespace audit {
namespace {

using namespace std::chrono_literals;

/// Below this many buckets nobody looks for idle ones.
constexpr std::size_t kFewBuckets = 1024;
/// Resets may be this much further ahead than a window: clocks differ, and X may count from a late first call.
constexpr base::Duration kClockTolerance = 1min;

BucketId token_bucket(const Budget::Asker& asker, Endpoint endpoint) {
  return {Counting::kToken, endpoint, static_cast<std::uint32_t>(asker.token)};
}
BucketId account_bucket(const Budget::Asker& asker, Endpoint endpoint) {
  return {Counting::kAccount, endpoint, static_cast<std::uint32_t>(asker.account)};
}

/// Headers that say something. GET accounts and the identity host know no account.
xads::RateLimits sound(xads::RateLimits limits, Endpoint endpoint) {
  const auto garbled = [](const std::optional<xads::RateLimit>& family) {
    return family && (family->limit <= 0 || family->remaining < 0);
  };
  if (garbled(limits.account) || endpoint != Endpoint::kAccess) limits.account.reset();
  if (garbled(limits.user)) limits.user.reset();
  return limits;
}

/// The end of X's window as a header states it, on the steady clock.
struct WindowEnd {
  bool over = false;                ///< the answer took so long that its window has ended
  std::optional<base::Instant> at;  ///< nothing when the statement makes no sense
};
WindowEnd window_end(base::Instant reset, base::Duration utc_offset, base::Instant now) {
  const base::Instant at = reset - utc_offset;
  if (at > now + kWindow + kClockTolerance || at <= now - kClockTolerance) return {};
  if (at <= now) return {.over = true};
  return {.at = at};
}

}  // namespace

Budget::Budget(base::Instant now, bool emptied) : drop_at_(kFewBuckets), latest_(now) {
  if (emptied) emptied_at_ = now;
}

Budget::Key Budget::key_of(const BucketId& id) {
  return Key{id.owner} | Key{static_cast<std::uint8_t>(id.endpoint)} << 32 |
         Key{static_cast<std::uint8_t>(id.by)} << 40;
}

BucketId Budget::id_of(Key key) {
  return {static_cast<Counting>(key >> 40), static_cast<Endpoint>(key >> 32 & 0xff), static_cast<std::uint32_t>(key)};
}

Budget::Mode Budget::mode_of(TokenIndex token, Endpoint endpoint) const {
  if (endpoint != Endpoint::kAccess) return Mode::kToken;
  return at(token) < modes_.size() ? modes_[at(token)] : Mode::kUnknown;
}

void Budget::note_mode(TokenIndex token, const xads::RateLimits& limits) {
  if (!limits.account && !limits.user) return;
  if (at(token) >= modes_.size()) modes_.resize(at(token) + 1, Mode::kUnknown);
  Mode& mode = modes_[at(token)];
  if (limits.account) {
    mode = Mode::kAccount;
    return;
  }
  switch (mode) {
    case Mode::kAccount:
      mode = Mode::kAccountMissedOnce;
      return;
    case Mode::kAccountMissedOnce:
      mode = Mode::kAccountMissedTwice;
      return;
    case Mode::kUnknown:
    case Mode::kToken:
    case Mode::kAccountMissedTwice:
      mode = Mode::kToken;
      return;
  }
}

Budget::Held& Budget::hold(const BucketId& id, const Allowance& allowance, base::Instant now) {
  Held& held = buckets_.try_emplace(key_of(id), Held{Bucket(id.endpoint)}).first->second;
  held.bucket.fit(allowance, emptied_at(id.endpoint), now);
  return held;
}

std::optional<base::Instant> Budget::emptied_at(Endpoint endpoint) const {
  return noted_before_asked(endpoint) ? std::nullopt : emptied_at_;
}

void Budget::change(const BucketId& id, Held& held) {
  if (held.changed) return;
  held.changed = true;
  changed_.push_back(key_of(id));
}

void Budget::drop_idle(base::Instant now) {
  if (buckets_.size() < drop_at_) return;
  std::erase_if(buckets_, [&](const auto& entry) {
    const Held& held = entry.second;
    if (!held.bucket.says_nothing(now)) return false;
    if (held.stored) dropped_.insert(entry.first);
    return true;
  });
  std::erase_if(changed_, [&](Key key) { return !buckets_.contains(key); });
  drop_at_ = std::max(2 * buckets_.size(), kFewBuckets);
}

std::optional<Budget::Wait> Budget::try_spend(const Asker& asker, Endpoint endpoint, Purpose purpose,
                                              base::Instant now) {
  latest_ = std::max(latest_, now);
  drop_idle(now);
  struct Ruling {
    BucketId id;
    Held* held = nullptr;
  };
  std::array<Ruling, 2> ruling{Ruling{token_bucket(asker, endpoint)}, Ruling{account_bucket(asker, endpoint)}};
  Wait wait{ruling[0].id, now};
  const Mode mode = mode_of(asker.token, endpoint);
  const bool by_token = mode == Mode::kToken, both = mode == Mode::kUnknown;
  if (!by_token && !both) {
    const auto quota = buckets_.find(key_of(ruling[0].id));
    if (quota != buckets_.end()) wait.until = std::max(now, quota->second.bucket.parked_until());
  }
  if (by_token || both) ruling[0].held = &hold(ruling[0].id, asker.allowance, now);
  if (!by_token) ruling[1].held = &hold(ruling[1].id, asker.allowance, now);
  for (const Ruling& one : ruling) {
    const base::Instant until = one.held ? one.held->bucket.next_at(purpose, now) : now;
    if (until > wait.until) wait = {one.id, until};
  }
  if (wait.until > now) return wait;
  for (const Ruling& one : ruling) {
    if (!one.held) continue;
    one.held->bucket.take(purpose, now);
    change(one.id, *one.held);
  }
  return std::nullopt;
}

Learned Budget::learn(const Asker& asker, Endpoint endpoint, const xads::RateLimits& limits, base::Duration utc_offset,
                      base::Instant now) {
  latest_ = std::max(latest_, now);
  const xads::RateLimits said = sound(limits, endpoint);
  if (endpoint == Endpoint::kAccess) note_mode(asker.token, said);
  const bool by_token = mode_of(asker.token, endpoint) == Mode::kToken;
  if (said.user && !by_token) learn_used_up(asker, endpoint, *said.user, utc_offset, now);
  if (said.account) {
    return learn_family(account_bucket(asker, endpoint), asker.allowance, *said.account, utc_offset, now);
  }
  const BucketId own = token_bucket(asker, endpoint);
  if (!said.user || !by_token) return {.bucket = own};
  return learn_family(own, asker.allowance, *said.user, utc_offset, now);
}

Learned Budget::learn_family(const BucketId& id, const Allowance& allowance, const xads::RateLimit& family,
                             base::Duration utc_offset, base::Instant now) {
  Held& held = hold(id, allowance, now);
  Learned learned{.bucket = id};
  if (held.bucket.learn_limit(family.limit)) {
    held.bucket.fit(allowance, emptied_at(id.endpoint), now);
    learned.new_limit = family.limit;
  }
  const WindowEnd end = window_end(family.reset, utc_offset, now);
  if (!end.over) {
    learned.yielding_began = held.bucket.learn_remaining(std::min(family.remaining, family.limit), end.at, now);
  }
  change(id, held);
  return learned;
}

void Budget::learn_used_up(const Asker& asker, Endpoint endpoint, const xads::RateLimit& user,
                           base::Duration utc_offset, base::Instant now) {
  const WindowEnd end = window_end(user.reset, utc_offset, now);
  if (user.remaining > 0 || end.over) return;
  const BucketId id = token_bucket(asker, endpoint);
  Held& held = hold(id, asker.allowance, now);
  held.bucket.park(end.at.value_or(now + kWindow));
  change(id, held);
}

BucketId Budget::park(const Asker& asker, Endpoint endpoint, const xads::RateLimits& limits, base::Instant until,
                      base::Instant now) {
  latest_ = std::max(latest_, now);
  const xads::RateLimits said = sound(limits, endpoint);
  const Mode mode = mode_of(asker.token, endpoint);
  const bool quota_used_up = said.user && said.user->remaining == 0 && !(said.account && said.account->remaining == 0);
  const bool counted_by_account = said.account || (mode != Mode::kToken && mode != Mode::kUnknown);
  const BucketId id =
      counted_by_account && !quota_used_up ? account_bucket(asker, endpoint) : token_bucket(asker, endpoint);
  Held& held = hold(id, asker.allowance, now);
  held.bucket.park(until);
  change(id, held);
  return id;
}

void Budget::forget(TokenIndex token) {
  forget(Counting::kToken, static_cast<std::uint32_t>(token));
  if (at(token) < modes_.size()) modes_[at(token)] = Mode::kUnknown;
}

void Budget::forget(AccountIndex account) { forget(Counting::kAccount, static_cast<std::uint32_t>(account)); }

void Budget::forget(Counting by, std::uint32_t owner) {
  for (const Endpoint endpoint : {Endpoint::kAccess, Endpoint::kAccounts, Endpoint::kIdentity}) {
    const Key key = key_of({by, endpoint, owner});
    buckets_.erase(key);
    dropped_.erase(key);
  }
}

std::vector<std::pair<BucketId, BucketState>> Budget::take_changed(base::Duration utc_minus_steady) {
  std::vector<std::pair<BucketId, BucketState>> states;
  const auto nothing = [](const BucketId& id) { return BucketState{.limit = documented_limit(id.endpoint)}; };
  for (const Key key : changed_) {
    const auto found = buckets_.find(key);
    if (found == buckets_.end() || !found->second.changed) continue;
    Held& held = found->second;
    held.changed = false;
    const bool was_stored = held.stored || dropped_.erase(key) > 0;
    held.stored = !held.bucket.says_nothing(latest_);
    if (held.stored) states.emplace_back(id_of(key), held.bucket.state(utc_minus_steady, latest_));
    if (!held.stored && was_stored) states.emplace_back(id_of(key), nothing(id_of(key)));
  }
  for (const Key key : dropped_) states.emplace_back(id_of(key), nothing(id_of(key)));
  changed_.clear();
  dropped_.clear();
  return states;
}

BucketState Budget::note(const BucketId& id, base::Duration utc_minus_steady) {
  const auto found = buckets_.find(key_of(id));
  if (found == buckets_.end()) return {.limit = documented_limit(id.endpoint)};
  found->second.stored = true;
  return found->second.bucket.state(utc_minus_steady, latest_);
}

void Budget::restore(const BucketId& bucket, const BucketState& state, base::Duration utc_minus_steady,
                     base::Instant now) {
  latest_ = std::max(latest_, now);
  Held restored{.bucket = Bucket(bucket.endpoint), .stored = true};
  restored.bucket.restore(state, utc_minus_steady, now);
  if (restored.bucket.says_nothing(now)) {
    dropped_.insert(key_of(bucket));
  } else {
    buckets_.insert_or_assign(key_of(bucket), restored);
  }
}

bool Budget::yields(const BucketId& bucket, base::Instant now) const {
  const auto held = buckets_.find(key_of(bucket));
  return held != buckets_.end() && held->second.bucket.yields(now);
}

std::size_t Budget::yielding(base::Instant now) const {
  return static_cast<std::size_t>(std::count_if(buckets_.begin(), buckets_.end(),
                                                [&](const auto& entry) { return entry.second.bucket.yields(now); }));
}

std::size_t Budget::parked(base::Instant now) const {
  return static_cast<std::size_t>(std::count_if(
      buckets_.begin(), buckets_.end(), [&](const auto& entry) { return entry.second.bucket.parked_until() > now; }));
}

double Budget::least_left(base::Instant now) const {
  double least = 1;
  for (const auto& [key, held] : buckets_) least = std::min(least, held.bucket.left(now));
  return least;
}

bool Budget::counts(TokenIndex token, Counting by) const {
  const Mode mode = mode_of(token, Endpoint::kAccess);
  return mode == Mode::kUnknown || (mode == Mode::kToken) == (by == Counting::kToken);
}

int Budget::limit_of(const BucketId& bucket) const {
  const auto held = buckets_.find(key_of(bucket));
  return held == buckets_.end() ? documented_limit(bucket.endpoint) : held->second.bucket.limit();
}

std::size_t Budget::held() const { return buckets_.size(); }

}  // namespace audit
