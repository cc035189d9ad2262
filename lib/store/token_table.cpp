#include "store/token_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ensure.h"
#include "base/text.h"
#include "store/row_text.h"

namespace store {
namespace {

constexpr std::string_view kSelect =
    "SELECT id, name, source, app, kind, user_id, labels, accounts, added_at, sealed_token, sealed_secret, "
    "fingerprint FROM tokens WHERE ";
constexpr std::string_view kLive = "removed_at IS NULL ";

constexpr std::string_view kTable = "tokens";
constexpr std::string_view kTokenColumn = "sealed_token";
constexpr std::string_view kSecretColumn = "sealed_secret";

std::string_view to_text(TokenSource source) {
  switch (source) {
    case TokenSource::kSettings:
      return "settings";
    case TokenSource::kCommandLine:
      return "command_line";
  }
  base::broken_promise("a token source is one of its enumerators", __FILE__, __LINE__);
}

StoredToken read_token(const Statement& row) {
  StoredToken stored;
  stored.token.id = row.id<audit::TokenId>(0);
  stored.token.name = row.text(1);
  stored.source = row.text(2) == to_text(TokenSource::kSettings) ? TokenSource::kSettings : TokenSource::kCommandLine;
  stored.token.app = row.text(3);
  stored.token.kind = row.read_back(audit::token_kind_from_text(row.text(4)), row.text(4));
  stored.token.user_id = row.text(5);
  stored.token.labels = row.read_back(labels_from_json(row.text(6)));
  stored.accounts = row.read_back(texts_from_json(row.text(7)));
  stored.added_at = row.time(8);
  return stored;
}

base::Secret open_secret(const Database& database, const Seal& seal, const StoredToken& stored, std::string_view column,
                         const std::string& sealed) {
  auto secret = seal.open(sealed, {kTable, stored.token.id.text(), column});
  if (!secret)
    throw UnusableStore(
        fmt::format("{}: the secret of token {} cannot be opened: {}; give the key that sealed it, or "
                    "add the token again",
                    database.path(), stored.token.name, secret.error()));
  return std::move(secret).value();
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

/// For the change log, without a secret.
std::string description_of(const StoredToken& stored) {
  std::vector<std::string> parts{fmt::format("{} of app {}", audit::to_text(stored.token.kind), stored.token.app)};
  parts.push_back(stored.accounts.empty() ? "accounts discovered"
                                          : "accounts " + base::join(sorted(stored.accounts), " "));
  for (const auto& [name, value] : stored.token.labels) parts.push_back(name + "=" + value);
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
              "INSERT INTO tokens (id, name, source, app, kind, user_id, labels, accounts, added_at, sealed_token, "
              "sealed_secret, fingerprint) VALUES (?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET "
              "source = excluded.source, app = excluded.app, kind = excluded.kind, user_id = excluded.user_id, "
              "labels = excluded.labels, accounts = excluded.accounts, sealed_token = excluded.sealed_token, "
              "sealed_secret = excluded.sealed_secret, fingerprint = excluded.fingerprint"),
      update_facts_(database, "UPDATE tokens SET user_id = ?, labels = ? WHERE id = ?"),
      remove_(database,
              "UPDATE tokens SET removed_at = ?, sealed_token = NULL, sealed_secret = NULL, fingerprint = NULL "
              "WHERE id = ?") {}

std::vector<StoredToken> TokenTable::read(const Seal* seal) const {
  Statement rows(database_, std::string(kSelect).append(kLive) + "ORDER BY name");
  std::vector<StoredToken> tokens;
  while (rows.next()) {
    auto stored = read_token(rows);
    if (seal != nullptr) {
      stored.secrets.token = open_secret(database_, *seal, stored, kTokenColumn, rows.bytes(9));
      stored.secrets.secret = open_secret(database_, *seal, stored, kSecretColumn, rows.bytes(10));
    }
    tokens.push_back(std::move(stored));
  }
  return tokens;
}

std::vector<audit::Token> TokenTable::read_referenced() const {
  Statement rows(database_, std::string(kSelect) +
                                "id IN (SELECT token FROM probes WHERE ended = 0 UNION "
                                "SELECT token FROM incidents WHERE resolved_at IS NULL AND token IS NOT NULL)");
  std::vector<audit::Token> tokens;
  while (rows.next()) tokens.push_back(read_token(rows).token);
  return tokens;
}

std::optional<TokenTable::Known> TokenTable::find(const std::string& name) const {
  Statement row(database_, std::string(kSelect).append(kLive) + "AND name = ?");
  if (!row.bind(name).next()) return std::nullopt;
  return Known{read_token(row), row.bytes(11)};
}

std::optional<verdict::Change> TokenTable::put(const StoredToken& token, const Seal& seal, base::Random& random,
                                               base::Instant now) {
  const auto fingerprint = seal.fingerprint({token.secrets.token.reveal(), token.secrets.secret.reveal()});
  const auto known = find(token.token.name);
  const auto* old = known ? &known->stored : nullptr;
  const bool new_secrets = !known || known->fingerprint != fingerprint;
  const bool news = new_secrets || old->token.app != token.token.app || old->token.kind != token.token.kind ||
                    old->token.labels != token.token.labels || sorted(old->accounts) != sorted(token.accounts);
  auto user_id = token.token.user_id;
  if (user_id.empty() && old != nullptr) user_id = old->token.user_id;
  if (!news && old->source == token.source && old->token.user_id == user_id) return std::nullopt;

  const auto id = old != nullptr ? old->token.id.text() : token.token.id.text();
  const auto added_at = old != nullptr ? old->added_at : token.added_at;
  upsert_.bind(id).bind(token.token.name).bind(to_text(token.source)).bind(token.token.app);
  upsert_.bind(audit::to_text(token.token.kind)).bind(user_id).bind(labels_to_json(token.token.labels));
  upsert_.bind(texts_to_json(token.accounts)).bind(added_at);
  upsert_.bind_bytes(seal.seal(token.secrets.token.reveal(), {kTable, id, kTokenColumn}, random));
  upsert_.bind_bytes(seal.seal(token.secrets.secret.reveal(), {kTable, id, kSecretColumn}, random));
  upsert_.bind_bytes(fingerprint).run();

  if (!news) return std::nullopt;
  auto change = news_about(token.token.name, old != nullptr ? "token_replaced" : "token_added", now);
  if (old != nullptr) change.before = description_of(*old);
  change.after = description_of(token) + (old != nullptr && new_secrets ? ", new secrets" : "");
  return change;
}

std::optional<verdict::Change> TokenTable::remove(const std::string& name, base::Instant now) {
  const auto known = find(name);
  if (!known) return std::nullopt;
  remove_.bind(now).bind(known->stored.token.id).run();
  auto change = news_about(name, "token_removed", now);
  change.before = description_of(known->stored);
  return change;
}

void TokenTable::update_facts(const audit::Token& token) {
  update_facts_.bind(token.user_id).bind(labels_to_json(token.labels)).bind(token.id).run();
}

}  // namespace store
