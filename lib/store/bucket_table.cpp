#include "store/bucket_table.h"

namespace store {
namespace {

constexpr const char* kSelect =
    "SELECT name, calls, full_at, reserve_full_at, parked_until, remaining, reset, yielding_until FROM buckets ";

BucketRow read_bucket(const Statement& row) {
  BucketRow bucket;
  bucket.name = row.text(0);
  bucket.state = {static_cast<int>(row.number(1)), row.time(2), row.time(3), row.time(4),
                  static_cast<int>(row.number(5)), row.time(6), row.time(7)};
  return bucket;
}

}  // namespace

BucketTable::BucketTable(Database& database)
    : database_(database),
      upsert_(database,
              "INSERT OR REPLACE INTO buckets (name, calls, full_at, reserve_full_at, parked_until, remaining, reset, "
              "yielding_until) VALUES (?,?,?,?,?,?,?,?)"),
      forget_(database, "DELETE FROM buckets WHERE name = ?") {}

void BucketTable::put(const BucketRow& bucket) {
  if (bucket.forgotten) {
    forget_.bind(bucket.name).run();
    return;
  }
  const auto& state = bucket.state;
  upsert_.bind(bucket.name).bind(state.limit).bind(state.full_at).bind(state.reserve_full_at);
  upsert_.bind(state.parked_until).bind(state.remaining).bind(state.reset).bind(state.yielding_until).run();
}

std::optional<BucketRow> BucketTable::find(const std::string& name) const {
  Statement row(database_, std::string(kSelect) + "WHERE name = ?");
  if (!row.bind(name).next()) return std::nullopt;
  return read_bucket(row);
}

void BucketTable::stream(const std::function<void(BucketRow bucket)>& take) const {
  Statement rows(database_, std::string(kSelect) + "ORDER BY name");
  while (rows.next()) take(read_bucket(rows));
}

}  // namespace store
