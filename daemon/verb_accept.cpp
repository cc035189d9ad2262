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

/// What there is to do about a problem that is no matter of opinion.
std::string instead_of_accepting(const verdict::IncidentKey& key, const TokenNames& names) {
  const auto known = names.find(key.token);
  const std::string name = known == names.end() ? "NAME" : known->second;
  switch (verdict::scope_of(key.cause)) {
    case verdict::Scope::kToken:
      return fmt::format(
          "have the token authorized again with: adsauditd token authorize --for {}; or remove it with: adsauditd "
          "token remove {}",
          name, name);
    case verdict::Scope::kAccount:
    case verdict::Scope::kProbe:
      return "repair it, or change what the settings expect";
    case verdict::Scope::kAudit:
    case verdict::Scope::kApp:
    case verdict::Scope::kApi:
    case verdict::Scope::kPlan:
    case verdict::Scope::kDelivery:
    case verdict::Scope::kStore:
      break;
  }
  return "it ends by itself when its reason does";
}

void require_acceptable(const verdict::Incident& incident, const TokenNames& names) {
  const auto cause = incident.finding.key.cause;
  if (!verdict::acceptable(cause))
    throw UsageError(fmt::format("{} is {}, and that cannot be accepted; {}", incident.id.text(),
                                 verdict::to_text(cause), instead_of_accepting(incident.finding.key, names)));
}

void print(const Invocation& called, const verdict::Acceptance& acceptance) {
  if (!called.json) {
    fmt::print("{} is accepted by {}; the daemon takes it up within seconds, or at its next start\n",
               acceptance.incident.text(), acceptance.by);
    return;
  }
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "incident", std::string_view(acceptance.incident.text()));
    member(writer, "by", std::string_view(acceptance.by));
    member(writer, "reason", std::string_view(acceptance.reason));
    member(writer, "at", acceptance.at);
    writer.EndObject();
  });
}

int accept(const Invocation& called, const Options& options) {
  const auto reason = checked_words(options.reason, "--reason");
  const auto by = options.by.empty() ? operator_name() : checked_words(options.by, "--by");
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  const auto incident = require_open_incident(*store, options.incident);
  require_acceptable(incident, token_names(*store));
  const verdict::Acceptance acceptance{incident.id, by, reason, base::SystemClock().now().utc};
  if (!store->request_acceptance(acceptance))
    throw UsageError(incident.id.text() +
                     " was accepted already; the daemon takes it up within seconds, or at its next start");
  print(called, acceptance);
  return kExitOk;
}

}  // namespace

void add_accept(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("accept", "Make what an incident is about the new normal, with who and why");
  auto options = std::make_shared<Options>();
  verb->add_option("INCIDENT", options->incident, "As adsauditd incidents shows it")->required();
  verb->add_option("--reason", options->reason, "Why; kept in the change log")->required();
  verb->add_option("--by", options->by, "Who; the login name unless given");
  verb->footer(
      "Example: adsauditd accept inc_01M84DHVP4VGT93RFJKYRG5DGB --reason \"the agency only reads from now on\"");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return accept(called, *options); };
  });
}

}  // namespace app
