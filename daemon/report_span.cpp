#include "report_span.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "command_line.h"
#include "time_option.h"

namespace app {
namespace {

/// Quarters since the year 0, so that the next one is one more.
using Quarter = int;

base::Instant begin_of(Quarter quarter) {
  const std::chrono::year_month_day first(std::chrono::year(quarter / 4),
                                          std::chrono::month(static_cast<unsigned>(quarter % 4 * 3 + 1)),
                                          std::chrono::day(1));
  return std::chrono::sys_days(first);
}

Quarter quarter_at(base::Instant at) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(at));
  return static_cast<int>(date.year()) * 4 + static_cast<int>(static_cast<unsigned>(date.month()) - 1) / 3;
}

Quarter quarter_of(const std::string& text, base::Instant now) {
  if (text == "this") return quarter_at(now);
  if (text == "last") return quarter_at(now) - 1;
  const auto digit = [&](std::size_t place) { return text[place] >= '0' && text[place] <= '9'; };
  const bool fits = text.size() == 6 && digit(0) && digit(1) && digit(2) && digit(3) &&
                    (text[4] == 'Q' || text[4] == 'q') && text[5] >= '1' && text[5] <= '4';
  if (!fits)
    throw UsageError(
        fmt::format("--quarter: \"{}\" is not a quarter; write it as 2026Q3, last or this", base::clean_text(text)));
  return std::stoi(text.substr(0, 4)) * 4 + (text[5] - '1');
}

view::Stretch asked_for(const SpanOptions& options, base::Instant now) {
  if (options.since.empty() && options.until.empty()) {
    const Quarter quarter = quarter_of(options.quarter.empty() ? "last" : options.quarter, now);
    return {begin_of(quarter), begin_of(quarter + 1)};
  }
  if (!options.quarter.empty()) throw UsageError("--quarter: give it, or --since and --until, not both");
  if (options.since.empty()) throw UsageError("--until: give --since, too");
  return {instant_of(options.since, "--since"), options.until.empty() ? now : instant_of(options.until, "--until")};
}

}  // namespace

view::Stretch span_of(const SpanOptions& options, base::Instant now) {
  const auto span = asked_for(options, now);
  const char* option = options.since.empty() ? "--quarter" : "--since";
  if (span.since >= now) throw UsageError(fmt::format("{}: {} is still to come", option, base::to_text(span.since)));
  if (span.until <= span.since)
    throw UsageError(
        fmt::format("--until: {} is not after --since, {}", base::to_text(span.until), base::to_text(span.since)));
  return {span.since, std::min(span.until, now)};
}

}  // namespace app
