#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "base/clock.h"
#include "base/text.h"
#include "context.h"
#include "token_store.h"
#include "tokens.h"

namespace app {
namespace {

/// What is held of a token now.
struct Standing {
  std::vector<verdict::Incident> incidents;  ///< open ones of the token, of one of its accounts, or of its app
  std::size_t asked = 0;                     ///< accounts of which something certain is known
  std::size_t granted = 0;                   ///< of those
  std::size_t accounts = 0;
};

bool is_granted(const verdict::ProbeState& state) {
  return state.baseline.run && std::holds_alternative<xads::Granted>(state.baseline.run->answer);
}

std::map<audit::TokenId, Standing> standings_of(store::Store& store, const std::vector<store::TokenRow>& tokens) {
  std::map<audit::TokenId, Standing> standings;
  for (const auto& state : store.probes()) {
    Standing& standing = standings[state.probe.token];
    ++standing.accounts;
    standing.asked += state.baseline.run ? 1 : 0;
    standing.granted += is_granted(state) ? 1 : 0;
  }
  constexpr int kMany = 100'000;
  for (const auto& incident : store.incidents({.limit = kMany})) {
    const auto& key = incident.finding.key;
    if (!key.token.null()) standings[key.token].incidents.push_back(incident);
    if (verdict::scope_of(key.cause) != verdict::Scope::kApp) continue;
    for (const auto& row : tokens) {
      if (row.token.app == key.topic) standings[row.token.id].incidents.push_back(incident);
    }
  }
  return standings;
}

/// "fine", "not asked yet", or what is wrong: the causes, each once.
std::string verdict_of(const Standing& standing) {
  std::vector<std::string> causes;
  for (const auto& incident : standing.incidents) {
    std::string cause(verdict::to_text(incident.finding.key.cause));
    if (std::find(causes.begin(), causes.end(), cause) == causes.end()) causes.push_back(std::move(cause));
  }
  if (!causes.empty()) return base::join(causes, ", ");
  if (standing.asked == 0) return "not asked yet";
  return standing.granted == standing.asked ? "fine" : "refused";
}

std::string accounts_text(const store::TokenRow& row, const Standing& standing) {
  if (row.accounts.empty()) return fmt::format("{} (discovered)", standing.accounts);
  constexpr std::size_t kShown = 3;
  if (row.accounts.size() <= kShown) return base::join(row.accounts, " ");
  return fmt::format("{} and {} more", base::join({row.accounts.begin(), row.accounts.begin() + kShown}, " "),
                     row.accounts.size() - kShown);
}

void write_token(base::JsonWriter& writer, const store::TokenRow& row, const Standing& standing, base::Instant now) {
  writer.StartObject();
  member(writer, "id", std::string_view(row.token.id.text()));
  member(writer, "name", std::string_view(row.token.name));
  member(writer, "app", std::string_view(row.token.app));
  member(writer, "kind", audit::to_text(row.token.kind));
  member_or_null(writer, "user_id", known_user(row));
  member(writer, "user_pinned", !row.token.user_id.empty());
  member(writer, "accounts", row.accounts);
  member(writer, "discovered", row.accounts.empty());
  member(writer, "source", std::string_view(row.source == store::TokenSource::kSettings ? "settings" : "command_line"));
  member(writer, "added_at", row.added_at);
  member(writer, "age_ms", std::max(now - row.added_at, base::Duration(0)));
  member(writer, "verdict", std::string_view(verdict_of(standing)));
  member(writer, "accounts_granted", static_cast<std::uint64_t>(standing.granted));
  member(writer, "accounts_watched", static_cast<std::uint64_t>(standing.accounts));
  std::vector<std::string> incidents;
  for (const auto& incident : standing.incidents) incidents.push_back(incident.id.text());
  member(writer, "incidents", incidents);
  writer.Key("labels");
  writer.StartObject();
  for (const auto& [key, value] : row.token.labels) member(writer, key.c_str(), std::string_view(value));
  writer.EndObject();
  writer.EndObject();
}

int list(const Invocation& called) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  const auto tokens = store->tokens();
  auto standings = standings_of(*store, tokens);
  const base::Instant now = base::SystemClock().now().utc;
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      writer.Key("tokens");
      writer.StartArray();
      for (const auto& row : tokens) write_token(writer, row, standings[row.token.id], now);
      writer.EndArray();
      writer.EndObject();
    });
    return kExitOk;
  }
  Table table({"NAME", "APP", "KIND", "USER", "AGE", "FROM", "ACCOUNTS", "VERDICT"});
  for (const auto& row : tokens) {
    const Standing& standing = standings[row.token.id];
    table.add({row.token.name, row.token.app, std::string(audit::to_text(row.token.kind)),
               known_user(row).empty() ? "-" : known_user(row), base::to_rough_text(now - row.added_at),
               row.source == store::TokenSource::kSettings ? "settings" : "command line", accounts_text(row, standing),
               verdict_of(standing)});
  }
  table.print();
  return kExitOk;
}

}  // namespace

void add_token_list(CLI::App& token, Invocation& invocation) {
  CLI::App* verb = token.add_subcommand("list", "Show the tokens, how old they are and how they stand; never secrets");
  verb->footer("Example: adsauditd token list");
  verb->callback([&invocation] { invocation.verb = list; });
}

}  // namespace app
