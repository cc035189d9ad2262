#pragma once

#include <functional>

#include "store/sqlite.h"

namespace store {

/// What each destination knows of each incident. Everything that writes requires a transaction.
class TellingTable {
 public:
  explicit TellingTable(Database& database);

  /// Adds or replaces; takes away one that is over. Its incident must be there.
  void put(const alert::Telling& telling);
  /// By incident, the earliest opened first.
  void stream(const std::function<void(alert::Telling telling)>& take) const;

 private:
  Database& database_;
  Statement upsert_;
  Statement erase_;
};

}  // namespace store
