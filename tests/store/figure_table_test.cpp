#include "store/figure_table.h"

#include <doctest/doctest.h>

#include "samples.h"

using namespace std::chrono_literals;

TEST_CASE("figures: a gauge is replaced by the next one of its name") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  batch.gauges = {{"pairs_waiting", 3}, {"lateness_p99_ms", -1}};
  store.commit(batch);
  batch.gauges = {{"pairs_waiting", std::int64_t{1} << 40}};
  store.commit(batch);
  CHECK(store.gauges() == std::vector<store::Gauge>{{"lateness_p99_ms", -1}, {"pairs_waiting", std::int64_t{1} << 40}});
}

TEST_CASE("figures: an hour keeps the worst of what was written in it, and counts audits over restarts") {
  auto store = samples::open_in_memory();
  const auto hour =
      std::chrono::time_point_cast<base::Duration>(std::chrono::floor<std::chrono::hours>(samples::kNoon));
  const auto write = [&](base::Instant at, std::int64_t left, std::int64_t lateness, std::int64_t audits) {
    store::Batch batch;
    batch.gauges = {{"written_at_ms", base::to_epoch_ms(at)},
                    {"least_left_permille", left},
                    {"lateness_p99_ms", lateness},
                    {"audits_total", audits}};
    store.commit(batch);
  };
  write(hour, 900, 5, 10);
  write(hour + 2min, 300, 7, 15);
  write(hour + 4min, 950, 1, 4);  // another process
  write(hour + 1h, 1000, 0, 6);
  CHECK(store.hours(hour - 1h, hour + 1h) == std::vector<store::HourRow>{{hour, 3, 300, 7ms, 19}});
  CHECK(store.hours(hour, hour + 2h).size() == 2);
  CHECK(store.hours(hour + 1h, hour + 2h)[0].audits == 2);
  store::Batch without;
  without.gauges = {{"pairs_waiting", 3}};
  store.commit(without);
  CHECK(store.hours(hour - 24h, hour + 24h).size() == 2);
}
