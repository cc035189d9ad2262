#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <thread>

#include "alert/form.h"
#include "alerts.h"
#include "base/clock.h"
#include "base/text.h"
#include "choices.h"
#include "context.h"
#include "control.h"
#include "machine.h"
#include "progress.h"

namespace app {
namespace {

using namespace std::chrono_literals;

struct Options {
  std::string destination, kind = "opened", timeout = "30s";
};

/// How far a test message came at one destination.
enum class Stage {
  kWaiting,    ///< no answer yet, or one that lets us try again
  kDelivered,  ///< taken
  kRefused,    ///< for good
  kParked,     ///< the destination takes nothing until it is repaired
  kUnknown     ///< the daemon that runs has read other settings
};
std::string_view to_text(Stage stage) {
  switch (stage) {
    case Stage::kWaiting:
      return "waiting";
    case Stage::kDelivered:
      return "delivered";
    case Stage::kRefused:
      return "refused";
    case Stage::kParked:
      return "parked";
    case Stage::kUnknown:
      return "unknown";
  }
  return {};
}

struct Outcome {
  std::string destination;
  Stage stage = Stage::kWaiting;
  std::optional<store::DeliveryRow> row{};
};

/// A test message on its way, watched through the database.
class Journey {
 public:
  Journey(store::Store& store, const alert::TestRequest& request, std::vector<std::string> destinations)
      : store_(store), request_(request), destinations_(std::move(destinations)) {}

  alert::AlertId alert() const { return alert::AlertId::from_bytes(request_.id.bytes()); }

  /// One for each destination.
  std::vector<Outcome> look() const {
    const auto waiting = store_.test_requests();  // first: what is gone from here is there
    const bool asked_for = std::find(waiting.begin(), waiting.end(), request_) != waiting.end();
    const auto alerts = store_.alerts({.alert = alert()});
    std::vector<Outcome> outcomes;
    for (const auto& destination : destinations_) {
      Outcome outcome{destination};
      if (!alerts.empty()) outcome.row = row_of(alerts.front(), destination);
      outcome.stage = outcome.row ? stage_of(*outcome.row) : asked_for ? Stage::kWaiting : Stage::kUnknown;
      outcomes.push_back(std::move(outcome));
    }
    return outcomes;
  }

 private:
  static std::optional<store::DeliveryRow> row_of(const store::AlertRow& alert, const std::string& destination) {
    for (const auto& row : alert.deliveries) {
      if (row.delivery.destination == destination) return row;
    }
    return std::nullopt;
  }

  Stage stage_of(const store::DeliveryRow& row) const {
    switch (row.delivery.state) {
      case alert::DeliveryState::kDelivered:
        return Stage::kDelivered;
      case alert::DeliveryState::kDead:
        return Stage::kRefused;
      case alert::DeliveryState::kPending:
        return row.delivery.attempts > 0 && parked(row.delivery.destination) ? Stage::kParked : Stage::kWaiting;
    }
    return Stage::kWaiting;
  }

  /// It refuses for good: then there is an incident of it.
  bool parked(const std::string& destination) const {
    const auto broken = store_.incidents(
        {.open_only = true, .causes = {std::string(verdict::to_text(verdict::Cause::kDestinationBroken))}});
    return std::any_of(broken.begin(), broken.end(), [&](const verdict::Incident& incident) {
      return incident.finding.key.topic == destination && incident.finding.grounds.rule == "refused_for_good";
    });
  }

