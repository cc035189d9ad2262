// What the three listeners of the fake share.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "ads_api.h"
#include "misbehaviour.h"
#include "sink.h"
#include "tally.h"

namespace fakes {

/// Milliseconds since the epoch by this machine's clock.
inline std::int64_t machine_time_ms() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

struct Stage {
  explicit Stage(std::uint32_t seed) : misbehaviours(seed) {}

  std::mutex lock;  ///< guards the four below; never held while a byte is sent or waited for
  AdsApi api;
  Misbehaviours misbehaviours;
  Tally tally;
  Sinks sinks;

  std::atomic<bool> wrong_certificate = false;  ///< for connections made from now on
};

}  // namespace fakes
