#pragma once

#include <optional>
#include <string>

#include "alert/destination.h"
#include "base/id.h"
#include "base/time.h"

namespace alert {

struct MuteTag {
  static constexpr const char* kPrefix = "mut_";
};
using MuteId = base::Id<MuteTag>;

/// The operator wants not to be told of some incidents for a while. It holds back messages of what opens and changes
/// meanwhile, never the detection, and never the end of what was told before.
struct Mute {
  MuteId id;
  Match match;
  std::string reason;      ///< never empty
  std::string by;          ///< who asked for it
  base::Instant at;        ///< UTC
  base::Instant until;     ///< UTC, at most kLongestMute after `at`
  bool withdrawn = false;  ///< ended before its time
  bool operator==(const Mute&) const = default;
};
constexpr base::Duration kLongestMute = std::chrono::hours(30 * 24);

}  // namespace alert
