#pragma once

#include <functional>

#include "store/batch.h"
#include "store/sqlite.h"

namespace store {

/// Rate-limit buckets. Writing requires a transaction.
class BucketTable {
 public:
  explicit BucketTable(Database& database);

  /// Adds, replaces or forgets.
  void put(const BucketRow& bucket);
  /// By name.
  void stream(const std::function<void(BucketRow bucket)>& take) const;

 private:
  Database& database_;
  Statement upsert_;
  Statement forget_;
};

}  // namespace store
