#include "service/housekeeper.h"

#include <doctest/doctest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

namespace {

using namespace std::chrono_literals;

const base::Instant kNoon = base::from_epoch_ms(1'795'435'200'123);
constexpr service::Housekeeper::Pace kHaste{.first = 1ms, .every = 1h, .between_steps = 1ms, .while_busy = 1ms};

struct LaterClock final : base::Clock {
  base::Moment now() const override { return {kNoon + 500 * 24h, kNoon}; }
};

/// A store with alerts that were delivered long ago, and a housekeeper in haste.
struct House {
  House() : log("test", std::make_shared<spdlog::sinks::ostream_sink_st>(said)) {
    store::Batch batch;
    for (std::uint64_t sequence = 1; sequence <= 120; ++sequence) {
      alert::Record record;
      record.id = alert::AlertId::make(kNoon, random);
      record.sequence = sequence;
      record.at = kNoon;
      record.kind = "opened";
      batch.alerts.push_back(record);
    }
    store->commit(batch);
  }
  /// Until the log says something, or time is up.
  void keep_house(const std::function<bool()>& may_write) {
    service::StoreThread thread(io, *store, [](std::exception_ptr) { FAIL("a job failed"); });
    service::Housekeeper housekeeper(io, thread, {}, clock, log, may_write, kHaste);
    housekeeper.start();
    for (int turn = 0; turn < 2000 && said.str().empty(); ++turn) io.run_one_for(5ms);
    housekeeper.stop();
    io.run();
  }

  boost::asio::io_context io;
  LaterClock clock;
  base::SeededRandom random{7};
  std::unique_ptr<store::Store> store = store::open_sqlite({.path = ":memory:"}, random, kNoon);
  std::ostringstream said;
  spdlog::logger log;
};

}  // namespace

TEST_CASE("housekeeper: step by step all that is over goes, and is told once") {
  House house;
  house.keep_house([] { return true; });
  CHECK(house.store->alerts({}).empty());
  CHECK(house.said.str().find("pruned changes=0 observations=0 incidents=0 alerts=120") != std::string::npos);
}

TEST_CASE("housekeeper: it waits while the store has something better to do") {
  House house;
  int asked = 0;
  house.keep_house([&] { return ++asked > 5; });
  CHECK(asked > 5);
  CHECK(house.store->alerts({}).empty());
}
