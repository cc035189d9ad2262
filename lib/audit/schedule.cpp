#include "audit/schedule.h"

#include <algorithm>
#include <bit>
#include <functional>

#include "base/ensure.h"

namespace audit {
namespace {

// Where a pair is, told by `previous` of its entry. Below kInQueue: in a slot, behind the pair of that index.
constexpr std::uint32_t kAbsent = 0xffff'ffff;
constexpr std::uint32_t kRunning = 0xffff'fffe;
constexpr std::uint32_t kReady = 0xffff'fffd;
constexpr std::uint32_t kFirst = 0xffff'fffc;     ///< in a slot, before all others
constexpr std::uint32_t kQueueEnd = 0xc000'0000;  ///< the first of the queue whose number is in the low bits
constexpr std::uint32_t kInQueue = 0x8000'0000;   ///< in a queue, behind the pair whose index is in the low bits
constexpr std::uint32_t kLowBits = 0x3fff'ffff;

constexpr std::uint32_t kNone = 0xffff'ffff;  ///< of `next`: the last of a slot, or let through by no gate
constexpr std::size_t kMostPairs = 0x3fff'0000;

/// Pairs that next_due() looks at before it settles for a time that may be early.
constexpr int kLooks = 256;

/// A gate in one word, for the entry of the pair that it let through. Gates of token 2^27 and of token 0 look alike,
/// which would only cost somebody a place in the queue.
std::uint32_t mark_of(const Schedule::Gate& gate) {
  return gate.bucket.owner << 5 | static_cast<std::uint32_t>(gate.bucket.by) << 4 |
         static_cast<std::uint32_t>(gate.bucket.endpoint) << 2 | static_cast<std::uint32_t>(gate.purpose);
}

bool parked(std::uint32_t previous) { return previous >= kInQueue && previous < kFirst; }

}  // namespace

Schedule::Schedule(base::Instant start) : start_(start), slots_(kSlots, kNone) {}

std::int64_t Schedule::tick_of(base::Instant due) const {
  const base::Duration since = due - start_;
  return since < base::Duration::zero() ? -1 : since / kSlotWidth;
}

base::Instant Schedule::start_of(std::int64_t tick) const { return start_ + tick * kSlotWidth; }

void Schedule::add(PairIndex pair, base::Instant due) {
  ENSURE(at(pair) < kMostPairs && !contains(pair));
  if (at(pair) >= entries_.size()) entries_.resize(at(pair) + 1, Entry{.previous = kAbsent});
  wait(static_cast<std::uint32_t>(pair), due);
}

void Schedule::remove(PairIndex pair) {
  if (!contains(pair)) return;
  withdraw(static_cast<std::uint32_t>(pair));
  entries_[at(pair)].previous = kAbsent;
}

void Schedule::put_back(PairIndex pair, base::Instant due) {
  if (!contains(pair)) return;
  ENSURE(entries_[at(pair)].previous == kRunning);  // twice waiting would ask twice
  --counts_.running;
  wait(static_cast<std::uint32_t>(pair), due);
}

void Schedule::hasten(PairIndex pair, base::Instant due) {
  if (!contains(pair)) return;
  const Entry& entry = entries_[at(pair)];
  if (entry.previous == kRunning || (!parked(entry.previous) && entry.due <= due)) return;
  withdraw(static_cast<std::uint32_t>(pair));
  wait(static_cast<std::uint32_t>(pair), due);
}

bool Schedule::contains(PairIndex pair) const {
  return at(pair) < entries_.size() && entries_[at(pair)].previous != kAbsent;
}

std::optional<base::Instant> Schedule::due_of(PairIndex pair) const {
  if (!contains(pair) || entries_[at(pair)].previous == kRunning) return std::nullopt;
  return entries_[at(pair)].due;
}

bool Schedule::waits(PairIndex pair) const {
  if (!contains(pair)) return false;
  const std::uint32_t previous = entries_[at(pair)].previous;
  return previous != kRunning && !parked(previous);
}

std::optional<Schedule::Due> Schedule::take_due(base::Instant now) {
  if (auto due = take_parked(now)) return due;
  advance(now);
  if (ready_.empty() || ready_.front().due > now) return std::nullopt;
  const std::uint32_t pair = ready_.front().pair;
  std::pop_heap(ready_.begin(), ready_.end(), std::greater());
  ready_.pop_back();
  --counts_.waiting;
  return run(pair, kNone);
}

Schedule::Due Schedule::run(std::uint32_t pair, std::uint32_t let_through) {
  Entry& entry = entries_[pair];
  entry.next = let_through;
  entry.previous = kRunning;
  ++counts_.running;
  return {static_cast<PairIndex>(pair), entry.due};
}

void Schedule::wait(std::uint32_t pair, base::Instant due) {
  ++counts_.waiting;
  Entry& entry = entries_[pair];
  entry.due = due;
  const std::int64_t tick = tick_of(due);
  if (tick <= tick_) {
    make_ready(pair);
    std::push_heap(ready_.begin(), ready_.end(), std::greater());
    return;
  }
  const auto slot = static_cast<std::uint32_t>(tick % kSlots);
  entry.next = slots_[slot];
  entry.previous = kFirst;
  if (entry.next != kNone) entries_[entry.next].previous = pair;
  slots_[slot] = pair;
  occupied_[slot / 64] |= std::uint64_t{1} << slot % 64;
  any_[slot / 4096] |= std::uint64_t{1} << slot / 64 % 64;
}

void Schedule::withdraw(std::uint32_t pair) {
  const std::uint32_t previous = entries_[pair].previous;
  if (previous == kRunning) {
    --counts_.running;
  } else if (parked(previous)) {
    --counts_.parked;
    leave_queue(pair);
  } else {
    --counts_.waiting;
    if (previous != kReady) leave_slot(pair);
  }
}

void Schedule::leave_slot(std::uint32_t pair) {
  const Entry& entry = entries_[pair];
  if (entry.next != kNone) entries_[entry.next].previous = entry.previous;
  if (entry.previous != kFirst) {
    entries_[entry.previous].next = entry.next;
    return;
  }
  set_slot(static_cast<std::uint32_t>(tick_of(entry.due) % kSlots), entry.next);
}

void Schedule::set_slot(std::uint32_t slot, std::uint32_t first) {
  slots_[slot] = first;
  if (first != kNone) return;
  occupied_[slot / 64] &= ~(std::uint64_t{1} << slot % 64);
  if (occupied_[slot / 64] == 0) any_[slot / 4096] &= ~(std::uint64_t{1} << slot / 64 % 64);
}

void Schedule::make_ready(std::uint32_t pair) {
  entries_[pair].previous = kReady;
  ready_.push_back({entries_[pair].due, pair});
}

bool Schedule::drop_gone() {
  while (!ready_.empty()) {
    const Entry& entry = entries_[ready_.front().pair];
    if (entry.previous == kReady && entry.due == ready_.front().due) return false;
    std::pop_heap(ready_.begin(), ready_.end(), std::greater());
    ready_.pop_back();
  }
  return true;
}

void Schedule::advance(base::Instant now) {
  const std::int64_t last = tick_of(now);
  if (last > tick_ + kSlots) {  // after a suspend: all slots in one pass instead of turn after turn
    for (std::uint32_t slot = 0; slot < kSlots; ++slot) collect(slot, last);
    std::make_heap(ready_.begin(), ready_.end(), std::greater());
    tick_ = last;
  }
  while (drop_gone() && tick_ < last) {
    const auto next = next_occupied(tick_);
    tick_ = std::min(next.value_or(last), last);
    if (next != tick_) continue;
    collect(static_cast<std::uint32_t>(tick_ % kSlots), tick_);
    std::make_heap(ready_.begin(), ready_.end(), std::greater());
  }
}

/// Moves the pairs of a slot that are due by `last` to the end of ready_, which is no heap afterwards; who has to wait
/// for another turn of the wheel stays.
void Schedule::collect(std::uint32_t slot, std::int64_t last) {
  std::uint32_t staying = kNone;
  for (std::uint32_t pair = slots_[slot]; pair != kNone;) {
    Entry& entry = entries_[pair];
    const std::uint32_t next = entry.next;
    if (tick_of(entry.due) <= last) {
      make_ready(pair);
    } else {
      entry.next = staying;
      entry.previous = kFirst;
      if (staying != kNone) entries_[staying].previous = pair;
      staying = pair;
    }
    pair = next;
  }
  set_slot(slot, staying);
}

/// The first word of occupied_ that is not zero, from `from` on and round the wheel.
std::optional<std::uint32_t> Schedule::next_word(std::uint32_t from) const {
  std::uint64_t bits = any_[from / 64] >> from % 64 << from % 64;
  for (std::uint32_t step = 0; step <= any_.size(); ++step) {
    const std::uint32_t place = (from / 64 + step) % static_cast<std::uint32_t>(any_.size());
    if (step > 0) bits = any_[place];
    if (bits != 0) return place * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
  }
  return std::nullopt;
}

std::optional<std::int64_t> Schedule::next_occupied(std::int64_t after) const {
  const auto first = static_cast<std::uint32_t>((after + 1) % kSlots);
  std::uint32_t place = first / 64;
  std::uint64_t word = occupied_[place] >> first % 64 << first % 64;
  if (word == 0) {
    // Its own word comes last again, for the slots before `first`.
    const auto next = next_word((place + 1) % kWords);
    if (!next) return std::nullopt;
    place = *next;
    word = occupied_[place];
  }
  const auto slot = place * 64 + static_cast<std::uint32_t>(std::countr_zero(word));
  return after + 1 + (slot + kSlots - first) % kSlots;
}

std::optional<base::Instant> Schedule::next_in_wheel() const {
  int looks = 0;
  for (auto tick = next_occupied(tick_); tick; tick = next_occupied(*tick)) {
    if (*tick > tick_ + kSlots) return start_of(*tick);
    std::optional<base::Instant> earliest;
    for (std::uint32_t pair = slots_[static_cast<std::size_t>(*tick % kSlots)]; pair != kNone; ++looks) {
      if (looks == kLooks) return start_of(*tick);
      const Entry& entry = entries_[pair];
      if (tick_of(entry.due) == *tick && (!earliest || entry.due < *earliest)) earliest = entry.due;
      pair = entry.next;
    }
    if (earliest) return earliest;
  }
  return std::nullopt;
}

std::optional<base::Instant> Schedule::next_due() const {
  std::optional<base::Instant> next = ready_.empty() ? next_in_wheel() : std::optional(ready_.front().due);
  if (!opening_.empty() && (!next || opening_.begin()->first < *next)) next = opening_.begin()->first;
  return next;
}

void Schedule::park(PairIndex pair, const Gate& gate, base::Instant opens_at) {
  if (!contains(pair)) return;
  const auto index = static_cast<std::uint32_t>(pair);
  Entry& entry = entries_[index];
  ENSURE(entry.previous == kRunning);
  --counts_.running;
  ++counts_.parked;
  const std::uint32_t number = queue_of(gate);
  Queue& queue = queues_[number];
  opening_.erase({queue.opens_at, number});
  opening_.emplace(opens_at, number);
  queue.opens_at = opens_at;
  const bool to_head = entry.next == mark_of(gate);
  entry.previous = entry.next = kQueueEnd | number;
  if (queue.first == kNone) {
    queue.first = queue.last = index;
  } else if (to_head) {
    entry.next = queue.first;
    entries_[queue.first].previous = kInQueue | index;
    queue.first = index;
  } else {
    entry.previous = kInQueue | queue.last;
    entries_[queue.last].next = index;
    queue.last = index;
  }
}

std::uint32_t Schedule::queue_of(const Gate& gate) {
  const auto known = gates_.find(gate);
  if (known != gates_.end()) return known->second;
  if (free_queues_.empty()) {
    free_queues_.push_back(static_cast<std::uint32_t>(queues_.size()));
    queues_.emplace_back();
  }
  const std::uint32_t number = free_queues_.back();
  free_queues_.pop_back();
  queues_[number] = {.gate = gate, .first = kNone, .last = kNone};
  gates_.emplace(gate, number);
  return number;
}

void Schedule::leave_queue(std::uint32_t pair) {
  const Entry& entry = entries_[pair];
  const bool first = entry.previous >= kQueueEnd, last = entry.next >= kQueueEnd;
  const std::uint32_t before = entry.previous & kLowBits, behind = entry.next & kLowBits;
  if (first && last) {
    const std::uint32_t number = before;
    opening_.erase({queues_[number].opens_at, number});
    gates_.erase(queues_[number].gate);
    free_queues_.push_back(number);
    return;
  }
  if (first) {
    queues_[before].first = behind;
  } else {
    entries_[before].next = entry.next;
  }
  if (last) {
    queues_[behind].last = before;
  } else {
    entries_[behind].previous = entry.previous;
  }
}

std::optional<Schedule::Due> Schedule::take_parked(base::Instant now) {
  if (opening_.empty() || opening_.begin()->first > now) return std::nullopt;
  const std::uint32_t number = opening_.begin()->second;
  const std::uint32_t pair = queues_[number].first;
  const std::uint32_t mark = mark_of(queues_[number].gate);
  leave_queue(pair);
  --counts_.parked;
  return run(pair, mark);
}

}  // namespace audit
