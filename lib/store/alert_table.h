#pragma once

#include <vector>

#include "store/sqlite.h"

namespace store {

/// The history of alerts, without their ways to the destinations. Everything that writes requires a transaction.
class AlertTable {
 public:
  explicit AlertTable(Database& database);

  /// Requires an id and a sequence that are not there yet.
  void add(const alert::Record& record);
  /// The latest first. Their incidents are in the order of their ids.
  std::vector<alert::Record> read(const AlertQuery& query) const;

 private:
  void read_members(alert::Record& record) const;

  Database& database_;
  Statement insert_;
  Statement insert_member_;
};

}  // namespace store
