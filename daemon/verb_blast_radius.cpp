#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <set>

#include "base/text.h"
#include "context.h"
#include "verdict/blast_radius.h"

namespace app {
namespace {

using verdict::AccountLoss;
using verdict::BlastRadius;
using verdict::Stop;
using verdict::Target;

struct Options {
  std::string any, token, app, account;
};

/// What the database and the settings know by name.
struct Known {
  std::vector<store::TokenRow> tokens;
  std::vector<verdict::ProbeState> probes;
  std::map<Target::Kind, std::set<std::string>> names;
};

Known known_of(store::Store& store, const settings::Settings& settings) {
  Known known{.tokens = store.tokens(), .probes = store.probes(), .names = {}};
  for (const auto& app : settings.apps) known.names[Target::Kind::kApp].insert(app.name);
  for (const auto& row : known.tokens) {
    known.names[Target::Kind::kToken].insert(row.token.name);
    known.names[Target::Kind::kApp].insert(row.token.app);
  }
  for (const auto& probe : known.probes) known.names[Target::Kind::kAccount].insert(probe.probe.account);
  for (const auto& account : store.accounts()) known.names[Target::Kind::kAccount].insert(account.id);
  return known;
}

[[noreturn]] void refuse_unknown(const std::string& name, std::string_view what, const std::set<std::string>& all) {
  const std::string_view near = base::nearest(name, {all.begin(), all.end()});
  throw CommandError(kExitNotFound, fmt::format("there is no {} \"{}\"{}", what, base::clean_text(name),
                                                near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
}

Target target_by_name(const std::string& name, const Known& known) {
  std::vector<Target::Kind> kinds;
  std::set<std::string> all;
  for (const auto& [kind, names] : known.names) {
    if (names.contains(name)) kinds.push_back(kind);
    all.insert(names.begin(), names.end());
  }
  if (kinds.empty()) refuse_unknown(name, "token, app or ad account", all);
  if (kinds.size() == 1) return {kinds.front(), name};
  std::vector<std::string> choices;
  for (const Target::Kind kind : kinds) choices.push_back(fmt::format("--{} {}", verdict::to_text(kind), name));
  throw UsageError(
      fmt::format("\"{}\" names several things; say which: {}", base::clean_text(name), base::join(choices, " or ")));
}

Target target_of(const Options& options, const Known& known) {
  std::vector<Target> named;
  for (const auto& [kind, name] :
       {std::pair(Target::Kind::kToken, options.token), std::pair(Target::Kind::kApp, options.app),
        std::pair(Target::Kind::kAccount, options.account)}) {
    if (!name.empty()) named.push_back({kind, name});
  }
  if (named.size() + (options.any.empty() ? 0 : 1) != 1)
    throw UsageError("name one token, app or ad account; see adsauditd blast-radius --help");
  if (named.empty()) return target_by_name(options.any, known);
  const Target& target = named.front();
  const auto names = known.names.find(target.kind);
  if (names == known.names.end() || !names->second.contains(target.name))
    refuse_unknown(target.name, verdict::to_text(target.kind),
                   names == known.names.end() ? std::set<std::string>{} : names->second);
  return target;
}

std::vector<std::string> losses_of(const AccountLoss& loss) {
  std::vector<std::string> losses;
  if (loss.live_token) losses.emplace_back("live_token");
  if (loss.admin) losses.emplace_back("admin");
  if (loss.conversions) losses.emplace_back("conversions");
  return losses;
}

void write_account(base::JsonWriter& writer, const AccountLoss& loss) {
  writer.StartObject();
  member(writer, "account", std::string_view(loss.account));
  member(writer, "tokens", loss.tokens);
  member(writer, "live_tokens_left", loss.live_tokens_left);
  member(writer, "loses_its_only", losses_of(loss));
  writer.EndObject();
}

void write_stop(base::JsonWriter& writer, const Stop& stop) {
  writer.StartObject();
  member(writer, "need", std::string_view(stop.capability));
  member(writer, "certainty", verdict::to_text(stop.certainty));
  member(writer, "accounts", stop.accounts);
  member(writer, "without_other_token", stop.without_other);
  writer.EndObject();
}

void write_labels(base::JsonWriter& writer, const BlastRadius& radius) {
  writer.Key("labels");
  writer.StartObject();
  for (const auto& [label, values] : radius.labels) {
    writer.Key(base::clean_text(label).c_str());
    writer.StartObject();
    for (const auto& [value, tokens] : values) member(writer, base::clean_text(value).c_str(), tokens);
    writer.EndObject();
  }
  writer.EndObject();
}

template <class T, class Write>
void write_all(base::JsonWriter& writer, const char* name, const std::vector<T>& all, Write write) {
  writer.Key(name);
  writer.StartArray();
  for (const T& one : all) write(writer, one);
  writer.EndArray();
}

void print_as_json(const Target& target, const BlastRadius& radius) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "kind", verdict::to_text(target.kind));
    member(writer, "name", std::string_view(target.name));
    member(writer, "tokens", radius.tokens);
    write_all(writer, "accounts", radius.accounts, write_account);
    write_all(writer, "stops", radius.stops, write_stop);
    write_labels(writer, radius);
    writer.EndObject();
  });
}

