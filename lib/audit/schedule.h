#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "audit/allowance.h"
#include "audit/index.h"
#include "base/time.h"

namespace audit {

/// Which pair is next. Each pair that was added is in exactly one place: waiting for its time, running (its question is
/// on its way), or parked behind a gate (its budget has no call). One wheel of slots holds all who wait, so that the
/// whole schedule needs one timer and 16 bytes a pair. The wheel turns in about 17 minutes; who waits for longer stays
/// in its slot for another turn. All times are steady. Loop thread only.
///
///   add -> waiting -take_due-> running -put_back-> waiting
///                                 \-----park-----> parked -take_due, when its gate is open-> running
///   waiting, parked -hasten-> waiting
class Schedule {
 public:
  /// Whose call a parked pair waits for. Confirmations may use the reserve, so they queue apart from the routine.
  struct Gate {
    BucketId bucket;
    Purpose purpose = Purpose::kRoutine;
    auto operator<=>(const Gate&) const = default;
  };
  struct Due {
    PairIndex pair;
    base::Instant due;  ///< when its turn came: the difference to now is its lateness
  };
  struct Counts {
    std::size_t waiting = 0, running = 0, parked = 0;
    bool operator==(const Counts&) const = default;
  };

  explicit Schedule(base::Instant start);

  /// Requires a pair that is not in the schedule.
  void add(PairIndex pair, base::Instant due);
  /// From wherever it is; a running pair that was removed is not put back. Unknown pairs are no error.
  void remove(PairIndex pair);

  /// A pair whose time has come, the longest overdue first, those behind open gates before all others. It is running
  /// from then on.
  std::optional<Due> take_due(base::Instant now);
  /// A running pair waits again until `due`. Does nothing for a pair that was removed meanwhile; whoever gives its
  /// index to another pair must drop the answers of the first, because a pair that is not running cannot be put back.
  void put_back(PairIndex pair, base::Instant due);
  /// A running pair could not be asked: it queues behind `gate`, which lets one through at `opens_at` and from then on
  /// one after another until it is closed by the next park(). A pair that this gate had let through goes to its head.
  void park(PairIndex pair, const Gate& gate, base::Instant opens_at);
  /// A waiting pair is due at `due` if that is earlier; a parked one leaves its gate and waits until `due`; a running
  /// one is not touched.
  void hasten(PairIndex pair, base::Instant due);

  /// Calls `look(pair)` for at most `most` pairs that will probably be taken next, the next one first: whoever knows
  /// them can have their memory fetched meanwhile.
  template <class Look>
  void look_ahead(std::size_t most, Look look) const {
    for (std::size_t place = 0; place < std::min(most, ready_.size()); ++place)
      look(static_cast<PairIndex>(ready_[place].pair), place);
  }

  /// When take_due() may have something; a little early at times, never late.
  std::optional<base::Instant> next_due() const;
  bool contains(PairIndex pair) const;
  /// When its turn comes, or came; nothing for a pair that is running or not there.
  std::optional<base::Instant> due_of(PairIndex pair) const;
  bool waits(PairIndex pair) const;
  Counts counts() const { return counts_; }

 private:
  // An entry is linked into a slot of the wheel or into a gate; `previous` also says in which place a pair is.
  struct Entry {
    base::Instant due{};
    std::uint32_t next = 0;  ///< of a running pair: which gate let it through
    std::uint32_t previous = 0;
  };
  static_assert(sizeof(Entry) == 16);
  struct Ready {
    base::Instant due;
    std::uint32_t pair;
    bool operator>(const Ready& other) const { return due > other.due; }
  };
  struct Queue {
    Gate gate;
    base::Instant opens_at{};
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };
  static constexpr std::uint32_t kSlots = 65'536;
  static constexpr base::Duration kSlotWidth{16};

  std::int64_t tick_of(base::Instant due) const;
  base::Instant start_of(std::int64_t tick) const;
  void wait(std::uint32_t pair, base::Instant due);
  void withdraw(std::uint32_t pair);
  Due run(std::uint32_t pair, std::uint32_t let_through);

  void leave_slot(std::uint32_t pair);
  void set_slot(std::uint32_t slot, std::uint32_t first);
  void make_ready(std::uint32_t pair);
  bool drop_gone();  ///< from the top of ready_; true when nobody is left
  void advance(base::Instant now);
  void collect(std::uint32_t slot, std::int64_t last);
  std::optional<std::int64_t> next_occupied(std::int64_t after) const;
  std::optional<std::uint32_t> next_word(std::uint32_t from) const;
  std::optional<base::Instant> next_in_wheel() const;

  std::uint32_t queue_of(const Gate& gate);
  void leave_queue(std::uint32_t pair);
  std::optional<Due> take_parked(base::Instant now);

  base::Instant start_;
  std::int64_t tick_ = -1;  ///< slots up to this one have been emptied into ready_
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  ///< the first pair of each slot
  static constexpr std::uint32_t kWords = kSlots / 64;
  std::array<std::uint64_t, kWords> occupied_{};  ///< a bit for each slot that has pairs
  std::array<std::uint64_t, kWords / 64> any_{};  ///< a bit for each word of occupied_ that is not zero
  std::vector<Ready> ready_;  ///< a heap, earliest first; some have left meanwhile, their entries tell
  std::map<Gate, std::uint32_t> gates_;
  std::vector<Queue> queues_;
  std::vector<std::uint32_t> free_queues_;
  std::set<std::pair<base::Instant, std::uint32_t>> opening_;  ///< when each queue opens, and its number
  Counts counts_;
};

}  // namespace audit