  store::Store& store_;
  alert::TestRequest request_;
  std::vector<std::string> destinations_;
};

bool any(const std::vector<Outcome>& outcomes, Stage stage) {
  return std::any_of(outcomes.begin(), outcomes.end(), [&](const Outcome& each) { return each.stage == stage; });
}

/// With the machine of a daemon, in front. Throws store::LockedStore when a daemon runs.
void send_here(const settings::Settings& settings, const std::string& destination, base::Duration limit) {
  auto log_options = settings.log;
  log_options.level = std::max(log_options.level, settings::LogLevel::kError);
  const auto log = make_logger(log_options);
  with_machine(settings, *log, [&](Machine& machine) {
    machine.loop.run_deliveries(destination, limit);
    return kExitOk;
  });
}

/// The daemon notices a request within seconds.
void wait_for_daemon(const Journey& journey, base::Duration limit, bool quiet) {
  Progress progress(!quiet);
  const base::SystemClock clock;
  const base::Instant give_up = clock.now().steady + limit;
  progress.show("waiting for the daemon to send it");
  while (any(journey.look(), Stage::kWaiting) && clock.now().steady < give_up) std::this_thread::sleep_for(200ms);
}

std::string words_of(const Outcome& outcome) {
  const auto last = [&](const char* none) {
    return outcome.row && !outcome.row->outcome.empty() ? base::clean_text(outcome.row->outcome) : std::string(none);
  };
  switch (outcome.stage) {
    case Stage::kDelivered:
      return "delivered";
    case Stage::kRefused:
      return "refused: " + last("no reason is known");
    case Stage::kParked:
      return "refused for good, so its alerts wait: " + last("no reason is known");
    case Stage::kUnknown:
      return "the daemon that runs does not know it, or not this kind: it has read other settings";
    case Stage::kWaiting:
      return "not delivered in time; it goes on being tried: " + last("nothing was heard yet");
  }
  return {};
}

void print(const Invocation& called, const alert::AlertId& alert, const std::vector<Outcome>& outcomes) {
  if (!called.json) {
    for (const auto& outcome : outcomes) fmt::print("{}: {}\n", outcome.destination, words_of(outcome));
    return;
  }
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "alert", std::string_view(alert.text()));
    writer.Key("results");
    writer.StartArray();
    for (const auto& [destination, stage, row] : outcomes) {
      writer.StartObject();
      member(writer, "destination", std::string_view(destination));
      member(writer, "result", to_text(stage));
      member(writer, "attempts", static_cast<std::uint64_t>(row ? row->delivery.attempts : 0));
      member_or_null(writer, "outcome", row ? row->outcome : "");
      member(writer, "http_status", static_cast<std::uint64_t>(row ? row->http_status : 0));
      writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();
  });
}

ExitCode code_of(const std::vector<Outcome>& outcomes) {
  if (any(outcomes, Stage::kRefused) || any(outcomes, Stage::kParked) || any(outcomes, Stage::kUnknown))
    return kExitFailure;
  return any(outcomes, Stage::kWaiting) ? kExitTimedOut : kExitOk;
}

/// The names of those that are to be told. Throws UsageError for a kind that one of them never gets.
std::vector<std::string> names_of(const std::vector<const alert::Destination*>& destinations, const std::string& kind) {
  require_choice("--kind", "kind", kind, {"opened", "updated", "reminder", "resolved", "digest"});
  std::vector<std::string> names;
  for (const auto* destination : destinations) {
    if (kind == "digest" && !alert::form_of(destination->channel).manner().digests)
      throw UsageError(fmt::format("{} gets each alert by itself, and no digest", destination->name));
    names.push_back(destination->name);
  }
  return names;
}

int test(const Invocation& called, const Options& options) {
  const base::Duration limit = timeout_from(options.timeout);
  const auto settings = load_settings(called, Secrets::kNeeded);
  auto names = names_of(destinations_named(settings, options.destination), options.kind);
  base::SystemRandom random;
  const auto store = open_store(settings, random, true);
  const base::Instant now = base::SystemClock().now().utc;
  const alert::TestRequest request{alert::TestId::make(now, random), options.destination, options.kind, now};
  store->request_test(request);
  const Journey journey(*store, request, std::move(names));
  try {
    send_here(settings, options.destination, limit);
  } catch (const store::LockedStore&) {
    wait_for_daemon(journey, limit, called.json);
  }
  const auto outcomes = journey.look();
  print(called, journey.alert(), outcomes);
  return code_of(outcomes);
}

}  // namespace

void add_alerts_test(CLI::App& alerts, Invocation& invocation) {
  CLI::App* verb = alerts.add_subcommand(
      "test", "Send a message that says it is a test, the way that alerts go, and wait until it was taken");
  auto options = std::make_shared<Options>();
  verb->add_option("DESTINATION", options->destination, "Its name in the settings")->required();
  verb->add_option("--kind", options->kind, "opened, updated, reminder, resolved or digest")->capture_default_str();
  verb->add_option("--timeout", options->timeout, "Give up waiting after this time; exit code 12")
      ->capture_default_str();
  verb->footer(
      "Example: adsauditd alerts test ops --kind resolved\nA running daemon sends it; without one this command does.");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return test(called, *options); };
  });
}

}  // namespace app
