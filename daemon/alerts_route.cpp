#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "alert/sample.h"
#include "alerts.h"
#include "base/clock.h"
#include "base/text.h"
#include "choices.h"
#include "context.h"
#include "route_answer.h"

namespace app {
namespace {

struct Options {
  std::string cause, account, token, app, severity;
  std::vector<std::string> labels;
};

/// The token of that name, of the settings or of the database.
audit::Token token_named(const settings::Settings& settings, store::Store* store, const std::string& name) {
  for (const auto& each : settings.tokens) {
    if (each.token.name == name) return each.token;
  }
  if (store != nullptr) {
    for (auto& row : store->tokens()) {
      if (row.token.name == name) return std::move(row.token);
    }
  }
  throw CommandError(kExitNotFound,
                     fmt::format("there is no token \"{}\"; see adsauditd token list", base::clean_text(name)));
}

std::string account_name(store::Store* store, const std::string& id) {
  if (store == nullptr || id.empty()) return {};
  const auto accounts = store->accounts();
  const auto facts = std::find_if(accounts.begin(), accounts.end(), [&](const auto& each) { return each.id == id; });
  return facts == accounts.end() ? std::string() : facts->name;
}

void add_labels(audit::Token& token, const std::vector<std::string>& labels) {
  for (const auto& label : labels) {
    const auto equals = label.find('=');
    if (equals == 0 || equals == std::string::npos)
      throw UsageError(fmt::format("--label: \"{}\" is not of the form NAME=VALUE", base::clean_text(label)));
    token.labels[label.substr(0, equals)] = label.substr(equals + 1);
  }
}

/// A token that is not named is one without a name: no route that asks for one fits.
alert::Subject subject_of(const Options& options, const settings::Settings& settings, store::Store* store) {
  audit::Token token = options.token.empty() ? audit::Token{} : token_named(settings, store, options.token);
  if (!options.app.empty()) token.app = options.app;
  add_labels(token, options.labels);
  return {.app = token.app,
          .token = token,
          .account_id = options.account,
          .account_name = account_name(store, options.account)};
}

/// The likely one: a token is lost, or its access to one ad account.
verdict::Cause cause_of(const Options& options) {
  if (!options.cause.empty()) return cause_named("--cause", options.cause);
  return options.account.empty() ? verdict::Cause::kTokenRevoked : verdict::Cause::kAccessRemoved;
}

std::vector<std::string> left_out_of(const alert::Alert& alert, const Options& options) {
  std::vector<std::string> left_out;
  const auto note = [&](const char* name, bool given, bool used) {
    if (given && !used) left_out.emplace_back(name);
  };
  note("account", !options.account.empty(), !alert.subject.account_id.empty());
  note("token", !options.token.empty(), alert.subject.token.has_value());
  note("app", !options.app.empty(), !alert.subject.app.empty());
  note("label", !options.labels.empty(), alert.subject.token.has_value());
  return left_out;
}

RouteAnswer answer_of(const Options& options, const settings::Settings& settings, store::Store* store) {
  const base::Instant now = base::SystemClock().now().utc;
  RouteAnswer answer{.alert = alert::sample_alert(cause_of(options), subject_of(options, settings, store), now)};
  if (!options.severity.empty())
    answer.alert.incident.finding.severity = severity_named("--severity", options.severity);
  answer.left_out = left_out_of(answer.alert, options);
  answer.steps = alert::trace_routes(answer.alert, settings.routes, settings.destinations);
  answer.told = alert::recipients(answer.alert, settings.routes, settings.destinations);
  const auto mutes = store == nullptr ? std::vector<alert::Mute>() : store->mutes(now);
  answer.holds = holds_on(answer.alert, mutes, settings.maintenance, now);
  return answer;
}

int route(const Invocation& called, const Options& options) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = has_database(settings) ? open_store(settings, random, false) : nullptr;
  const RouteAnswer answer = answer_of(options, settings, store.get());
  if (called.json)
    print_as_json(answer, settings);
  else
    print_as_text(answer, settings);
  return kExitOk;
}

}  // namespace

void add_alerts_route(CLI::App& alerts, Invocation& invocation) {
  CLI::App* verb = alerts.add_subcommand("route", "Show who would be told of an incident, and why, route by route");
  auto options = std::make_shared<Options>();
  verb->add_option(
      "--cause", options->cause,
      "What it is about: see adsauditd explain; token.revoked unless given, access.removed with --account");
  verb->add_option("--account", options->account, "The ad account");
  verb->add_option("--token", options->token, "A token that is known, with its app and labels");
  verb->add_option("--app", options->app, "The app");
  verb->add_option("--severity", options->severity, "info, warning or critical, where it is not the cause's own");
  verb->add_option("--label", options->labels, "NAME=VALUE of the token, beside those it has; several times");
  verb->footer("Example: adsauditd alerts route --cause role.reduced --account 18ce54d4x5t --token brand-a");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return route(called, *options); };
  });
}

}  // namespace app
