#include "store/bucket_table.h"

#include <doctest/doctest.h>

#include "samples.h"
#include "temporary_directory.h"

namespace {

using samples::kNoon;

store::BucketRow bucket(const std::string& name) {
  using namespace std::chrono_literals;
  return {name, {2000, kNoon, kNoon + 1s, kNoon + 2s, 17, kNoon + 3s, kNoon + 4s}};
}

}  // namespace

TEST_CASE("buckets: they come back after a restart by name, the latest word of each") {
  const TemporaryDirectory directory;
  store::Batch batch;
  batch.buckets = {bucket("token/t/accounts"), bucket("account/acc1/access")};
  {
    auto store = samples::open(directory / "store.db");
    store.commit(batch);
    batch.buckets[1].state.limit = 1500;
    batch.buckets[1].state.remaining = -1;
    store.commit(batch);
  }
  auto store = samples::open(directory / "store.db");
  const std::vector expected{batch.buckets[1], batch.buckets[0]};
  CHECK(samples::Loaded(store).buckets == expected);
  CHECK(store.buckets() == expected);
}

TEST_CASE("buckets: a forgotten one is gone, and one that was never there may be forgotten") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  batch.buckets = {bucket("a"), bucket("b")};
  store.commit(batch);
  batch.buckets[0].forgotten = true;
  batch.buckets[1].name = "c";
  batch.buckets[1].forgotten = true;
  store.commit(batch);
  CHECK(store.buckets() == std::vector{bucket("b")});
}
