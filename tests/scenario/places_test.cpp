// No pair is lost or doubled, whatever becomes of its questions.
#include <doctest/doctest.h>

#include <memory>

#include "service/engine.h"
#include "store/store.h"

using namespace std::chrono_literals;

namespace {

constexpr base::Instant kStart = base::from_epoch_ms(1'790'000'000'000);

/// An engine whose questions are answered, given up or left open at random.
struct Storm {
  Storm() : clock(kStart) {
    store = store::open_sqlite(
        {.path = ":memory:", .key = base::Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")}, random, kStart);
    options.intervals.normal = 30s;
    options.max_in_flight = 20;
    start();
  }
  void start() {
    open.clear();
    engine =
        std::make_unique<service::Engine>(options, service::Announcer({destinations, routes, windows}, random), random);
    revision = engine->restore(*store, {"agency"}, clock.now());
    store->commit(engine->take_batch());
  }
  void put(int number, int accounts) {
    std::vector<store::StoredToken> tokens(1);
    tokens[0].token.id = audit::TokenId::make(clock.now().utc, random);
    tokens[0].token.name = "token" + std::to_string(number);
    tokens[0].token.app = "agency";
    for (int account = 0; account < accounts; ++account)
      tokens[0].accounts.push_back("acc" + std::to_string((number + account) % 40));
    tokens[0].secrets = {base::Secret("token"), base::Secret(std::to_string(random.next_u64()))};
    store->put_tokens(tokens, {verdict::ChangeId::make(clock.now().utc, random)}, clock.now().utc);
    take_news();
  }
  void remove(int number) {
    store->remove_token("token" + std::to_string(number), verdict::ChangeId::make(clock.now().utc, random),
                        clock.now().utc);
    take_news();
  }
  void take_news() {
    const auto news = store->tokens_since(revision);
    revision = news.revision;
    engine->take_news(news.tokens, *store->opener(), clock.now());
    store->commit(engine->take_batch());
  }
  xads::Observation any_answer() {
    switch (random.next_u64() % 8) {
      case 0:
        return {xads::Denied{xads::Denial::kAccountNotFound}, {404, "NOT_FOUND"}, {}, {}};
      case 1:
        return {xads::Denied{xads::Denial::kTokenInvalid}, {401, "89"}, {}, {}};
      case 2:
        return {xads::Throttled{}, {429, ""}, {}, {}};
      case 3:
        return {xads::Unavailable{"deadline", {}}, {}, {}, {}};
      default:
        return {xads::Granted{"77", xads::Permissions::from_texts({"AD_MANAGER"})}, {200, ""}, {}, {}};
    }
  }
  void end(const service::Work& work) {
    const auto* audit = std::get_if<service::AuditWork>(&work);
    const auto* identity = std::get_if<service::IdentityWork>(&work);
    if (!engine->current(service::asked_of(work)) || random.next_u64() % 5 == 0) {
      engine->abandon(work, clock.now());
    } else if (audit != nullptr) {
      engine->finish(*audit, any_answer(), clock.now());
    } else if (identity != nullptr) {
      engine->finish(*identity, xads::IdentityAnswer::kNoStatement, clock.now());
    }
    store->commit(engine->take_batch());
  }

  base::ManualClock clock;
  base::SeededRandom random{17};
  service::AuditOptions options;
  std::vector<alert::Destination> destinations;
  std::vector<alert::Route> routes;
  std::vector<alert::MaintenanceWindow> windows;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<service::Engine> engine;
  std::uint64_t revision = 0;
  std::vector<service::Work> open;
};

}  // namespace

TEST_CASE("places: every pair is waiting, running or parked, through any weather") {
  Storm storm;
  for (int number = 0; number < 10; ++number) storm.put(number, 5);
  for (int step = 0; step < 20'000; ++step) {
    const auto dice = storm.random.next_u64() % 1000;
    if (dice < 2) {
      storm.put(static_cast<int>(storm.random.next_u64() % 10), static_cast<int>(storm.random.next_u64() % 8) + 1);
    } else if (dice < 4) {
      storm.remove(static_cast<int>(storm.random.next_u64() % 10));
    } else if (dice < 5) {
      storm.start();
    } else if (dice < 500) {
      if (auto work = storm.engine->take_work(storm.clock.now())) storm.open.push_back(std::move(*work));
    } else if (dice < 900 && !storm.open.empty()) {
      const auto which = storm.random.next_u64() % storm.open.size();
      const service::Work work = storm.open[which];
      storm.open.erase(storm.open.begin() + static_cast<std::ptrdiff_t>(which));
      storm.end(work);
    } else {
      storm.clock.advance(base::Duration(storm.random.next_u64() % 3000));
    }
    const auto counts = storm.engine->pair_counts();
    REQUIRE(counts.waiting + counts.running + counts.parked == storm.engine->roster().live_pairs());
    REQUIRE(counts.running <= storm.open.size());
    REQUIRE(storm.open.size() <= 2 * storm.options.max_in_flight);
  }
  for (const auto& work : std::exchange(storm.open, {})) storm.end(work);
  CHECK(storm.engine->pair_counts().running == 0);
}
