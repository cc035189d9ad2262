#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "alerts.h"
#include "base/clock.h"
#include "base/text.h"
#include "choices.h"
#include "context.h"
#include "dead_letters.h"

namespace app {
namespace {

struct Options {
  std::string id, destination;
  bool all = false;
};

using Counts = std::map<std::string, std::uint64_t>;  ///< by destination

struct Outcome {
  Counts replayed;
  Counts left;  ///< the settings lead nowhere any more: they would be given up again at once
};

DeadLetterQuery query_of(const Options& options, const settings::Settings& settings) {
  if (options.all) return {};
  if (!options.destination.empty()) return {.destination = destination_named(settings, options.destination).name};
  if (options.id.empty())
    throw UsageError("alerts replay wants the id of a delivery or an alert, or --destination, or --all");
  if (const auto delivery = alert::DeliveryId::parse(options.id)) return {.delivery = delivery.value()};
  if (const auto alert = alert::AlertId::parse(options.id)) return {.alert = alert.value()};
  throw CommandError(kExitNotFound,
                     fmt::format("\"{}\" is the id of no delivery (dlv_...) and of no alert (msg_...); see adsauditd "
                                 "alerts dead",
                                 base::clean_text(options.id)));
}

/// Whether the destination is still there and still takes bodies of this kind.
bool leads_somewhere(const alert::Delivery& delivery, const settings::Settings& settings) {
  return std::any_of(settings.destinations.begin(), settings.destinations.end(), [&](const auto& destination) {
    return destination.name == delivery.destination && destination.channel == delivery.channel;
  });
}

/// In the order in which they were to arrive.
Outcome replay(store::Store& store, std::vector<DeadLetter> letters, const settings::Settings& settings) {
  const base::Instant now = base::SystemClock().now().utc;
  Outcome outcome;
  for (auto letter = letters.rbegin(); letter != letters.rend(); ++letter) {
    const alert::Delivery& delivery = letter->row.delivery;
    if (!leads_somewhere(delivery, settings))
      ++outcome.left[delivery.destination];
    else if (store.replay(delivery.id, now))
      ++outcome.replayed[delivery.destination];
  }
  return outcome;
}

std::uint64_t sum_of(const Counts& counts) {
  std::uint64_t sum = 0;
  for (const auto& [destination, count] : counts) sum += count;
  return sum;
}

void write_counts(base::JsonWriter& writer, const char* name, const Counts& counts) {
  writer.Key(name);
  writer.StartObject();
  for (const auto& [destination, count] : counts) member(writer, destination.c_str(), count);
  writer.EndObject();
}

void print(const Invocation& called, const Outcome& outcome) {
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      member(writer, "replayed", sum_of(outcome.replayed));
      write_counts(writer, "destinations", outcome.replayed);
      write_counts(writer, "left", outcome.left);
      writer.EndObject();
    });
    return;
  }
  for (const auto& [destination, count] : outcome.left)
    fmt::print(stderr, "{} for {} stay dead: the settings have no such destination, or one of another type\n", count,
               destination);
  for (const auto& [destination, count] : outcome.replayed)
    fmt::print("{} for {} {} pending again; the daemon takes {} up within seconds, or at its next start\n", count,
               destination, count == 1 ? "is" : "are", count == 1 ? "it" : "them");
}

int replay(const Invocation& called, const Options& options) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  const auto query = query_of(options, settings);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  const Outcome outcome = replay(*store, dead_letters(*store, query), settings);
  if (outcome.replayed.empty() && outcome.left.empty())
    throw CommandError(kExitNotFound, "no dead letter fits; see adsauditd alerts dead");
  print(called, outcome);
  return outcome.replayed.empty() ? kExitNotFound : kExitOk;
}

}  // namespace

void add_alerts_replay(CLI::App& alerts, Invocation& invocation) {
  CLI::App* verb = alerts.add_subcommand("replay", "Send dead letters again, with the same id and the same bytes");
  auto options = std::make_shared<Options>();
  CLI::Option* id =
      verb->add_option("ID", options->id, "Of a delivery (dlv_...), or of an alert (msg_...): wherever it is dead");
  CLI::Option* destination =
      verb->add_option("--destination", options->destination, "All that was for this destination")->excludes(id);
  verb->add_flag("--all", options->all, "All there are")->excludes(id)->excludes(destination);
  verb->footer("Example: adsauditd alerts replay --destination ops");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return replay(called, *options); };
  });
}

}  // namespace app
