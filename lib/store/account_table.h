#pragma once

#include <functional>
#include <optional>
#include <string>

#include "store/batch.h"
#include "store/sqlite.h"

namespace store {

/// What is known of ad accounts. Writing requires a transaction.
class AccountTable {
 public:
  explicit AccountTable(Database& database);

  /// Adds or replaces.
  void put(const AccountFacts& facts);
  std::optional<AccountFacts> find(const std::string& id) const;
  /// By id.
  void stream(const std::function<void(AccountFacts facts)>& take) const;

 private:
  Database& database_;
  Statement upsert_;
};

}  // namespace store
