#include <doctest/doctest.h>

#include <algorithm>

#include "base/json.h"
#include "service/loop_tools.h"

using namespace std::chrono_literals;

namespace {

/// "store.unwritable opened" for each message, in order.
std::vector<std::string> told(const Workshop& workshop) {
  std::vector<std::string> lines;
  for (const auto& request : workshop.sinks.sent) {
    const auto json = base::parse_json(request.body);
    REQUIRE(json);
    const auto* data = base::find_member(json.value(), "data");
    lines.push_back(std::string(base::text_of(base::find_member(json.value(), "type"))) + " " +
                    std::string(base::text_of(base::find_member(*data, "state"))));
  }
  return lines;
}
using Told = std::vector<std::string>;

/// A database that refuses so many commits, and people who hear of it at once.
void refuse(Workshop& workshop, int& refusals) {
  workshop.loop_options.pause_to_tell = 0ms;
  workshop.store = std::make_unique<FailingStore>(std::move(workshop.store), [&](const store::Batch&) {
    if (refusals-- > 0) throw store::FullStore("no room");
  });
}

}  // namespace

TEST_CASE("storage trouble: it is told from memory while it lasts, and the rest when it is over") {
  Workshop workshop(always(status(401, kRevoked)), always(status(204)));
  workshop.add_token("brand-a", {"aaa"});
  int refusals = 2;
  refuse(workshop, refusals);
  CHECK(workshop.make_loop()->run_once("", "", 20s) == 0);
  const auto lines = told(workshop);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "store.unwritable opened");
  CHECK(std::count(lines.begin(), lines.end(), "store.unwritable resolved") == 1);
  CHECK(std::count(lines.begin(), lines.end(), "token.revoked opened") == 1);
  CHECK(workshop.store->delivery_counts().delivered == 3);
  CHECK(workshop.store->delivery_counts().pending == 0);
  CHECK(workshop.store->incidents({.open_only = false}).size() == 2);
}

TEST_CASE("storage trouble: what does not arrive from memory goes the usual way afterwards") {
  int answers = 0;
  Workshop workshop(always(status(401, kRevoked)),
                    [&](const http::Request&) { return status(++answers == 1 ? 503 : 204); });
  workshop.add_token("brand-a", {"aaa"});
  int refusals = 1;
  refuse(workshop, refusals);
  CHECK(workshop.make_loop()->run_once("", "", 20s) == 0);
  const auto lines = told(workshop);
  CHECK(std::count(lines.begin(), lines.end(), "store.unwritable opened") == 2);  // the first was refused
  CHECK(std::count(lines.begin(), lines.end(), "store.unwritable resolved") == 1);
  CHECK(workshop.store->delivery_counts().delivered == 3);
}

TEST_CASE("storage trouble: nothing else is asked or sent meanwhile") {
  Workshop workshop(always(granted("AD_MANAGER")), always(status(204)));
  workshop.add_token("brand-a", {"aaa"});
  int refusals = 1'000'000;
  refuse(workshop, refusals);
  run_for(workshop, 1500ms);
  CHECK(workshop.api.sent.empty());
  CHECK(told(workshop) == Told{"store.unwritable opened"});
}

TEST_CASE("deliveries: a dead letter that is replayed is sent, also by a process that runs already") {
  Workshop workshop(always(granted("AD_MANAGER")), always(status(204)));
  workshop.add_token("brand-a", {"aaa"});
  workshop.loop_options.refresh_interval = 20ms;
  store::Batch batch;
  const auto now = workshop.clock.now().utc;
  const auto id = alert::AlertId::make(now, workshop.random);
  batch.alerts.push_back({.id = id, .sequence = 1, .at = now, .kind = "opened", .title = "Role reduced"});
  batch.bodies.push_back(
      {.alert = id, .destination = "", .bytes = R"({"type":"role.reduced","data":{"state":"opened"}})"});
  alert::Delivery dead{.id = alert::DeliveryId::make(now, workshop.random),
                       .alert = id,
                       .sequence = 1,
                       .destination = "siem",
                       .order_key = "one",
                       .created_at = now - 24h * 8,
                       .state = alert::DeliveryState::kDead,
                       .attempts = 40};
  batch.deliveries.push_back(dead);
  workshop.store->commit(batch);
  CHECK(workshop.store->replay(dead.id, now));
  CHECK_FALSE(workshop.store->replay(dead.id, now));  // it is pending now
  run_for(workshop, 400ms);
  CHECK(told(workshop) == Told{"role.reduced opened"});
  CHECK(workshop.store->delivery_counts().delivered == 1);
}

