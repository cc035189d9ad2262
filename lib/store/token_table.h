#pragma once

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

  /// Live tokens by name; with secrets when there is a seal to open them. Throws UnusableStore when one does not open.
  std::vector<StoredToken> read(const Seal* seal) const;
  /// The tokens of all probes and open incidents, live or removed.
  std::vector<audit::Token> read_referenced() const;

  /// Adds or replaces; the change to log, if there is news.
  std::optional<verdict::Change> put(const StoredToken& token, const Seal& seal, base::Random& random,
                                     base::Instant now);
  /// The change to log, or nothing when there is no live token of this name.
  std::optional<verdict::Change> remove(const std::string& name, base::Instant now);
  /// What was learnt of a known token: user and labels.
  void update_facts(const audit::Token& token);

 private:
  /// A live row beside what it is compared with.
  struct Known {
    StoredToken stored;
    std::string fingerprint;
  };
  std::optional<Known> find(const std::string& name) const;

  Database& database_;
  Statement upsert_;
  Statement update_facts_;
  Statement remove_;
};

}  // namespace store
