#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/clock.h"
#include "context.h"
#include "terminal.h"
#include "view/twins.h"

namespace app {
namespace {

using namespace std::chrono_literals;

constexpr int kChanges = 20;
constexpr int kNoPairs = 1;  // none of them is shown, and no query may ask for none

struct Options {
  std::string interval = "2s";
  bool once = false;
};

TopView read_view(store::Store& store, const base::Clock& clock) {
  const view::SiteOptions options{.version = ADSAUDITD_VERSION};
  return {view::read_overview(store, {.limit = kNoPairs}, options, clock.now().utc),
          store.history({.latest_first = true, .limit = kChanges})};
}

std::string_view word_of(view::Health health) {
  switch (health) {
    case view::Health::kWell:
      return "well";
    case view::Health::kStarting:
      return "starting";
    case view::Health::kIncidents:
      return "incidents";
    case view::Health::kBlind:
      break;
  }
  return "blind";
}

void write_view(base::JsonWriter& writer, const TopView& view) {
  const auto& overview = view.overview;
  writer.StartObject();
  member(writer, "at", overview.now);
  member(writer, "health", word_of(overview.health()));
  member(writer, "tokens", overview.totals.tokens);
  member(writer, "pairs", overview.totals.pairs);
  writer.Key("open_incidents");
  writer.StartObject();
  for (const auto& [cause, count] : overview.totals.open_incidents)
    member(writer, std::string(verdict::to_text(cause)).c_str(), count);
  writer.EndObject();
  writer.Key("gravest");
  writer.StartArray();
  for (const auto& [alert, wording] : overview.incidents) {
    writer.StartObject();
    member(writer, "id", std::string_view(alert.incident.id.text()));
    member(writer, "title", std::string_view(wording.title));
    member_or_null(writer, "repair", wording.repair);
    writer.EndObject();
  }
  writer.EndArray();
  view::write_deliveries(writer, overview.deliveries, overview.undelivered);
  view::write_gauges(writer, overview.gauges);
  writer.Key("changes");
  writer.StartArray();
  for (const auto& row : view.changes) write_change(writer, row);
  writer.EndArray();
  writer.EndObject();
}

void print_once(const TopView& view) {
  constexpr std::size_t kAsWideAsNeeded = 100'000;
  for (const auto& line : frame_of(view, kAsWideAsNeeded, kAsWideAsNeeded)) fmt::print("{}\n", line.text);
}

base::Duration interval_of(const std::string& text) {
  const auto interval = base::parse_duration(text);
  if (!interval) throw UsageError("--interval: " + interval.error());
  if (interval.value() < 200ms || interval.value() > 1h) throw UsageError("--interval: give 200ms to 1h");
  return interval.value();
}

int top(const Invocation& called, const Options& options) {
  const auto interval = interval_of(options.interval);
  const auto settings = load_settings(called, Secrets::kSkipped);
  require_database(settings);
  const base::SystemClock clock;
  base::SystemRandom random;
  auto reading = store_options(settings, store::Access::kReader);
  const auto store = store::open_sqlite(std::move(reading), random, clock.now().utc);
  if (called.json) {
    const auto view = read_view(*store, clock);
    print_json([&](base::JsonWriter& writer) { write_view(writer, view); });
  } else if (options.once || !Terminal::usable()) {
    print_once(read_view(*store, clock));
  } else {
    Terminal().show(interval,
                    [&](Terminal::Size size) { return frame_of(read_view(*store, clock), size.width, size.height); });
  }
  return kExitOk;
}

}  // namespace

void add_top(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("top", "Show how it is, live: summary, incidents, deliveries, latest changes");
  auto options = std::make_shared<Options>();
  verb->add_flag("--once", options->once, "Print it once, as without a terminal");
  verb->add_option("--interval", options->interval, "Look again after this time")->capture_default_str();
  verb->footer("Example: adsauditd top --interval 5s\nq ends it. NO_COLOR=1 does without colours.");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return top(called, *options); };
  });
}

}  // namespace app
