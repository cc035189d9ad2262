#include "audit/bucket.h"

#include <algorithm>

#include "base/ensure.h"

namespace audit {
namespace {

using namespace std::chrono_literals;

/// Resets of one window differ by this much at most: they are whole seconds on a clock that we only estimate.
constexpr base::Duration kSameWindow = 30s;
/// A window that is over is remembered for as long, so that its late answers are known for what they are.
constexpr base::Duration kLateAnswers = 1min;

base::Instant if_ahead(base::Instant time, base::Duration utc_minus_steady, base::Instant now) {
  return time > now ? time + utc_minus_steady : base::Instant{};
}

}  // namespace

Bucket::Bucket(Endpoint endpoint)
    : endpoint_(endpoint), limit_(documented_limit(endpoint)), share_(1, kWindow), reserve_(1, kWindow) {}

void Bucket::fit(const Allowance& allowance, std::optional<base::Instant> emptied_at, base::Instant now) {
  const int share = share_of(endpoint_, limit_, allowance.share);
  const int reserve = reserve_of(endpoint_, limit_, allowance);
  if (sized_ && share == share_.capacity() && reserve == reserve_size_) return;
  const auto size = [&](TokenBucket& bucket, int capacity) {
    const base::Instant full_at = bucket.full_at();
    if (sized_) {
      bucket.resize(capacity, now);
    } else {
      bucket = TokenBucket(capacity, kWindow);
      bucket.restore(full_at, now);
    }
    if (emptied_at) bucket.empty(*emptied_at);
  };
  size(share_, share);
  size(reserve_, std::max(reserve, 1));
  reserve_size_ = reserve;
  sized_ = true;
  if (left_ < 0 && remaining_ >= 0) left_ = ours_of(remaining_);
}

base::Instant Bucket::next_at(Purpose purpose, base::Instant now) const {
  const bool spare = purpose == Purpose::kSpare;
  base::Instant at = spare ? share_.next_spare_at(now) : share_.next_at(now);
  if (purpose == Purpose::kConfirmation && reserve_size_ > 0) at = std::min(at, reserve_.next_at(now));
  if (reset_ > now && (left_ == 0 || (spare && yielding_))) at = std::max(at, reset_);
  return std::max(at, parked_until_);
}

void Bucket::take(Purpose purpose, base::Instant now) {
  ENSURE(next_at(purpose, now) <= now);
  if (!share_.try_take(now)) ENSURE(reserve_.try_take(now));
  if (reset_ <= now) return;
  --left_;
  remaining_ = std::max(remaining_ - 1, 0);
}

bool Bucket::learn_limit(int limit) {
  if (limit == limit_) return false;
  limit_ = limit;
  return true;
}

int Bucket::ours_of(int remaining) const {
  if (!yielding_) return remaining;
  return static_cast<int>(std::int64_t{remaining} * share_.capacity() / limit_);
}

bool Bucket::late(base::Instant stated_reset, base::Instant now) const {
  if (reset_ <= now) return stated_reset <= reset_ + kSameWindow;
  return !assumed_ && stated_reset < reset_ - kSameWindow;
}

bool Bucket::learn_remaining(int remaining, std::optional<base::Instant> reset, base::Instant now) {
  if (reset && late(*reset, now)) return false;
  const bool same = reset_ > now && (!reset || (!assumed_ && *reset <= reset_ + kSameWindow));
  const int most_of_ours = share_.capacity() + reserve_size_;
  const bool crowded = remaining < limit_ - most_of_ours;
  if (!same) {
    if (!reset && !crowded && remaining >= most_of_ours) return false;  // plenty: no need to guess when the window ends
    reset_ = reset.value_or(now + kWindow);
    assumed_ = !reset;
    yielding_ = false;
    remaining_ = left_ = remaining;
  }
  remaining_ = std::min(remaining_, remaining);
  yielding_ = yielding_ || crowded;
  left_ = std::min(left_, ours_of(remaining_));
  if (!yielding_ || now < told_until_) return false;
  told_until_ = reset_;
  return true;
}

void Bucket::park(base::Instant until) { parked_until_ = std::max(parked_until_, until); }

bool Bucket::says_nothing(base::Instant now) const {
  const bool scarce = yielding_ || (left_ >= 0 && left_ < share_.capacity() + reserve_size_);
  return limit_ == documented_limit(endpoint_) && parked_until_ <= now && share_.full_at() <= now &&
         (!sized_ || share_.next_spare_at(now) <= now) && reserve_.full_at() <= now &&
         (!scarce || reset_ + kLateAnswers <= now);
}

BucketState Bucket::state(base::Duration utc_minus_steady, base::Instant now) const {
  BucketState state{.limit = limit_,
                    .full_at = if_ahead(share_.full_at(), utc_minus_steady, now),
                    .reserve_full_at = if_ahead(reserve_.full_at(), utc_minus_steady, now),
                    .parked_until = if_ahead(parked_until_, utc_minus_steady, now)};
  if (reset_ > now) {
    state.remaining = remaining_;
    state.reset = reset_ + utc_minus_steady;
    if (yielding_) state.yielding_until = state.reset;
  }
  return state;
}

void Bucket::restore(const BucketState& state, base::Duration utc_minus_steady, base::Instant now) {
  // A wall clock that was set back since would otherwise leave it empty or parked for as long.
  const auto within_window = [&](base::Instant utc) { return std::min(utc - utc_minus_steady, now + kWindow); };
  if (state.limit > 0) limit_ = state.limit;
  share_.restore(within_window(state.full_at), now);
  reserve_.restore(within_window(state.reserve_full_at), now);
  parked_until_ = within_window(state.parked_until);
  if (state.remaining < 0 || within_window(state.reset) <= now) return;
  remaining_ = state.remaining;
  reset_ = within_window(state.reset);
  yielding_ = within_window(state.yielding_until) > now;
  if (yielding_) told_until_ = reset_;
}

}  // namespace audit
