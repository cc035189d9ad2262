#include "top_frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "schedule_text.h"

namespace app {
namespace {

struct Letter {
  std::size_t bytes = 1;
  std::size_t columns = 1;
};

/// The letter at the beginning of clean UTF-8. Marks that stand on others take no column; those of East Asia and
/// pictures take two (Unicode Standard Annex 11, by its blocks).
Letter letter_at(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (bytes > text.size() || bytes == 1) return {};
  char32_t code = lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  const bool none =
      (code >= 0x300 && code <= 0x36F) || (code >= 0x200B && code <= 0x200F) || (code >= 0xFE00 && code <= 0xFE0F);
  const bool wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
                    (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
                    (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
                    (code >= 0x1F300 && code <= 0x1FAFF) || (code >= 0x20000 && code <= 0x3FFFD);
  return {bytes, none ? 0U : wide ? 2U : 1U};
}

Tone tone_of(verdict::Severity severity) {
  if (severity == verdict::Severity::kCritical) return Tone::kAlarm;
  return severity == verdict::Severity::kWarning ? Tone::kWarning : Tone::kPlain;
}

Line summary_of(const view::Overview& overview) {
  const auto open = overview.open_incidents();
  const std::string count = fmt::format("{} open incident{}", open, open == 1 ? "" : "s");
  switch (overview.health()) {
    case view::Health::kWell:
      if (overview.totals.pairs == 0) return {"nothing is watched yet", Tone::kWarning};
      return {"ALL WELL", Tone::kWell};
    case view::Health::kStarting:
      return {"no incident is open; no daemon has written its figures yet", Tone::kWarning};
    case view::Health::kIncidents:
      return {count, Tone::kAlarm};
    case view::Health::kBlind:
      break;
  }
  if (const auto silent = overview.silent_for())
    return {fmt::format("BLIND: THE DAEMON HAS WRITTEN NOTHING FOR {}; see adsauditd doctor; {}",
                        base::to_rough_text(*silent), count),
            Tone::kBlind};
  return {"BLIND: of some pairs no certain answer comes; " + count, Tone::kBlind};
}

std::string totals_of(const view::Overview& overview) {
  auto severities = overview.by_severity();
  return fmt::format("{} tokens, {} pairs; critical {}, warning {}, info {}; alerts: {} pending, {} delivered, {} dead",
                     overview.totals.tokens, overview.totals.pairs, severities[verdict::Severity::kCritical],
                     severities[verdict::Severity::kWarning], severities[verdict::Severity::kInfo],
                     overview.deliveries.pending, overview.deliveries.delivered, overview.deliveries.dead);
}

/// In as many lines as it needs.
void add_schedule(std::vector<Line>& lines, const view::Overview& overview, std::size_t width) {
  if (overview.gauges.empty() || overview.silent_for()) return;
  constexpr std::string_view kBetween = "; ";
  std::string line;
  const std::string text = schedule_text(overview.gauges);
  for (std::size_t place = 0; place < text.size();) {
    const auto end = std::min(text.find(kBetween, place), text.size());
    const auto part = std::string_view(text).substr(place, end - place);
    if (!line.empty() && line.size() + kBetween.size() + part.size() > width)
      lines.push_back({std::exchange(line, "  "), Tone::kPlain});
    else if (!line.empty())
      line += kBetween;
    line += part;
    place = end + kBetween.size();
  }
  lines.push_back({line, Tone::kPlain});
}

/// In so many lines at most.
void add_incidents(std::vector<Line>& lines, const view::Overview& overview, std::size_t room) {
  constexpr std::size_t kLinesOfOne = 2;
  if (overview.incidents.empty()) return;
  lines.push_back({});
  lines.push_back({"INCIDENTS", Tone::kHeading});
  std::size_t shown = 0;
  for (const auto& [alert, wording] : overview.incidents) {
    if (shown > 0 && (shown + 1) * kLinesOfOne > room) break;
    const auto severity = verdict::severity_of(alert.incident.finding);
    lines.push_back({fmt::format("{:<8}  {:>8}  {}{}", verdict::to_text(severity),
                                 base::to_rough_text(overview.now - alert.incident.opened_at), wording.title,
                                 alert.incident.acknowledged ? " (acknowledged)" : ""),
                     tone_of(severity)});
    lines.push_back({fmt::format("{:20}{}", "", wording.repair), Tone::kQuiet});
    ++shown;
  }
  if (overview.open_incidents() > shown)
    lines.push_back({fmt::format("and {} more: adsauditd incidents", overview.open_incidents() - shown), Tone::kPlain});
}

void add_deliveries(std::vector<Line>& lines, const view::Overview& overview) {
  if (overview.undelivered.empty()) return;
  lines.push_back({});
  lines.push_back({"DELIVERIES THAT HAVE NOT ARRIVED", Tone::kHeading});
  for (const auto& [destination, counts] : overview.undelivered)
    lines.push_back({undelivered_text(destination, counts), counts.dead > 0 ? Tone::kWarning : Tone::kPlain});
}

void add_changes(std::vector<Line>& lines, const TopView& view) {
  if (view.changes.empty()) return;
  lines.push_back({});
  lines.push_back({"LATEST CHANGES", Tone::kHeading});
  for (const auto& [number, change, hash] : view.changes) {
    std::string about = change.token;
    if (!change.account.empty()) about += (about.empty() ? "" : " on ") + change.account;
    lines.push_back({fmt::format("{:>8} ago  {}  {}: {}", base::to_rough_text(view.overview.now - change.at),
                                 change.kind, about, change.after.empty() ? change.before : change.after),
                     Tone::kPlain});
  }
}

}  // namespace

std::string fitted(std::string_view text, std::size_t columns) {
  const std::string clean = base::clean_text(text);
  std::string_view rest = clean;
  std::size_t used = 0;        // columns of what was read
  std::size_t kept_bytes = 0;  // of what fits beside the "…"
  while (!rest.empty()) {
    const auto letter = letter_at(rest);
    used += letter.columns;
    if (used > columns) return columns == 0 ? "" : clean.substr(0, kept_bytes) + "\u2026";
    rest.remove_prefix(std::min(letter.bytes, rest.size()));
    if (used < columns) kept_bytes = clean.size() - rest.size();
  }
  return clean;
}

std::vector<Line> frame_of(const TopView& view, std::size_t width, std::size_t height) {
  const auto& overview = view.overview;
  std::vector<Line> lines{summary_of(overview)};
  lines.push_back({totals_of(overview), Tone::kPlain});
  add_schedule(lines, overview, width);
  std::vector<Line> rest;
  add_deliveries(rest, overview);
  add_changes(rest, view);
  // What follows the incidents gets a third of the screen, and all that the incidents do not need.
  const auto room = height - std::min(height, lines.size());
  const auto kept = std::min(rest.size(), room / 3);
  constexpr std::size_t kAround = 3;  // a blank line, the heading, and how many more there are
  add_incidents(lines, overview, room - std::min(room, kept + kAround));
  lines.insert(lines.end(), rest.begin(), rest.end());
  if (lines.size() > height) lines.resize(height);
  for (auto& line : lines) line.text = fitted(line.text, width);
  return lines;
}

}  // namespace app
