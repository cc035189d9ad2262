#pragma once

#include <array>
#include <string>
#include <vector>

#include "alert/alert.h"
#include "simulation/oracle.h"
#include "simulation/scenario.h"

namespace simulation {

struct PlayOptions {
  std::uint64_t seed = 1;
  bool keep_story = false;               ///< every alert, as people would read it
  base::Duration tick_every{10'000};     ///< of the engine
  base::Duration flush_every{3600'000};  ///< of open runs into the database
};

/// An alert, when it was told.
struct Told {
  base::Duration at{0};  ///< since the start
  alert::Alert alert;
};

/// What became of a run.
struct Outcome {
  std::uint64_t seed = 0;
  std::string hash;  ///< of the trace: the same seed gives the same one
  std::uint64_t audits = 0, identity_questions = 0;
  std::uint64_t alerts = 0, changes = 0;
  base::Duration bound{0};  ///< the engine's detection bound
  std::array<std::uint64_t, kFaults> faults{};
  std::array<std::uint64_t, kRules> broken{};
  std::vector<Violation> violations;  ///< the first of them
  std::vector<Oracle::Detection> detections;
  std::vector<Told> story;

  bool fine() const;
};

/// Plays a scenario from beginning to end: the real engine and the real store, in memory, with virtual time, between a
/// world that knows the truth and an oracle that checks what is said of it. The same scenario and seed give the same
/// run. Throws what the store throws.
Outcome play(const Scenario& scenario, const PlayOptions& options);

}  // namespace simulation
