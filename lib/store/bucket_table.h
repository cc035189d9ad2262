#pragma once

#include <functional>
#include <optional>
#include <string>

#include "store/batch.h"
#include "store/sqlite.h"

namespace store {

/// Rate-limit buckets. Writing requires a transaction.
class BucketTable {
 public:
  explicit BucketTable(Database& database);

  /// Adds, replaces or forgets.
  void put(const BucketRow& bucket);
  std::optional<BucketRow> find(const std::string& name) const;
  /// By name.
  void stream(const std::function<void(BucketRow bucket)>& take) const;

 private:
  Database& database_;
  Statement upsert_;
  Statement forget_;
};

}  // namespace store
