#include <fmt/format.h>

#include <charconv>

#include "settings/sections.h"

namespace settings {
namespace {

using namespace std::chrono_literals;

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr Unit kUnits[] = {{"MiB", std::uint64_t{1} << 20}, {"GiB", std::uint64_t{1} << 30}};
constexpr std::uint64_t kLeastSize = std::uint64_t{64} << 20;  // less is hardly more than the pairs themselves
constexpr std::uint64_t kMostSize = std::uint64_t{1} << 50;

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  const auto name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const auto& unit : kUnits) {
    if (name == unit.name && number <= kMostSize / unit.bytes) return number * unit.bytes;
  }
  return std::nullopt;
}

/// Of files: "512MiB", "2GiB".
Form<std::optional<std::uint64_t>> size() {
  return [](Walk& walk, const Node& node) -> std::optional<std::optional<std::uint64_t>> {
    const auto text = read_line(walk, node);
    if (!text) return std::nullopt;
    const auto bytes = parse_size(*text);
    if (!bytes)
      walk.error(node, fmt::format("{} is not a size; write it as 512MiB or 2GiB", in_quotes(node.text)));
    else if (*bytes < kLeastSize)
      walk.error(node, fmt::format("is {}, the least is 64MiB", *text));
    if (!bytes) return std::nullopt;
    return bytes;
  };
}

Form<base::Duration> kept() { return duration({.least = store::kLeastKept, .most = 24h * 365 * 100}); }

const Table<store::Retention>& retention_keys() {
  using store::Retention;
  static const Table<Retention> table{
      {"history", Need::kOptional, into(&Retention::history, kept())},
      {"observations", Need::kOptional, into(&Retention::observations, kept())},
      {"incidents", Need::kOptional, into(&Retention::incidents, kept())},
      {"alerts", Need::kOptional, into(&Retention::alerts, kept())},
      {"dead_letters", Need::kOptional, into(&Retention::dead_letters, kept())},
      {"max_size", Need::kOptional, into(&Retention::max_size, size())},
  };
  return table;
}

}  // namespace

const Table<Settings>& store_keys() {
  static const Table<Settings> table{
      {"path", Need::kOptional, into(&Settings::store_path, line())},
      {"key", Need::kRequired, into(&Settings::store_key, key())},
      {"old_key", Need::kOptional, into(&Settings::old_store_key, key())},
      {"retention", Need::kOptional, mapping(&Settings::retention, retention_keys())},
  };
  return table;
}

}  // namespace settings
