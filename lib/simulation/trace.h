#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/time.h"
#include "simulation/truth.h"

namespace simulation {

/// Everything that was asked, said and told in a run, as a hash, and the latest of it of each pair in words.
class Trace {
 public:
  enum class Kind : std::uint8_t { kAsked, kAskedIdentity, kAnswer, kIdentity, kTruth, kIncident, kWeather };
  /// Of kAnswer: `a` 0 granted with mask `b`, 1 denied with denial `b`, 2 throttled, 3 unavailable with trouble `b`;
  /// of kIdentity: the answer; of kTruth: standing and role; of kIncident: cause and step; `fault`: that was told.
  struct Line {
    std::int64_t at_ms = 0;
    std::uint32_t pair = 0;
    Kind kind = Kind::kAsked;
    std::uint8_t a = 0, b = 0, fault = 0;
  };
  static_assert(sizeof(Line) == 16);

  Trace(std::size_t pairs, base::Instant start);

  /// `pair` kNone: of nobody in particular.
  void note(base::Instant now, PairNumber pair, Kind kind, std::uint8_t a = 0, std::uint8_t b = 0,
            std::uint8_t fault = 0);
  /// SHA-256 over all lines so far, hexadecimal.
  std::string hash() const;
  /// The latest kLast lines of a pair, and of those about nobody in particular, oldest first.
  std::vector<std::string> lines(PairNumber pair) const;

  static constexpr std::size_t kLast = 30;

 private:
  struct Ring {
    std::array<Line, kLast> lines;
    std::size_t next = 0;
  };
  static constexpr std::size_t kBlock = 512;  ///< lines that are hashed at a time

  base::Instant start_;
  std::vector<Ring> rings_;  ///< by pair; the last one is of nobody
  std::vector<Line> block_;
  base::Sha256 chain_{};
};

}  // namespace simulation
