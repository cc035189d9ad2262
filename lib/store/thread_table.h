#pragma once

#include <string>
#include <vector>

#include "store/sqlite.h"

namespace store {

/// By which receipts receivers know the first messages of incidents. A receipt is kept as long as something may lean on
/// it: while the incident is told to this destination, and until the last message of the thread has gone out.
/// Everything that writes requires a transaction.
class ThreadTable {
 public:
  explicit ThreadTable(Database& database);

  /// Adds or replaces.
  void put(const alert::Thread& thread);
  /// Forgets the receipt if nothing can need it any more. Requires that the tellings and the deliveries are as they are
  /// from now on. The telling of an incident whose id was made at another time than it was opened is not found, and
  /// does not keep it.
  void forget_unless_needed(const std::string& destination, const std::string& thread);
  /// By destination and thread.
  std::vector<alert::Thread> all() const;

 private:
  Database& database_;
  Statement upsert_;
  Statement erase_;
};

}  // namespace store
