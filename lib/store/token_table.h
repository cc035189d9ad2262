#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/change_log.h"
#include "store/seal.h"
#include "store/sqlite.h"

namespace store {

/// Access tokens with their sealed secrets. Everything that writes requires a transaction.
class TokenTable {
 public:
  explicit TokenTable(Database& database);

  /// Live tokens by name.
  std::vector<TokenRow> read() const;
  /// Also one that was removed.
  std::optional<audit::Token> find(const audit::TokenId& id) const;
  std::uint64_t count() const;  ///< live ones
  /// Names of the live ones of this source.
  std::vector<std::string> names(TokenSource source) const;
  /// Also those that were removed.
  std::vector<TokenRow> read_since(std::uint64_t revision) const;
  /// Live tokens, and removed ones that a live probe, an open incident or one that was resolved since then names, in
  /// the order of their numbers.
  void stream(base::Instant resolved_since, const std::function<void(std::int64_t number, TokenRow row)>& take) const;
  /// Of the latest token that was added, replaced or removed; 0 when there was none.
  std::uint64_t revision() const;

  /// Adds or replaces; the changes to log. An id of `change_ids` for each token. `progress` may be empty.
  std::vector<verdict::Change> put(const std::vector<StoredToken>& tokens,
                                   const std::vector<verdict::ChangeId>& change_ids, const Seal& seal,
                                   base::Random& random, base::Instant now,
                                   const std::function<void(std::size_t done)>& progress);
  /// The change to log, or nothing when there is no live token of this name.
  std::optional<verdict::Change> remove(const std::string& name, base::Instant now);
  /// What was learnt of a known token: user and labels.
  void update_facts(const audit::Token& token);

 private:
  void write(const StoredToken& token, const TokenRow* old, const std::string& sealed, std::uint64_t revision);

  Database& database_;
  Statement upsert_;
  Statement update_facts_;
  Statement remove_;
};

}  // namespace store
