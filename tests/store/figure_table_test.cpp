#include "store/figure_table.h"

#include <doctest/doctest.h>

#include "samples.h"

TEST_CASE("figures: a gauge is replaced by the next one of its name") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  batch.gauges = {{"pairs_waiting", 3}, {"lateness_p99_ms", -1}};
  store.commit(batch);
  batch.gauges = {{"pairs_waiting", std::int64_t{1} << 40}};
  store.commit(batch);
  CHECK(store.gauges() == std::vector<store::Gauge>{{"lateness_p99_ms", -1}, {"pairs_waiting", std::int64_t{1} << 40}});
}
