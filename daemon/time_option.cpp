#include "time_option.h"

#include <fmt/format.h>

#include "base/text.h"
#include "command_line.h"

namespace app {
namespace {

/// What follows the seconds: "Z", or how far a clock is ahead of UTC (RFC 3339 section 5.6). Nothing when it is
/// neither.
std::optional<base::Duration> take_offset(std::string& text) {
  constexpr std::size_t kLength = 6;  // "+02:00"
  if (text.size() <= kLength || text[text.size() - 3] != ':') return base::Duration(0);
  const auto offset = text.substr(text.size() - kLength);
  if (offset[0] != '+' && offset[0] != '-') return base::Duration(0);  // the minutes of a time without an offset
  const auto size = base::parse_duration(fmt::format("{}h{}m", offset.substr(1, 2), offset.substr(4)));
  if (!size || size.value() >= std::chrono::hours(24)) return std::nullopt;
  text.replace(text.size() - kLength, kLength, "Z");
  return offset[0] == '+' ? size.value() : -size.value();
}

}  // namespace

base::Instant instant_of(const std::string& text, const char* option) {
  constexpr std::size_t kDateLength = 10;  // "2026-11-23"
  std::string whole = text.size() == kDateLength ? text + "T00:00:00Z" : text;
  const auto ahead = take_offset(whole);
  const auto instant = base::parse_instant(whole);
  if (!ahead || !instant)
    throw UsageError(fmt::format("{}: \"{}\" is not a point in time; write it as 2026-11-23T10:15:00Z, or 2026-11-23",
                                 option, base::clean_text(text)));
  return instant.value() - *ahead;
}

std::optional<base::Instant> instant_if_given(const std::string& text, const char* option) {
  return text.empty() ? std::nullopt : std::optional(instant_of(text, option));
}

base::Instant deadline_of(const std::string& text, const char* option, base::Instant now) {
  const auto duration = base::parse_duration(text);
  const auto deadline = duration ? now + duration.value() : instant_of(text, option);
  if (deadline <= now)
    throw UsageError(
        fmt::format("{}: {} is over; give a time to come, or a duration like 2h", option, base::to_text(deadline)));
  return deadline;
}

}  // namespace app
