#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/random.h"
#include "service/engine.h"
#include "simulation/faults.h"
#include "simulation/scenario.h"

namespace simulation {

/// An answer on its way to us.
struct Sent {
  service::Work work;
  TokenNumber token = kNone;
  PairNumber pair = kNone;  ///< kNone: of the identity host
  base::Instant asked;      ///< steady, when X decided what to say
  Fault fault = Fault::kNoFault;
  xads::Observation observation;
  xads::IdentityAnswer identity = xads::IdentityAnswer::kNoStatement;
};

/// Answers under way. Each takes a time of its own, so that they overtake each other. Steady time.
class Network {
 public:
  Network(const Lines& lines, std::uint64_t seed) : lines_(lines), random_(seed) {}

  /// How long the next answer takes.
  base::Duration delay();
  void send(Sent sent, base::Instant due);
  std::optional<base::Instant> next_due() const;
  /// The one that is due first, of equals the one that was sent first.
  std::optional<Sent> take_due(base::Instant now);
  std::size_t size() const { return queue_.size(); }

 private:
  struct Due {
    base::Instant at;
    std::uint64_t number;
    std::size_t place;
    bool operator>(const Due& other) const { return std::pair(at, number) > std::pair(other.at, other.number); }
  };

  Lines lines_;
  base::SeededRandom random_;
  std::vector<Due> queue_;  ///< a heap, earliest first
  std::vector<Sent> sent_;
  std::vector<std::size_t> free_;
  std::uint64_t numbers_ = 0;
};

}  // namespace simulation
