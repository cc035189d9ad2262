#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <vector>

#include "audit/schedule.h"

using namespace audit;
using namespace std::chrono_literals;
using Counts = Schedule::Counts;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);

/// The same schedule, as simple as can be.
struct Model {
  enum class Place { kWaiting, kRunning, kParked };
  struct Pair {
    Place place;
    base::Instant due;
    Schedule::Gate gate;  ///< of a parked pair; of a running one, the gate that let it through
    bool let_through = false;
  };
  struct Queue {
    std::deque<PairIndex> pairs;
    base::Instant opens_at;
  };
  std::map<PairIndex, Pair> pairs;
  std::map<Schedule::Gate, Queue> gates;

  void leave(PairIndex pair) {
    const auto gate = gates.find(pairs.at(pair).gate);
    std::erase(gate->second.pairs, pair);
    if (gate->second.pairs.empty()) gates.erase(gate);
  }
  /// Pairs that may come next.
  std::vector<PairIndex> candidates(base::Instant now) const {
    std::vector<PairIndex> next;
    base::Instant best = base::Instant::max();
    for (const auto& [gate, queue] : gates) {
      if (queue.opens_at > now || queue.opens_at > best) continue;
      if (queue.opens_at < best) next.clear();
      best = queue.opens_at;
      next.push_back(queue.pairs.front());
    }
    if (!next.empty()) return next;
    for (const auto& [index, pair] : pairs) {
      if (pair.place != Place::kWaiting || pair.due > now || pair.due > best) continue;
      if (pair.due < best) next.clear();
      best = pair.due;
      next.push_back(index);
    }
    return next;
  }
  Counts counts() const {
    Counts counts;
    for (const auto& [index, pair] : pairs) {
      counts.waiting += pair.place == Place::kWaiting;
      counts.running += pair.place == Place::kRunning;
      counts.parked += pair.place == Place::kParked;
    }
    return counts;
  }
};

}  // namespace

TEST_CASE(
    "schedule: through a hundred thousand random events each pair is in exactly one place, the one it should be") {
  constexpr std::uint32_t kPairs = 60;
  Schedule schedule(kNoon);
  Model model;
  std::mt19937 random(11);
  base::Instant now = kNoon;
  const auto some_time = [&] {
    const base::Duration spans[] = {0ms, 3ms, 100ms, 5s, 10min, 40min};
    return now - 50ms + base::Duration(random() % 200) + spans[random() % 6];
  };
  for (int event = 0; event < 100'000; ++event) {
    const PairIndex pair{static_cast<std::uint32_t>(random() % kPairs)};
    const auto known = model.pairs.find(pair);
    switch (random() % 8) {
      case 0:
        if (known != model.pairs.end()) break;
        model.pairs[pair] = {Model::Place::kWaiting, some_time(), {}};
        schedule.add(pair, model.pairs[pair].due);
        break;
      case 1:
        if (random() % 8 != 0) break;
        if (known != model.pairs.end() && known->second.place == Model::Place::kParked) model.leave(pair);
        model.pairs.erase(pair);
        schedule.remove(pair);
        break;
      case 2:
      case 3: {
        const auto candidates = model.candidates(now);
        const auto due = schedule.take_due(now);
        REQUIRE(due.has_value() == !candidates.empty());
        if (!due) break;
        REQUIRE(std::count(candidates.begin(), candidates.end(), due->pair) == 1);
        Model::Pair& taken = model.pairs.at(due->pair);
        REQUIRE(due->due == taken.due);
        taken.let_through = taken.place == Model::Place::kParked;
        if (taken.let_through) model.leave(due->pair);
        taken.place = Model::Place::kRunning;
        break;
      }
      case 4:
        if (known == model.pairs.end() || known->second.place != Model::Place::kRunning) break;
        known->second = {Model::Place::kWaiting, some_time(), {}};
        schedule.put_back(pair, known->second.due);
        break;
      case 5: {
        if (known == model.pairs.end() || known->second.place != Model::Place::kRunning) break;
        const Schedule::Gate gate{{Counting::kToken, Endpoint::kAccess, static_cast<std::uint32_t>(random() % 3)},
                                  Purpose::kRoutine};
        Model::Queue& queue = model.gates[gate];
        queue.opens_at = some_time();
        // Whoever was let through while the queue emptied finds nobody to go before.
        if (known->second.let_through && known->second.gate == gate) {
          queue.pairs.push_front(pair);
        } else {
          queue.pairs.push_back(pair);
        }
        known->second.place = Model::Place::kParked;
        known->second.gate = gate;
        schedule.park(pair, gate, queue.opens_at);
        break;
      }
      case 6: {
        const base::Instant due = some_time();
        schedule.hasten(pair, due);
        if (known == model.pairs.end() || known->second.place == Model::Place::kRunning) break;
        const bool parked = known->second.place == Model::Place::kParked;
        if (parked) model.leave(pair);
        if (parked || due < known->second.due) known->second.due = due;
        known->second.place = Model::Place::kWaiting;
        break;
      }
      default:
        now += base::Duration(random() % 4000);
        if (random() % 1000 == 0) now += 8h;
    }
    REQUIRE(schedule.counts() == model.counts());
    REQUIRE(schedule.contains(pair) == model.pairs.contains(pair));
    const auto next = schedule.next_due();
    for (const auto& [index, one] : model.pairs) {
      if (one.place == Model::Place::kWaiting) REQUIRE(next <= std::optional(one.due));
    }
    for (const auto& [gate, queue] : model.gates) REQUIRE(next <= std::optional(queue.opens_at));
  }
}
