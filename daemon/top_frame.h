#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "view/overview.h"

namespace app {

/// What `top` shows: values only.
struct TopView {
  view::Overview overview;
  std::vector<store::HistoryRow> changes;  ///< the latest first
};

/// How a line wants to be seen. It says the same without.
enum class Tone { kPlain, kQuiet, kHeading, kWell, kWarning, kAlarm, kBlind };

struct Line {
  std::string text;  ///< UTF-8 without control characters
  Tone tone = Tone::kPlain;
  bool operator==(const Line&) const = default;
};

/// One frame: never more than `height` lines, none wider than `width` columns. What matters most stands first, so that
/// a small terminal loses the rest.
std::vector<Line> frame_of(const TopView& view, std::size_t width, std::size_t height);

/// As much of the text as fits into so many columns, with "…" where something is left out. Wide letters count two.
std::string fitted(std::string_view text, std::size_t columns);

}  // namespace app
