#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "alert/match.h"
#include "base/clock.h"
#include "base/text.h"
#include "context.h"
#include "hold_output.h"
#include "operator_words.h"
#include "time_option.h"
#include "view/subject.h"

namespace app {
namespace {

struct Options {
  std::string match, reason, until, by, end;
  bool all = false;
};

std::string_view state_of(const alert::Mute& mute, base::Instant now) {
  if (mute.withdrawn) return "ended";
  return now < mute.until ? "in force" : "over";
}

void write_mute(base::JsonWriter& writer, const alert::Mute& mute, base::Instant now) {
  writer.StartObject();
  member(writer, "id", std::string_view(mute.id.text()));
  member(writer, "state", state_of(mute, now));
  member(writer, "match", std::string_view(alert::to_text(mute.match)));
  member(writer, "reason", std::string_view(mute.reason));
  member(writer, "by", std::string_view(mute.by));
  member(writer, "at", mute.at);
  member(writer, "until", mute.until);
  writer.EndObject();
}

alert::Match match_of(const std::string& text) {
  auto match = alert::parse_match(text);
  if (!match) throw UsageError("MATCH: " + match.error());
  return std::move(match).value();
}

base::Instant end_of(const std::string& text, base::Instant now) {
  const base::Instant until = deadline_of(text, "--until", now);
  if (until - now > alert::kLongestMute)
    throw UsageError(
        fmt::format("--until: {} is more than {} days away; a mute lasts that long at most, so that nobody "
                    "forgets it",
                    base::to_text(until), std::chrono::floor<std::chrono::days>(alert::kLongestMute).count()));
  return until;
}

/// Without an id.
alert::Mute mute_of(const Options& options, base::Instant now) {
  if (options.match.empty() || options.reason.empty() || options.until.empty())
    throw UsageError("mute wants MATCH, --reason and --until; or mute list, or mute end MUTE");
  return {.match = match_of(options.match),
          .reason = checked_words(options.reason, "--reason"),
          .by = options.by.empty() ? operator_name() : checked_words(options.by, "--by"),
          .at = now,
          .until = end_of(options.until, now)};
}

/// How many open incidents are muted by it: what was meant can be told from what was written.
std::uint64_t count_fitting(store::Store& store, const alert::Match& match) {
  const auto open = store.incidents({.open_only = true, .limit = std::numeric_limits<int>::max()});
  return static_cast<std::uint64_t>(std::count_if(open.begin(), open.end(), [&](const verdict::Incident& incident) {
    return alert::fits(match, incident, view::subject_of(store, incident.finding.key));
  }));
}

int mute(const Invocation& called, const Options& options) {
  const base::Instant now = base::SystemClock().now().utc;
  auto mute = mute_of(options, now);
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  mute.id = alert::MuteId::make(now, random);
  store->put_mute(mute);
  if (called.json) {
    print_json([&](base::JsonWriter& writer) { write_mute(writer, mute, now); });
    return kExitOk;
  }
  const std::uint64_t fitting = count_fitting(*store, mute.match);
  fmt::print("{}: {} is muted until {}. {} open incident{} it; that something ended is told all the same.\n",
             mute.id.text(), base::clean_text(alert::to_text(mute.match)), base::to_text(mute.until), fitting,
             fitting == 1 ? " fits" : "s fit");
  return kExitOk;
}

void print_mutes(const std::vector<alert::Mute>& mutes, base::Instant now, bool all) {
  if (mutes.empty()) {
    fmt::print("{}\n", all ? "there is no mute" : "no mute is in force");
    return;
  }
  Table table({"MUTE", "STATE", "MATCH", "SINCE", "UNTIL", "BY", "REASON"});
  for (const auto& mute : mutes)
    table.add({mute.id.text(), std::string(state_of(mute, now)), alert::to_text(mute.match), base::to_text(mute.at),
               base::to_text(mute.until), mute.by, mute.reason});
  table.print();
}

void print_list_as_json(const std::vector<alert::Mute>& mutes, const std::vector<Hold>& windows, base::Instant now) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    writer.Key("mutes");
    writer.StartArray();
    for (const auto& mute : mutes) write_mute(writer, mute, now);
    writer.EndArray();
    writer.Key("open_windows");
    write_holds(writer, windows);
    writer.EndObject();
  });
}

int list(const Invocation& called, bool all) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const base::Instant now = base::SystemClock().now().utc;
  const auto mutes = open_store(settings, random, false)->mutes(all ? std::nullopt : std::optional(now));
  const auto windows = open_windows(settings.maintenance, now);
  if (called.json) {
    print_list_as_json(mutes, windows, now);
    return kExitOk;
  }
  print_mutes(mutes, now, all);
  if (windows.empty()) return kExitOk;
  fmt::print("\nopen maintenance windows of the settings\n");
  print_holds(windows);
  return kExitOk;
}

int end(const Invocation& called, const std::string& text) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  const base::Instant now = base::SystemClock().now().utc;
  const auto id = alert::MuteId::parse(text);
  if (!id || !store->end_mute(id.value(), now))
    throw CommandError(kExitNotFound,
                       fmt::format("no mute \"{}\" is in force; see adsauditd mute list", base::clean_text(text)));
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      member(writer, "id", std::string_view(id.value().text()));
      member(writer, "ended_at", now);
      writer.EndObject();
    });
    return kExitOk;
  }
  fmt::print("{} is ended; what it held back and is still open is told within seconds, or at the daemon's next start\n",
             id.value().text());
  return kExitOk;
}

}  // namespace

void add_mute(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand(
      "mute", "Tell nobody of some incidents for a while; they are found all the same, and their end is told");
  verb->require_subcommand(0, 1);
  auto options = std::make_shared<Options>();
  verb->add_option("MATCH", options->match,
                   "KEY=VALUE[,KEY=VALUE]... with the keys severity, cause, app, token, account and label.NAME; a key "
                   "given twice means either, * and ? stand for anything; * alone means everything");
  verb->add_option("--reason", options->reason, "Why");
  verb->add_option("--until", options->until, "A time in UTC, or a duration from now on; 30d at most");
  verb->add_option("--by", options->by, "Who; the login name unless given");
  verb->footer(
      "Example: adsauditd mute account=18ce54d4x5t,severity=warning --until 4h --reason \"they change agencies\"");

  CLI::App* list_verb =
      verb->add_subcommand("list", "Show the mutes in force, and the maintenance windows that are open");
  list_verb->add_flag("--all", options->all, "Also those that are over or were ended");
  list_verb->footer("Example: adsauditd mute list --all");
  CLI::App* end_verb = verb->add_subcommand("end", "End a mute before its time");
  end_verb->add_option("MUTE", options->end, "As adsauditd mute list shows it")->required();
  end_verb->footer("Example: adsauditd mute end mut_01M84DHVP4VGT93RFJKYRG5DGB");

  verb->callback([&invocation, options, list_verb, end_verb] {
    invocation.verb = [options, listing = list_verb->parsed(), ending = end_verb->parsed()](const Invocation& called) {
      if (listing) return list(called, options->all);
      if (ending) return end(called, options->end);
      return mute(called, *options);
    };
  });
}

}  // namespace app
