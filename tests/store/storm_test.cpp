#include <doctest/doctest.h>

#include <chrono>
#include <ctime>

#include "samples.h"
#include "temporary_directory.h"

namespace {

/// As many tokens revoked at once, told to a webhook one by one.
store::Batch storm(std::uint64_t tokens) {
  store::Batch batch;
  const std::string body(1'200, 'x');  // a webhook's usual size
  for (std::uint64_t number = 1; number <= tokens; ++number) {
    batch.incidents.push_back(samples::incident({}, "acc" + std::to_string(number)));
    const auto& incident = batch.incidents.back();
    batch.bodies.push_back({samples::make_id<alert::AlertId>(), alert::Channel::kWebhook, "", body});
    batch.alerts.push_back(samples::record(batch.bodies.back(), number, {incident.id}));
    batch.deliveries.push_back(samples::delivery(batch.bodies.back(), number, "siem"));
    batch.tellings.push_back(samples::telling(incident, "siem"));
  }
  return batch;
}

void commit_storm(std::uint64_t tokens) {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  const auto batch = storm(tokens);
  const auto start = std::chrono::steady_clock::now();
  const auto start_of_work = std::clock();
  store.commit(batch);
  const auto worked = 1'000 * (std::clock() - start_of_work) / CLOCKS_PER_SEC;
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  MESSAGE(tokens << " of each committed in " << took.count() << " ms, " << worked << " ms of them at work");
  CHECK(store.delivery_counts().pending == tokens);
  CHECK(samples::Loaded(store).tellings.size() == tokens);
  CHECK(store.alerts({.limit = 1}).at(0).record == batch.alerts.back());
}

}  // namespace

TEST_CASE("storm: ten thousand incidents and all that is told of them are one transaction") { commit_storm(10'000); }

// Too long for every run; by hand: store_tests --no-skip -tc="storm*"
TEST_CASE("storm: a hundred thousand incidents and all that is told of them are one transaction" * doctest::skip()) {
  commit_storm(100'000);
}
