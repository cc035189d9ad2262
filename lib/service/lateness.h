#pragma once

#include <array>
#include <cstdint>

#include "base/time.h"

namespace service {

/// How late questions were asked since the last look, to an eighth of the figure. Loop thread only.
class Lateness {
 public:
  void add(base::Duration late);
  /// No more than `share` of the questions were later than this; zero when there were none.
  base::Duration quantile(double share) const;
  void clear() { *this = {}; }

 private:
  static constexpr std::size_t kSteps = 8;  ///< for each doubling
  std::array<std::uint32_t, 40 * kSteps> counts_{};
  std::uint64_t total_ = 0;
};

}  // namespace service
