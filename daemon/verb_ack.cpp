#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/clock.h"
#include "context.h"
#include "operator_words.h"

namespace app {
namespace {

struct Options {
  std::string incident, reason, by;
};

/// The first word stays: who acknowledged takes care of it until it is over.
[[noreturn]] void refuse_repetition(const verdict::IncidentId& id,
                                    const std::optional<verdict::Acknowledged>& earlier) {
  throw UsageError(
      earlier
          ? fmt::format("{} was acknowledged already, by {} at {}", id.text(), earlier->by, base::to_text(earlier->at))
          : id.text() + " was acknowledged already; the daemon takes it up within seconds, or at its next start");
}

void print(const Invocation& called, const verdict::Acknowledgement& acknowledgement) {
  const auto& [incident, word] = acknowledgement;
  if (!called.json) {
    fmt::print(
        "{} is acknowledged by {}: no more reminders, nobody else is called. The daemon takes it up within seconds, or "
        "at its next start\n",
        incident.text(), word.by);
    return;
  }
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "incident", std::string_view(incident.text()));
    member(writer, "by", std::string_view(word.by));
    member_or_null(writer, "reason", word.reason);
    member(writer, "at", word.at);
    writer.EndObject();
  });
}

int acknowledge(const Invocation& called, const Options& options) {
  const auto reason = options.reason.empty() ? std::string() : checked_words(options.reason, "--reason");
  const auto by = options.by.empty() ? operator_name() : checked_words(options.by, "--by");
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  const auto incident = require_open_incident(*store, options.incident);
  const verdict::Acknowledgement acknowledgement{incident.id, {by, reason, base::SystemClock().now().utc}};
  if (incident.acknowledged || !store->request_acknowledgement(acknowledgement))
    refuse_repetition(incident.id, incident.acknowledged);
  print(called, acknowledgement);
  return kExitOk;
}

}  // namespace

void add_ack(CLI::App& app, Invocation& invocation) {
  CLI::App* verb =
      app.add_subcommand("ack", "Say that somebody takes care of an incident: reminders and escalation end");
  auto options = std::make_shared<Options>();
  verb->add_option("INCIDENT", options->incident, "As adsauditd incidents shows it")->required();
  verb->add_option("--reason", options->reason, "What is being done; kept with the incident");
  verb->add_option("--by", options->by, "Who; the login name unless given");
  verb->footer("Example: adsauditd ack inc_01M84DHVP4VGT93RFJKYRG5DGB --reason \"asked Brand A to authorize again\"");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return acknowledge(called, *options); };
  });
}

}  // namespace app
