#include "token_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "base/clock.h"
#include "base/text.h"
#include "token_warnings.h"

namespace app {
namespace {

constexpr const char* kInSettings =
    "it comes from the settings, which would bring the old one back at the next start; put the new secrets where the "
    "settings take them from, or take it out of the settings first";

void print_some(const std::vector<std::string>& complaints) {
  constexpr std::size_t kShown = 50;
  for (std::size_t i = 0; i < std::min(complaints.size(), kShown); ++i) fmt::print(stderr, "{}\n", complaints[i]);
  if (complaints.size() > kShown) fmt::print(stderr, "and {} more\n", complaints.size() - kShown);
}

void check(const std::vector<NewToken>& tokens, const settings::Settings& settings, Progress& progress) {
  std::vector<std::string> complaints;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const NewToken& token = tokens[i];
    progress.show_share("checking", i, tokens.size());
    for (auto& complaint : complaints_about(token, settings.apps)) complaints.push_back(std::move(complaint));
    if (is_in_settings(settings, token.name))
      complaints.push_back(fmt::format("token {}: {}", token.name, kInSettings));
  }
  if (complaints.empty()) return;
  progress.end();
  refuse_tokens(complaints);
}

/// `store`: nullptr when there is none yet. Tokens of the settings that no start has stored yet count as well.
void warn(const std::vector<store::StoredToken>& fresh, const settings::Settings& settings, store::Store* store) {
  std::vector<store::TokenRow> known;
  if (store != nullptr) known = store->tokens();
  std::set<std::string> names;
  for (const auto& row : known) names.insert(row.token.name);
  for (const auto& token : settings.tokens) {
    if (!names.contains(token.token.name))
      known.push_back({.token = token.token, .claimed_user = xads::claimed_user(token.secrets)});
  }
  const auto opener = store != nullptr ? store->opener() : nullptr;
  auto warnings = warnings_about(fresh, known, settings.apps, opener.get());
  for (auto& warning : warnings) warning = "warning: " + base::clean_text(warning);
  print_some(warnings);
}

bool is_unchanged(const store::TokenRow& row, const NewToken& token, const store::Opener& opener) {
  if (row.token.app != token.app || audit::to_text(row.token.kind) != token.kind || row.token.labels != token.labels ||
      row.accounts != token.accounts)
    return false;
  xads::AccessToken stored;
  try {
    stored = opener.open(row.token.id, row.token.name, row.sealed);
  } catch (const store::UnusableStore&) {  // damaged: what is given now takes its place
    return false;
  }
  const auto there = xads::reveal(stored);
  const auto given = xads::reveal(token.secrets);
  return there.token == given.token && there.secret == given.secret && row.source == store::TokenSource::kCommandLine;
}

/// How each token stands to those that are there.
class Sorter {
 public:
  explicit Sorter(store::Store* store) {
    if (store == nullptr) return;
    for (auto& row : store->tokens()) {
      const std::string name = row.token.name;
      known_.emplace(name, std::move(row));
    }
    if (!known_.empty()) opener_ = store->opener();
  }
  void add(const NewToken& token) {
    const auto row = known_.find(token.name);
    if (row == known_.end())
      sorted.added.push_back(token.name);
    else
      (is_unchanged(row->second, token, *opener_) ? sorted.unchanged : sorted.replaced).push_back(token.name);
  }

  Stored sorted;

 private:
  std::map<std::string, store::TokenRow> known_;
  std::shared_ptr<const store::Opener> opener_;
};

}  // namespace

bool is_in_settings(const settings::Settings& settings, const std::string& name) {
  return std::any_of(settings.tokens.begin(), settings.tokens.end(),
                     [&](const settings::Token& token) { return token.token.name == name; });
}

void refuse_tokens(const std::vector<std::string>& complaints) {
  print_some(complaints);
  throw CommandError(kExitUsage, "nothing was stored");
}

Stored store_tokens(const settings::Settings& settings, std::vector<NewToken> tokens, bool dry_run,
                    Progress& progress) {
  check(tokens, settings, progress);
  base::SystemRandom random;
  const base::Instant now = base::SystemClock().now().utc;
  const bool reads = !dry_run || has_database(settings);
  const auto store = reads ? open_store(settings, random, !dry_run) : nullptr;
  Sorter sorter(store.get());
  std::vector<store::StoredToken> stored;
  std::vector<verdict::ChangeId> change_ids;
  for (auto& token : tokens) {
    sorter.add(token);
    stored.push_back(to_stored(std::move(token), random, now));
    change_ids.push_back(verdict::ChangeId::make(now, random));
    progress.show_share("looking for others like them", stored.size(), tokens.size());
  }
  progress.end();
  warn(stored, settings, store.get());
  if (!dry_run)
    store->put_tokens(stored, change_ids, now,
                      [&](std::size_t done) { progress.show_share("storing", done, stored.size()); });
  progress.end();
  return std::move(sorter.sorted);
}

store::TokenRow require_own_token(store::Store& store, const settings::Settings& settings, const std::string& name) {
  for (auto& row : store.tokens()) {
    if (row.token.name != name) continue;
    if (row.source == store::TokenSource::kSettings || is_in_settings(settings, name))
      throw CommandError(kExitUsage, fmt::format("token {}: {}", name, kInSettings));
    return std::move(row);
  }
  if (is_in_settings(settings, name)) throw CommandError(kExitUsage, fmt::format("token {}: {}", name, kInSettings));
  throw CommandError(kExitNotFound,
                     fmt::format("there is no token \"{}\"; see adsauditd token list", base::clean_text(name)));
}

void replace_secrets(store::Store& store, const store::TokenRow& row, xads::AccessToken secrets,
                     const std::string& user_id, base::Random& random) {
  auto tokens = store.tokens();
  const auto now_there = std::find_if(tokens.begin(), tokens.end(),
                                      [&](const store::TokenRow& other) { return other.token.id == row.token.id; });
  if (now_there == tokens.end())
    throw CommandError(kExitNotFound,
                       fmt::format("token {} was removed meanwhile; nothing was stored", row.token.name));
  const base::Instant now = base::SystemClock().now().utc;
  std::vector<store::StoredToken> stored(1);
  stored.front() = {.token = now_there->token,
                    .source = now_there->source,
                    .accounts = now_there->accounts,
                    .added_at = now_there->added_at,
                    .secrets = std::move(secrets)};
  if (!user_id.empty()) stored.front().token.user_id = user_id;
  store.put_tokens(stored, {verdict::ChangeId::make(now, random)}, now);
}

const service::App& require_app(const settings::Settings& settings, const std::string& name) {
  std::vector<std::string_view> names;
  for (const auto& app : settings.apps) {
    if (app.name == name) return app;
    names.push_back(app.name);
  }
  throw CommandError(
      kExitUsage, fmt::format("the settings have no app {}{}", base::in_quotes(name), base::advice_for(name, names)));
}

const std::string& known_user(const store::TokenRow& row) {
  return row.token.user_id.empty() ? row.claimed_user : row.token.user_id;
}

}  // namespace app
