#include "store/token_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ensure.h"
#include "base/text.h"
#include "store/row_text.h"
#include "store/row_value.h"

namespace store {
namespace {

constexpr std::string_view kSelect =
    "SELECT number, id, name, source, app, kind, user_id, claimed_user, labels, accounts, added_at, removed_at, sealed "
    "FROM tokens WHERE ";
constexpr std::string_view kLive = "removed_at IS NULL ";
constexpr std::size_t kBetweenSteps = 500;  ///< tokens, some milliseconds

// The place in these lists is what is stored.
constexpr std::array kSources{TokenSource::kSettings, TokenSource::kCommandLine};
constexpr std::array kKinds{audit::TokenKind::kAdvertiser, audit::TokenKind::kDeveloper};

template <class Value, std::size_t count>
std::int64_t place_of(Value value, const std::array<Value, count>& values) {
  return std::ranges::find(values, value) - values.begin();
}

template <class Value, std::size_t count>
Value read_place(const Statement& row, int column, const std::array<Value, count>& values) {
  const auto place = row.number(column);
  const bool known = place >= 0 && place < std::ssize(values);
  return row.read_back(known ? std::optional(values[static_cast<std::size_t>(place)]) : std::nullopt,
                       std::to_string(place));
}

std::string select(std::string_view condition) { return std::string(kSelect).append(condition); }

TokenRow read_token(const Statement& row) {
  TokenRow token;
  token.token.id = row.id<audit::TokenId>(1);
  token.token.name = row.view(2);
  token.source = read_place(row, 3, kSources);
  token.token.app = row.view(4);
  token.token.kind = read_place(row, 5, kKinds);
  token.token.user_id = read_digits(row, 6);
  token.claimed_user = read_digits(row, 7);
  if (!row.view(8).empty()) token.token.labels = row.read_back(labels_from_text(row.view(8)));
  if (!row.view(9).empty()) token.accounts = row.read_back(accounts_from_text(row.view(9)));
  token.added_at = row.time(10);
  token.removed = !row.null(11);
  token.sealed = row.view(12);
  return token;
}

std::vector<TokenRow> read_all(Statement rows) {
  std::vector<TokenRow> tokens;
  while (rows.next()) tokens.push_back(read_token(rows));
  return tokens;
}

/// False also when `sealed` does not open: then it is time for new ones.
bool keeps_secrets(const Seal& seal, const TokenRow& old, const xads::AccessToken& secrets) {
  const auto known = open_secrets(seal, old.sealed, old.token.id);
  return known && same_secrets(known.value(), secrets);
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

/// Anything that belongs into the log, apart from the secrets?
bool differ(const TokenRow& old, const StoredToken& token) {
  return old.token.app != token.token.app || old.token.kind != token.token.kind ||
         old.token.labels != token.token.labels || sorted(old.accounts) != sorted(token.accounts);
}

/// For the change log, without a secret.
std::string description_of(const audit::Token& token, const std::vector<std::string>& accounts) {
  std::vector<std::string> parts{fmt::format("{} of app {}", audit::to_text(token.kind), token.app)};
  parts.push_back(accounts.empty() ? "accounts discovered" : "accounts " + base::join(sorted(accounts), " "));
  for (const auto& [name, value] : token.labels) parts.push_back(name + "=" + value);
  return base::join(parts, ", ");
}

verdict::Change news_about(const std::string& name, std::string_view kind, base::Instant now) {
  verdict::Change change;
  change.at = now;
  change.kind = kind;
  change.token = name;
  return change;
}

}  // namespace

TokenTable::TokenTable(Database& database)
    : database_(database),
      upsert_(database,
              "INSERT INTO tokens (id, name, source, app, kind, user_id, claimed_user, labels, accounts, added_at, "
              "revision, sealed) VALUES (?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET "
              "source = excluded.source, app = excluded.app, kind = excluded.kind, user_id = excluded.user_id, "
              "claimed_user = excluded.claimed_user, labels = excluded.labels, accounts = excluded.accounts, "
              "revision = excluded.revision, sealed = excluded.sealed"),
      update_facts_(database, "UPDATE tokens SET user_id = ?, labels = ? WHERE id = ?"),
      remove_(database, "UPDATE tokens SET removed_at = ?, revision = ?, sealed = NULL WHERE id = ?") {}

std::vector<TokenRow> TokenTable::read() const {
  return read_all(Statement(database_, select(kLive) + "ORDER BY name"));
}

std::optional<audit::Token> TokenTable::find(const audit::TokenId& id) const {
  Statement row(database_, select("id = ?"));
  if (!row.bind(id).next()) return std::nullopt;
  return read_token(row).token;
}

std::uint64_t TokenTable::count() const {
  return static_cast<std::uint64_t>(database_.number("SELECT count(*) FROM tokens WHERE removed_at IS NULL"));
}

std::vector<std::string> TokenTable::names(TokenSource source) const {
  Statement rows(database_, "SELECT name FROM tokens WHERE source = ? AND removed_at IS NULL ORDER BY name");
  rows.bind(place_of(source, kSources));
  std::vector<std::string> names;
  while (rows.next()) names.push_back(rows.text(0));
  return names;
}

std::vector<TokenRow> TokenTable::read_since(std::uint64_t revision) const {
  Statement rows(database_, select("revision > ? ORDER BY revision, number"));
  rows.bind(revision);
  return read_all(std::move(rows));
}

void TokenTable::stream(base::Instant resolved_since,
                        const std::function<void(std::int64_t number, TokenRow row)>& take) const {
  Statement rows(database_, select(kLive) +
                                "OR EXISTS (SELECT 1 FROM probes WHERE token = tokens.number AND ended = 0) "
                                "OR number IN (SELECT token FROM incidents WHERE resolved_at IS NULL "
                                "OR resolved_at >= ? OR (opened_at, id) IN (SELECT opened_at, incident FROM tellings)) "
                                "ORDER BY number");
  rows.bind(resolved_since);
  while (rows.next()) take(rows.number(0), read_token(rows));
}

std::uint64_t TokenTable::revision() const {
  return static_cast<std::uint64_t>(database_.number("SELECT coalesce(max(revision), 0) FROM tokens"));
}

std::vector<verdict::Change> TokenTable::put(const std::vector<StoredToken>& tokens,
                                             const std::vector<verdict::ChangeId>& change_ids, const Seal& seal,
                                             base::Random& random, base::Instant now,
                                             const std::function<void(std::size_t done)>& progress) {
  std::vector<verdict::Change> changes;
  const auto revision = this->revision() + 1;
  Statement find(database_, select(kLive) + "AND name = ?");
  for (std::size_t index = 0; index < tokens.size(); ++index) {
    const auto& token = tokens[index];
    if (progress && index % kBetweenSteps == 0) progress(index);
    const auto known =
        find.bind(token.token.name).next() ? std::optional<TokenRow>(read_token(find)) : std::optional<TokenRow>();
    find.leave();
    const auto* old = known ? &*known : nullptr;
    const bool new_secrets = old == nullptr || !keeps_secrets(seal, *old, token.secrets);
    const bool news = new_secrets || differ(*old, token);
    const bool same_user = old != nullptr && (token.token.user_id.empty() || token.token.user_id == old->token.user_id);
    if (!news && old->source == token.source && same_user) continue;
    const auto& id = old != nullptr ? old->token.id : token.token.id;
    write(token, old, new_secrets ? seal_secrets(seal, token.secrets, id, random) : old->sealed, revision);
    if (!news) continue;
    auto change = news_about(token.token.name, old != nullptr ? "token_replaced" : "token_added", now);
    change.id = change_ids[index];
    if (old != nullptr) change.before = description_of(old->token, old->accounts);
    change.after = description_of(token.token, token.accounts) + (old != nullptr && new_secrets ? ", new secrets" : "");
    changes.push_back(std::move(change));
  }
  return changes;
}

void TokenTable::write(const StoredToken& token, const TokenRow* old, const std::string& sealed,
                       std::uint64_t revision) {
  const bool keeps_user = token.token.user_id.empty() && old != nullptr;
  upsert_.bind(old != nullptr ? old->token.id : token.token.id).bind(token.token.name);
  upsert_.bind(place_of(token.source, kSources)).bind(token.token.app).bind(place_of(token.token.kind, kKinds));
  bind_digits(upsert_, keeps_user ? old->token.user_id : token.token.user_id);
  bind_digits(upsert_, xads::claimed_user(token.secrets));
  upsert_.bind(labels_to_text(token.token.labels)).bind(accounts_to_text(token.accounts));
  upsert_.bind(old != nullptr ? old->added_at : token.added_at).bind(revision).bind_bytes(sealed).run();
}

std::optional<verdict::Change> TokenTable::remove(const std::string& name, base::Instant now) {
  Statement find(database_, select(kLive) + "AND name = ?");
  if (!find.bind(name).next()) return std::nullopt;
  const auto known = read_token(find);
  find.leave();
  remove_.bind(now).bind(revision() + 1).bind(known.token.id).run();
  auto change = news_about(name, "token_removed", now);
  change.before = description_of(known.token, known.accounts);
  return change;
}

void TokenTable::update_facts(const audit::Token& token) {
  bind_digits(update_facts_, token.user_id);
  update_facts_.bind(labels_to_text(token.labels)).bind(token.id).run();
}

}  // namespace store
