#include "top_frame.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace {

using namespace std::chrono_literals;

const base::Instant kNow = base::parse_instant("2026-11-23T10:15:00Z").value();

app::TopView sample() {
  app::TopView view;
  view.overview.now = kNow;
  view.overview.totals.tokens = 3;
  view.overview.totals.pairs = 5;
  view.overview.totals.open_incidents = {{verdict::Cause::kTokenRevoked, 40}};
  for (int count = 0; count < 30; ++count) {
    view::IncidentView incident;
    incident.alert.incident.finding.key.cause = verdict::Cause::kTokenRevoked;
    incident.alert.incident.opened_at = kNow - 5min;
    incident.wording.title = "Access token revoked: \x1b[31m\u682a\u5f0f\u4f1a\u793e brand";
    incident.wording.repair = "adsauditd token authorize --for brand-a";
    view.overview.incidents.push_back(incident);
  }
  view.overview.gauges["written_at_ms"] = base::to_epoch_ms(kNow - 30s);
  view.overview.undelivered["ops"] = {3, 0, 1};
  verdict::Change change;
  change.at = kNow - 1h;
  change.kind = "changed";
  change.token = "brand-a";
  change.account = "18ce1";
  change.after = "denied token_invalid";
  view.changes = {{7, change, "00"}};
  return view;
}

/// Columns by another way of counting: the test's wide letters are all of three bytes, and the "…" is one column.
std::size_t columns_of(const std::string& text) {
  std::size_t columns = 0;
  for (std::size_t place = 0; place < text.size();) {
    const auto lead = static_cast<unsigned char>(text[place]);
    const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    columns += bytes == 3 && text.compare(place, 3, "\u2026") != 0 ? 2 : 1;
    place += bytes;
  }
  return columns;
}

bool shows(const std::vector<app::Line>& lines, std::string_view text) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const app::Line& line) { return line.text.find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE("top: a frame fits whatever terminal there is, and shows the summary in each") {
  for (std::size_t width = 0; width <= 200; width += 7) {
    for (const std::size_t height : {1U, 5U, 24U, 60U, 200U}) {
      const auto lines = app::frame_of(sample(), width, height);
      CHECK(lines.size() <= height);
      for (const auto& line : lines) {
        CHECK(columns_of(line.text) <= width);
        CHECK(line.text.find('\x1b') == std::string::npos);
      }
      if (width >= 21) CHECK(lines[0].text == "40 open incidents");
    }
  }
}

TEST_CASE("top: all of it where there is room") {
  const auto lines = app::frame_of(sample(), 200, 200);
  for (const auto* text :
       {"3 tokens, 5 pairs", "critical 40", "INCIDENTS", "5m", "adsauditd token authorize --for brand-a",
        "and 10 more: adsauditd incidents", "ops: 3 pending, 1 dead", "LATEST CHANGES",
        "changed  brand-a on 18ce1: denied token_invalid"})
    CHECK_MESSAGE(shows(lines, text), text);
}

TEST_CASE("top: well, blind and a daemon that writes nothing are told apart, by word and by tone") {
  auto view = sample();
  view.overview.totals.open_incidents = {{verdict::Cause::kAuditBlind, 1}};
  CHECK(app::frame_of(view, 80, 24)[0] ==
        app::Line{"BLIND: of some pairs no certain answer comes; 1 open incident", app::Tone::kBlind});
  view.overview.totals.open_incidents.clear();
  view.overview.incidents.clear();
  CHECK(app::frame_of(view, 80, 24)[0] == app::Line{"ALL WELL", app::Tone::kWell});
  view.overview.gauges["written_at_ms"] = base::to_epoch_ms(kNow - 2h);
  const auto silent = app::frame_of(view, 80, 1)[0];
  CHECK(silent.tone == app::Tone::kBlind);
  CHECK(silent.text.starts_with("BLIND: THE DAEMON HAS WRITTEN NOTHING FOR 2h"));
  view.overview.gauges.clear();
  CHECK(app::frame_of(view, 80, 24)[0].text == "no incident is open; no daemon has written its figures yet");
}

TEST_CASE("top: many incidents leave room for what has not arrived and what changed, and say how many more there are") {
  const auto lines = app::frame_of(sample(), 80, 24);
  for (const auto* text : {"INCIDENTS", "more: adsauditd incidents", "ops: 3 pending, 1 dead", "LATEST CHANGES"})
    CHECK_MESSAGE(shows(lines, text), text);
}

TEST_CASE("top: the daemon's figures take as many lines as they need") {
  auto view = sample();
  view.overview.incidents.clear();
  view.changes.clear();
  view.overview.undelivered.clear();
  CHECK(app::frame_of(view, 300, 24).size() == 3);
  const auto lines = app::frame_of(view, 40, 24);
  CHECK(lines.size() > 3);
  CHECK(shows(lines, "as of 2026-11-23T10:14:30.000Z"));
}

TEST_CASE("top: text is cut between letters") {
  CHECK(app::fitted("abc", 3) == "abc");
  CHECK(app::fitted("abcd", 3) == "ab\u2026");
  CHECK(app::fitted("\u682a\u5f0f", 4) == "\u682a\u5f0f");
  CHECK(app::fitted("\u682a\u5f0f", 3) == "\u682a\u2026");
  CHECK(app::fitted("\u682a\u5f0f", 2) == "\u2026");
  CHECK(app::fitted("e\u0301e\u0301", 2) == "e\u0301e\u0301");
  CHECK(app::fitted("abc", 0).empty());
}
