#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "audit/allowance.h"
#include "audit/bucket.h"
#include "audit/index.h"
#include "base/time.h"
#include "xads/observation.h"

namespace audit {

/// What an answer's headers taught, for those who tell people.
struct Learned {
  std::optional<int> new_limit;  ///< another one than before
  bool yielding_began = false;   ///< others use this window: we leave it to them (told once a window)
  BucketId bucket;               ///< that all this is about
};

/// Spends a stated share of each rate limit and not a call more: in no span of 15 minutes do routine calls exceed the
/// share, nor all calls share and reserve together. Buckets exist per (token, endpoint) and per (ad account,
/// endpoint). Which of them rule is told by the headers of each token's answers: those of its accounts when the
/// account family is present (the user family is then a large quota of the whole app, obeyed only when it is used up),
/// its own when only the user family is, both at the documented limits before any header came. A token that was counted
/// by account stays so until several answers in a row lack the account family: a refusal may come without it.
/// A bucket that is full and has nothing learned is not held in memory. All times are steady. Loop thread only.
class Budget {
 public:
  /// Who asks, and for which of its accounts; `account` is not looked at for endpoints without one.
  struct Asker {
    TokenIndex token;
    AccountIndex account{};
    Allowance allowance;
  };
  struct Wait {
    BucketId bucket;      ///< the one that has no call
    base::Instant until;  ///< when it will have one, if nobody takes it before
  };

  /// `emptied`: the last process did not end in order, so nobody knows what it spent since it last wrote; buckets
  /// start without a call and fill at their usual pace, and a loop of crashes burns nothing. Those of which each call
  /// was written down before it was asked start as restore() says.
  Budget(base::Instant now, bool emptied);

  /// Spends one call from each bucket that rules and returns nothing, or spends nothing and says what to wait for.
  std::optional<Wait> try_spend(const Asker& asker, Endpoint endpoint, Purpose purpose, base::Instant now);

  /// Learns limits, and what is left, from the headers of an answer. `utc_offset` = X's clock minus the steady one:
  /// resets are on X's clock. A reset in the past or more than a window ahead counts as no statement about time.
  Learned learn(const Asker& asker, Endpoint endpoint, const xads::RateLimits& limits, base::Duration utc_offset,
                base::Instant now);
  /// X answered 429: nothing more before `until` from the bucket that rules. Returns that bucket.
  BucketId park(const Asker& asker, Endpoint endpoint, const xads::RateLimits& limits, base::Instant until,
                base::Instant now);

  /// The token or account is gone; its index may come again. Its buckets are not reported by take_changed().
  void forget(TokenIndex token);
  void forget(AccountIndex account);

  /// Buckets that changed since the last call, as they are at the latest time that any call named. Those that say
  /// nothing appear only when they have said something before. `utc_minus_steady` turns steady times into UTC.
  std::vector<std::pair<BucketId, BucketState>> take_changed(base::Duration utc_minus_steady);
  /// The bucket as it is now, to be written down at once.
  BucketState note(const BucketId& bucket, base::Duration utc_minus_steady);
  /// Limits, parking, yielding and levels of the last process (levels only when it ended in order).
  void restore(const BucketId& bucket, const BucketState& state, base::Duration utc_minus_steady, base::Instant now);

  /// Whether this bucket leaves its window to others.
  bool yields(const BucketId& bucket, base::Instant now) const;
  std::size_t yielding(base::Instant now) const;  ///< buckets that leave their window to others
  std::size_t parked(base::Instant now) const;    ///< buckets after a 429
  std::size_t held() const;                       ///< buckets in memory
  /// Of the bucket of which the least is left, see Bucket::left().
  double least_left(base::Instant now) const;

  /// Whether the audits of this token are counted in this way, for all that is known: in both as long as nothing is.
  bool counts(TokenIndex token, Counting by) const;
  /// Calls per window that X allows, documented or learned.
  int limit_of(const BucketId& bucket) const;

 private:
  using Key = std::uint64_t;  ///< a BucketId in one word
  struct Held {
    Bucket bucket;
    bool changed = false;  ///< listed in changed_
    bool stored = false;   ///< take_changed() or restore() showed a state that says something
  };
  /// How X counts a token's calls, a byte a token. Of an account's, so many answers in a row lacked the account family.
  enum class Mode : std::uint8_t { kUnknown, kToken, kAccount, kAccountMissedOnce, kAccountMissedTwice };

  static Key key_of(const BucketId& id);
  static BucketId id_of(Key key);
  Mode mode_of(TokenIndex token, Endpoint endpoint) const;
  void note_mode(TokenIndex token, const xads::RateLimits& limits);
  Held& hold(const BucketId& id, const Allowance& allowance, base::Instant now);
  std::optional<base::Instant> emptied_at(Endpoint endpoint) const;
  void change(const BucketId& id, Held& held);
  void drop_idle(base::Instant now);
  void forget(Counting by, std::uint32_t owner);
  Learned learn_family(const BucketId& id, const Allowance& allowance, const xads::RateLimit& family,
                       base::Duration utc_offset, base::Instant now);
  void learn_used_up(const Asker& asker, Endpoint endpoint, const xads::RateLimit& user, base::Duration utc_offset,
                     base::Instant now);

  std::optional<base::Instant> emptied_at_;
  std::unordered_map<Key, Held> buckets_;
  std::vector<Mode> modes_;  ///< by TokenIndex
  std::vector<Key> changed_;
  std::unordered_set<Key> dropped_;  ///< the database still holds something about them
  std::size_t drop_at_;              ///< size of buckets_ at which idle ones are dropped
  base::Instant latest_{};           ///< the latest time that any call named
};

}  // namespace audit
