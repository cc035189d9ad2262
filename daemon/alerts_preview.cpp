#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "alert/form.h"
#include "alert/render.h"
#include "alert/sample.h"
#include "alerts.h"
#include "base/clock.h"
#include "base/text.h"
#include "choices.h"
#include "context.h"

namespace app {
namespace {

struct Options {
  std::string cause = "token.revoked", state = "opened", destination, type;
};

/// A message as it would be sent, and where to.
struct Preview {
  std::string destination;  ///< empty: of a type of destinations
  alert::Channel channel;
  std::string body;
};

constexpr std::string_view kDigest = "digest";

void require_state(const std::string& state) {
  require_choice("--state", "state", state, {"opened", "updated", "reminder", "resolved", kDigest});
}

bool takes(alert::Channel channel, const std::string& state) {
  return state != kDigest || alert::form_of(channel).manner().digests;
}

/// Requires that the destination takes such a message.
std::string body_for(const alert::Destination& destination, const Options& options) {
  const base::Instant now = base::SystemClock().now().utc;
  if (options.state == kDigest) return alert::form_of(destination.channel).body(alert::sample_digest(now));
  return alert::render(destination, alert::sample_alert(cause_named("--cause", options.cause),
                                                        alert::state_from_text(options.state).value(), now));
}

Preview preview_of(const alert::Destination& destination, const Options& options) {
  if (!takes(destination.channel, options.state))
    throw UsageError(fmt::format("{} gets each alert by itself, and no digest", alert::to_text(destination.channel)));
  return {destination.name, destination.channel, body_for(destination, options)};
}

/// In the words of the type itself; reads no settings.
Preview preview_of_type(const Options& options) {
  std::vector<std::string_view> types;
  for (const auto channel : alert::all_channels()) types.push_back(alert::to_text(channel));
  require_choice("--type", "type", options.type, types);
  alert::Destination destination;
  destination.channel = *alert::channel_from_text(options.type);
  return preview_of(destination, options);
}

/// Of every destination that takes such a message.
std::vector<Preview> previews_of_all(const settings::Settings& settings, const Options& options) {
  std::vector<Preview> previews;
  for (const auto& destination : settings.destinations) {
    if (takes(destination.channel, options.state)) previews.push_back(preview_of(destination, options));
  }
  if (previews.empty())
    throw CommandError(kExitNotFound, "no destination of the settings takes such a message; see --type");
  return previews;
}

std::vector<Preview> previews_of(const Invocation& called, const Options& options) {
  if (!options.type.empty()) return {preview_of_type(options)};
  const auto settings = load_settings(called, Secrets::kSkipped);
  if (options.destination.empty()) return previews_of_all(settings, options);
  return {preview_of(destination_named(settings, options.destination), options)};
}

/// Line by line, because a message holds names that strangers chose.
std::string readable(const std::string& body) {
  if (auto json = base::indented_json(body)) return *json;
  std::vector<std::string> lines;
  for (auto line : base::split(body, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(base::clean_text(line));
  }
  return base::join(lines, "\n");
}

void print_as_json(const std::vector<Preview>& previews) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    writer.Key("messages");
    writer.StartArray();
    for (const auto& [destination, channel, body] : previews) {
      writer.StartObject();
      member_or_null(writer, "destination", destination);
      member(writer, "type", alert::to_text(channel));
      writer.Key("body");
      if (base::indented_json(body))
        writer.RawValue(body.data(), body.size(), rapidjson::kObjectType);
      else
        base::write_text(writer, body);
      writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();
  });
}

int preview(const Invocation& called, const Options& options) {
  cause_named("--cause", options.cause);
  require_state(options.state);
  const auto previews = previews_of(called, options);
  if (called.json) {
    print_as_json(previews);
    return kExitOk;
  }
  for (const auto& each : previews) {
    if (previews.size() > 1) fmt::print("{} ({}):\n", each.destination, alert::to_text(each.channel));
    fmt::print("{}\n", readable(each.body));
    if (previews.size() > 1) fmt::print("\n");
  }
  return kExitOk;
}

}  // namespace

void add_alerts_preview(CLI::App& alerts, Invocation& invocation) {
  CLI::App* verb = alerts.add_subcommand(
      "preview", "Show a message as it would be sent, about something that did not happen; sends nothing");
  auto options = std::make_shared<Options>();
  verb->add_option("--cause", options->cause, "What it is about: see adsauditd explain")->capture_default_str();
  verb->add_option("--state", options->state, "opened, updated, reminder, resolved or digest (which has many causes)")
      ->capture_default_str();
  CLI::Option* destination =
      verb->add_option("--destination", options->destination, "Only for this destination; for each unless given");
  verb->add_option("--type", options->type, "For a type of destination: slack, webhook, ...; reads no settings")
      ->excludes(destination);
  verb->footer("Example: adsauditd alerts preview --cause role.reduced --state resolved --type slack");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return preview(called, *options); };
  });
}

}  // namespace app
