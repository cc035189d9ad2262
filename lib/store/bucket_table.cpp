#include "store/bucket_table.h"

namespace store {

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

void BucketTable::stream(const std::function<void(BucketRow bucket)>& take) const {
  Statement rows(database_,
                 "SELECT name, calls, full_at, reserve_full_at, parked_until, remaining, reset, yielding_until "
                 "FROM buckets ORDER BY name");
  while (rows.next()) {
    BucketRow bucket;
    bucket.name = rows.text(0);
    bucket.state = {static_cast<int>(rows.number(1)), rows.time(2), rows.time(3), rows.time(4),
                    static_cast<int>(rows.number(5)), rows.time(6), rows.time(7)};
    take(std::move(bucket));
  }
}

}  // namespace store
