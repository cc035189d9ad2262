#include "base/time.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <optional>

namespace base {
namespace {

using namespace std::chrono_literals;

struct Unit {
  std::string_view name;
  Duration length;
};
// Largest first: to_text() spends them in this order.
constexpr std::array kUnits{Unit{"d", 24h}, Unit{"h", 1h}, Unit{"m", 1min}, Unit{"s", 1s}, Unit{"ms", 1ms}};
constexpr long long kLongest = 366LL * 100 * 24 * 3600 * 1000;  // a century: beyond it somebody mistyped

std::optional<long long> take_number(std::string_view& text) {
  long long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data() || text.front() == '-') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

const Unit* take_unit(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && text[length] >= 'a' && text[length] <= 'z') ++length;
  for (const Unit& unit : kUnits) {
    if (unit.name != text.substr(0, length)) continue;
    text.remove_prefix(length);
    return &unit;
  }
  return nullptr;
}

/// Takes a point in time, whole seconds in UTC, off the front. strptime() is generous (blanks, one digit for two,
/// 31 February, a 61st second), so what it read must be what strftime() would write.
std::optional<Instant> take_instant(std::string_view& text, const char* format) {
  const std::string copy(text);
  std::tm parts{};
  const char* rest = ::strptime(copy.c_str(), format, &parts);
  if (rest == nullptr) return std::nullopt;
  const auto length = static_cast<std::size_t>(rest - copy.c_str());
  const Instant instant = from_epoch_seconds(::timegm(&parts));  // and brings the parts into range
  std::array<char, 64> written;
  const std::size_t written_length = std::strftime(written.data(), written.size(), format, &parts);
  if (text.substr(0, length) != std::string_view(written.data(), written_length)) return std::nullopt;
  text.remove_prefix(length);
  return instant;
}

/// Takes ".118" off the front; digits beyond the milliseconds are cut off. Nothing there is zero.
std::optional<Duration> take_fraction(std::string_view& text) {
  if (!text.starts_with('.')) return 0ms;
  text.remove_prefix(1);
  Duration fraction = 0ms;
  int digits = 0;
  for (Duration weight = 100ms; !text.empty() && text.front() >= '0' && text.front() <= '9'; weight /= 10, ++digits) {
    fraction += (text.front() - '0') * weight;
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  return fraction;
}

}  // namespace

std::string to_text(Instant instant) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(instant);
  const std::time_t time = seconds.time_since_epoch().count();
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, (instant - seconds).count());
}

std::string to_text(Duration duration) {
  if (duration == 0ms) return "0s";
  std::string text = duration < 0ms ? "-" : "";
  Duration left = std::chrono::abs(duration);
  for (const Unit& unit : kUnits) {
    const auto count = left / unit.length;
    if (count == 0) continue;
    text += fmt::format("{}{}", count, unit.name);
    left -= count * unit.length;
  }
  return text;
}

std::string to_rough_text(Duration duration) {
  if (std::chrono::abs(duration) < 1s) return "0s";
  std::string text = duration < 0ms ? "-" : "";
  Duration left = std::chrono::abs(duration);
  int units_left = 2;
  for (const Unit& unit : kUnits) {
    if (unit.length < 1s || units_left == 0) break;
    const auto count = left / unit.length;
    if (count == 0) {
      if (units_left == 1) break;  // "3d", not "3d 5s"
      continue;
    }
    text += fmt::format("{}{}{}", units_left == 1 ? " " : "", count, unit.name);
    left -= count * unit.length;
    --units_left;
  }
  return text;
}

Result<Instant> parse_instant(std::string_view text) {
  std::string_view rest = text;
  const auto instant = take_instant(rest, "%Y-%m-%dT%H:%M:%S");
  const auto fraction = take_fraction(rest);
  if (!instant || !fraction || (!rest.empty() && rest != "Z"))
    return Failure{fmt::format("\"{}\" is not a point in time; write it as 2026-11-23T10:15:02Z", text)};
  return *instant + *fraction;
}

Result<Instant> parse_http_date(std::string_view text) {
  std::string_view rest = text;
  const auto instant = take_instant(rest, "%a, %d %b %Y %H:%M:%S GMT");
  if (!instant || !rest.empty()) return Failure{fmt::format("\"{}\" is not an HTTP date", text)};
  return *instant;
}

Result<Duration> parse_duration(std::string_view text) {
  std::string_view rest = text;
  Duration total = 0ms;
  if (rest.empty()) return Failure{std::string("a duration is missing; write it as 30s, 15m or 6h")};
  while (!rest.empty()) {
    const auto number = take_number(rest);
    if (!number) return Failure{fmt::format("\"{}\" is not a duration; write it as 30s, 15m or 6h", text)};
    if (rest.empty())
      return Failure{fmt::format("\"{}\" has no unit; write it as {}s, {}m or {}h", text, *number, *number, *number)};
    const Unit* unit = take_unit(rest);
    if (unit == nullptr) return Failure{fmt::format("\"{}\" has an unknown unit; use ms, s, m, h or d", text)};
    if (*number > (kLongest - total.count()) / unit->length.count())
      return Failure{fmt::format("\"{}\" is longer than a century", text)};
    total += *number * unit->length;
  }
  return total;
}

Result<double> parse_share(std::string_view text) {
  double percent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
  const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (error != std::errc() || !std::isfinite(percent))
    return Failure{fmt::format("\"{}\" is not a share; write it as 10%", text)};
  if (rest != "%") return Failure{fmt::format("\"{}\" has no percent sign; write it as 10%", text)};
  if (percent < 0 || percent > 100) return Failure{fmt::format("\"{}\" is not between 0% and 100%", text)};
  return percent / 100;
}

}  // namespace base
