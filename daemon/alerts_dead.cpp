#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "alerts.h"
#include "choices.h"
#include "context.h"
#include "dead_letters.h"

namespace app {
namespace {

struct Options {
  std::string destination;
  std::size_t limit = 100;
};

/// When it was given up.
base::Instant since_of(const DeadLetter& letter) {
  return letter.row.last_attempt_at.value_or(letter.row.delivery.created_at);
}

void print_as_json(const std::vector<DeadLetter>& letters, bool more) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    writer.Key("dead");
    writer.StartArray();
    for (const auto& letter : letters) {
      start_delivery(writer, letter.row);
      member(writer, "dead_since", since_of(letter));
      write_record(writer, letter.record);
      writer.EndObject();
    }
    writer.EndArray();
    member(writer, "more", more);
    writer.EndObject();
  });
}

void print_as_text(const std::vector<DeadLetter>& letters, bool more) {
  if (letters.empty()) {
    fmt::print("no dead letters\n");
    return;
  }
  Table table({"DELIVERY", "DESTINATION", "DEAD SINCE", "ATTEMPTS", "WHY", "NUMBER", "KIND", "TITLE"});
  for (const auto& letter : letters)
    table.add({letter.row.delivery.id.text(), letter.row.delivery.destination, base::to_text(since_of(letter)),
               std::to_string(letter.row.delivery.attempts), outcome_text(letter.row),
               std::to_string(letter.record.sequence), kind_text(letter.record), letter.record.title});
  table.print();
  if (more) fmt::print("there are more; see --limit and --destination\n");
  const alert::Delivery& first = letters.front().row.delivery;
  fmt::print(
      "\nto send one again: adsauditd alerts replay {}\nall of a destination:  adsauditd alerts replay --destination "
      "{}\n",
      first.id.text(), first.destination);
}

int dead(const Invocation& called, const Options& options) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  auto letters = dead_letters(*store, {.destination = options.destination, .limit = options.limit + 1});
  // The settings may have lost a destination whose dead letters are still there.
  if (letters.empty() && !options.destination.empty()) destination_named(settings, options.destination);
  const bool more = letters.size() > options.limit;
  if (more) letters.pop_back();
  if (called.json)
    print_as_json(letters, more);
  else
    print_as_text(letters, more);
  return kExitOk;
}

}  // namespace

void add_alerts_dead(CLI::App& alerts, Invocation& invocation) {
  CLI::App* verb = alerts.add_subcommand("dead", "Show what was given up, why, since when, and how to send it again");
  auto options = std::make_shared<Options>();
  verb->add_option("--destination", options->destination, "Only what was for this destination");
  verb->add_option("--limit", options->limit, "Rows at most, the latest alert first")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
  verb->footer("Example: adsauditd alerts dead --destination ops");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return dead(called, *options); };
  });
}

}  // namespace app