TEST_CASE("deliveries: a test that nobody runs for is sent by a run of its own, which asks X nothing") {
  Workshop workshop(always(granted("AD_MANAGER")), always(status(204)));
  workshop.add_token("brand-a", {"aaa"});
  const auto now = workshop.clock.now().utc;
  workshop.store->request_test(
      {.id = alert::TestId::make(now, workshop.random), .destination = "siem", .kind = "opened", .at = now});
  workshop.make_loop()->run_deliveries("siem", 10s);
  CHECK(workshop.api.sent.empty());
  REQUIRE(workshop.sinks.sent.size() == 1);
  CHECK(workshop.sinks.sent[0].body.find(R"("test":true)") != std::string::npos);
  CHECK(workshop.store->delivery_counts().delivered == 1);
  CHECK(workshop.store->test_requests().empty());
}

TEST_CASE("heartbeat: it beats while all is well, and not once it is not") {
  Workshop workshop(always(granted("AD_MANAGER")), always(status(200)));
  workshop.add_token("brand-a", {"aaa"});
  workshop.heartbeats.push_back(
      {.name = "alive", .url = base::Secret("http://127.0.0.1:1/ping"), .every = 50ms, .allow_private = true});
  run_for(workshop, 500ms);
  const auto beats = workshop.sinks.sent.size();
  CHECK(beats >= 5);
  CHECK(beats <= 11);
  CHECK(workshop.sinks.sent[0].method == "GET");
  CHECK(workshop.sinks.sent[0].url == "http://127.0.0.1:1/ping");
}

TEST_CASE("heartbeat: none while nothing can be written") {
  Workshop workshop(always(granted("AD_MANAGER")), always(status(200)));
  workshop.add_token("brand-a", {"aaa"});
  workshop.destinations.clear();
  workshop.heartbeats.push_back(
      {.name = "alive", .url = base::Secret("http://127.0.0.1:1/ping"), .every = 50ms, .allow_private = true});
  int refusals = 1'000'000;
  refuse(workshop, refusals);
  run_for(workshop, 500ms);
  CHECK(workshop.sinks.sent.empty());
}

TEST_CASE("repeater: an Alertmanager hears again what stands when a process starts") {
  Workshop workshop(always(status(401, kRevoked)), always(status(200)));
  workshop.destinations[0].channel = alert::Channel::kAlertmanager;
  workshop.destinations[0].url = base::Secret("http://127.0.0.1:1");
  workshop.add_token("brand-a", {"aaa"});
  CHECK(workshop.make_loop()->run_once("", "", 10s) == 0);
  const auto before = workshop.sinks.sent.size();
  CHECK(before >= 1);
  Workshop later(always(status(401, kRevoked)), always(status(200)));
  later.destinations[0].channel = alert::Channel::kAlertmanager;
  later.destinations[0].url = base::Secret("http://127.0.0.1:1");
  later.store = std::move(workshop.store);
  run_for(later, 300ms);
  REQUIRE(later.sinks.sent.size() >= 1);
  CHECK(later.sinks.sent[0].body.find("token.revoked") != std::string::npos);
  CHECK(later.sinks.sent[0].url == "http://127.0.0.1:1/api/v2/alerts");
}
