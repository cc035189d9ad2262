#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace app {

/// Holds log lines back that say what the line before said, and counts them. spdlog's dup_filter_sink is not used: it
/// takes no notice of the level, so that an error can vanish behind a warning, and loses what it has counted when the
/// process ends. One thread at a time.
class RepeatFilter {
 public:
  /// The same line is let through again after this time, whatever came in between.
  static constexpr base::Duration kPatience{10'000};

  struct Verdict {
    bool passes = true;
    /// How often the line that is over now was held back: to be said before this one, at `level`.
    std::size_t held_back = 0;
    int level = 0;
    bool operator==(const Verdict&) const = default;
  };
  /// `at`: UTC or steady, never mixed.
  Verdict take(int level, std::string_view text, base::Instant at);
  /// What has waited for long enough to be told although no other line has come: `passes` is false.
  Verdict look(base::Instant at);
  /// What would be lost at the end: `passes` is false.
  Verdict end();

 private:
  struct Last {
    int level = 0;
    std::string text;
    base::Instant at;  ///< when it passed
    std::size_t held_back = 0;
  };
  std::optional<Last> last_;
};

/// "the line before came 3 more times"
std::string repeat_text(std::size_t held_back);

}  // namespace app