std::string loss_text(const AccountLoss& loss) {
  std::vector<std::string> words;
  if (loss.live_token) words.emplace_back("live token");
  if (loss.admin) words.emplace_back("ACCOUNT_ADMIN");
  if (loss.conversions) words.emplace_back("token for conversions");
  return words.empty() ? "-" : base::join(words, ", ");
}

void print_as_text(const Target& target, const BlastRadius& radius) {
  if (radius.accounts.empty()) {
    fmt::print("{} {}: nothing is granted, so nothing would stop\n", verdict::to_text(target.kind), target.name);
    return;
  }
  fmt::print("without {} {}: {} tokens, {} ad accounts\n\n", verdict::to_text(target.kind), target.name,
             radius.tokens.size(), radius.accounts.size());
  Table accounts({"ACCOUNT", "TOKENS", "LIVE TOKENS LEFT", "LOSES ITS ONLY"});
  for (const AccountLoss& loss : radius.accounts)
    accounts.add({loss.account, base::join(loss.tokens, ","), std::to_string(loss.live_tokens_left), loss_text(loss)});
  accounts.print();
  fmt::print("\n");
  Table stops({"WHAT STOPS", "CERTAINTY", "ACCOUNTS", "NO OTHER TOKEN CAN"});
  for (const Stop& stop : radius.stops)
    stops.add({stop.words, std::string(verdict::to_text(stop.certainty)), std::to_string(stop.accounts),
               std::to_string(stop.without_other)});
  stops.print();
  if (radius.labels.empty()) return;
  fmt::print("\n");
  Table labels({"LABEL", "VALUE", "TOKENS"});
  for (const auto& [label, values] : radius.labels) {
    for (const auto& [value, tokens] : values) labels.add({label, value, std::to_string(tokens)});
  }
  labels.print();
}

int blast_radius(const Invocation& called, const Options& options) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  const Known known = known_of(*store, settings);
  const Target target = target_of(options, known);
  std::map<audit::TokenId, const audit::Token*> tokens;
  for (const auto& row : known.tokens) tokens.emplace(row.token.id, &row.token);
  std::vector<verdict::KnownPair> pairs;
  for (const auto& state : known.probes) {
    if (const auto token = tokens.find(state.probe.token); token != tokens.end())
      pairs.push_back({token->second, &state});
  }
  const BlastRadius radius = verdict::blast_radius_of(pairs, target);
  if (called.json)
    print_as_json(target, radius);
  else
    print_as_text(target, radius);
  return kExitOk;
}

}  // namespace

void add_blast_radius(CLI::App& app, Invocation& invocation) {
  CLI::App* verb =
      app.add_subcommand("blast-radius", "What would stop, and for whom, if a token, an app or an ad account went");
  auto options = std::make_shared<Options>();
  verb->add_option("NAME", options->any, "A token, an app or an ad account");
  verb->add_option("--token", options->token, "This token");
  verb->add_option("--app", options->app, "This app, with all its tokens");
  verb->add_option("--account", options->account, "This ad account");
  verb->footer("Example: adsauditd blast-radius brand-a");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return blast_radius(called, *options); };
  });
}

}  // namespace app
