// Rate limits, as X keeps them, through simulated days.
#include "scenario/world.h"

using namespace scenario;
using Told = std::vector<std::string>;

namespace {

std::vector<std::string> many(int count) {
  std::vector<std::string> accounts;
  for (int account = 0; account < count; ++account) accounts.push_back("acc" + std::to_string(account));
  return accounts;
}

service::AuditOptions every(base::Duration interval) {
  service::AuditOptions options;
  options.intervals.normal = interval;
  return options;
}

std::int64_t gauge(World& world, const std::string& name) {
  for (const auto& [known, value] : world.engine().gauges(world.clock.now())) {
    if (known == name) return value;
  }
  return -1;
}

/// Each pair is waiting, running or parked.
void check_places(World& world, std::size_t pairs) {
  const auto counts = world.engine().pair_counts();
  CHECK(counts.waiting + counts.running + counts.parked == pairs);
  CHECK(counts.running == 0);  // every question has its answer
}

}  // namespace

TEST_CASE("limits: counted by account, every pair has its interval, whatever one token holds") {
  World world(every(1min));
  world.truth.windows = Windows();
  world.watch("agency-dev", many(500));
  world.run_for(1h);  // until the headers have told how X counts, a token's 180 calls a window hold
  world.audits = 0;
  world.run_for(6h);
  CHECK(world.audits >= 500 * 6 * 54);
  CHECK(world.truth.windows->refused == 0);
  CHECK(world.truth.windows->most_ours <= 200);
  check_places(world, 500);
}

TEST_CASE("limits: counted by token, its pairs share a tenth of one limit and nobody is forgotten") {
  World world(every(1min));
  world.truth.windows = Windows(false);
  world.watch("agency-dev", many(500));
  world.run_for(6h);
  CHECK(world.truth.windows->refused == 0);
  CHECK(world.truth.windows->most_ours <= 220);  // share and reserve
  CHECK(world.audits >= 24 * 175);
  CHECK(world.history().size() == 1 + 500);  // each was seen, within three windows
  check_places(world, 500);
  CHECK(world.told() == Told{"audit.blind opened"});  // once a minute is more than the budget can give
}

TEST_CASE("limits: X changes from counting by account to counting by token and back, and sees no call too many") {
  World world(every(1min));
  world.truth.windows = Windows();
  world.watch("agency-dev", many(150));
  world.run_for(3h);
  world.truth.windows->by_account = false;
  world.truth.windows->forget();
  world.run_for(15min);
  world.truth.windows->most_ours = 0;
  world.truth.windows->forget();
  world.run_for(3h);
  CHECK(world.truth.windows->most_ours <= 220);
  world.truth.windows->by_account = true;
  world.truth.windows->forget();
  world.audits = 0;
  world.run_for(3h);
  CHECK(world.audits >= 150 * 150);
  CHECK(world.truth.windows->refused == 0);
  check_places(world, 150);
}

TEST_CASE("limits: a limit that shrinks is kept from the first header on, and learned before a crash") {
  World world(every(1min));
  world.truth.windows = Windows(true, 100);
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.truth.windows->most_ours = 0;
  world.truth.windows->forget();
  for (int crash = 0; crash < 20; ++crash) {
    world.crash();
    world.run_for(1min);
  }
  world.run_for(2h);
  CHECK(world.truth.windows->most_ours <= 10 + 20);  // a tenth of a hundred, and the reserve
  CHECK(world.truth.windows->refused == 0);
}

TEST_CASE("limits: a loop of crashes burns no budget") {
  World world(every(1s));
  world.truth.windows = Windows();
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.truth.windows->most_ours = 0;
  for (int crash = 0; crash < 400; ++crash) {
    world.crash();
    world.run_for(7s);
  }
  CHECK(world.truth.windows->most_ours <= 220);
  CHECK(world.truth.windows->refused == 0);
}

TEST_CASE("limits: an orderly restart keeps what was left, and spends no call twice") {
  World world(every(1s));
  world.truth.windows = Windows();
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  for (int stop = 0; stop < 100; ++stop) {
    world.restart();
    world.run_for(7s);
  }
  CHECK(world.truth.windows->most_ours <= 220);
  CHECK(world.truth.windows->refused == 0);
}

TEST_CASE("limits: a bucket that cannot give what is asked of it is counted, under either way of counting") {
  World world(every(1s));
  world.truth.windows = Windows();
  world.watch("brand-a", {"aaa", "bbb"});
  world.run_for(10min);
  CHECK(gauge(world, "buckets_unfit") == 2);  // 900 calls of 200 for each account, by which X counts here
  World slower(every(10s));
  slower.truth.windows = Windows();
  slower.watch("brand-a", {"aaa", "bbb"});
  slower.run_for(10min);
  CHECK(gauge(slower, "buckets_unfit") == 0);
  CHECK(gauge(slower, "least_left_permille") > 900);
}

TEST_CASE("limits: when others eat the window we leave it to them, say so once, and come back") {
  World world(every(10s));
  world.truth.windows = Windows();
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.engine().take_notices();
  world.truth.windows->others["aaa"] = 1990;
  world.truth.windows->forget();
  world.truth.windows->most_ours = 0;
  world.run_for(14min);
  CHECK(world.truth.windows->most_ours <= 3);
  CHECK(gauge(world, "buckets_yielding") == 1);
  CHECK(gauge(world, "least_left_permille") < 20);
  int yielding = 0;
  for (const auto& notice : world.engine().take_notices()) {
    if (notice.text.find("budget yielding bucket=account/aaa/access") == 0) ++yielding;
  }
  CHECK(yielding == 1);
  world.truth.windows->others.clear();
  world.truth.windows->forget();
  world.run_for(3min);
  CHECK(gauge(world, "buckets_yielding") == 0);
  world.audits = 0;
  world.run_for(15min);
  CHECK(world.audits > 60);
  CHECK(world.truth.windows->refused == 0);
  CHECK(world.told() == Told{"audit.blind opened", "audit.blind resolved"});
}

TEST_CASE("limits: a 429 out of nothing is told, one while others eat the window is not") {
  World world(every(1min));
  world.truth.windows = Windows();
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.truth.disturb = [&](const std::string&, const std::string&) { return std::optional<xads::Answer>(); };
  world.truth.windows->limit = 0;  // every call is one too many, and no header said so before
  world.truth.windows->with_headers = false;
  world.run_for(3min);
  CHECK(world.told() == Told{"audit.throttled opened", "audit.blind opened"});
  world.truth.windows = Windows();
  world.run_for(1h);
  CHECK(world.told() ==
        Told{"audit.throttled opened", "audit.blind opened", "audit.throttled resolved", "audit.blind resolved"});
  world.forget();
  world.truth.windows->others["aaa"] = 2000;
  world.truth.windows->forget();
  world.run_for(20min);
}

TEST_CASE("limits: a storm of 429 asks each bucket once in a while, and every pair recovers") {
  World world(every(1min));
  world.truth.windows = Windows();
  world.watch("agency-dev", many(100));
  world.run_for(1h);
  world.truth.windows->others.clear();
  for (const auto& account : many(100)) world.truth.windows->others[account] = 2000;
  world.truth.windows->forget();
  world.audits = 0;
  world.run_for(1h);
  CHECK(world.audits <= 100 * 5 * 2);  // one or two looks for each account and window
  world.truth.windows->others.clear();
  world.truth.windows->forget();
  world.run_for(20min);
  world.audits = 0;
  world.run_for(1h);
  CHECK(world.audits >= 100 * 50);
  check_places(world, 100);
}

TEST_CASE("limits: resets in the past and in the far future, and headers that come and go, change no promise") {
  World world(every(10s));
  world.truth.windows = Windows();
  world.watch("brand-a", {"aaa"});
  world.run_for(30min);
  for (const base::Duration shift : {-48h, 48h, -1h, 0h}) {
    world.clock.step_wall(shift);  // to the engine X's resets are off by as much for an answer without a Date
    world.truth.windows->with_headers = !world.truth.windows->with_headers;
    world.truth.windows->forget();
    world.truth.windows->most_ours = 0;
    world.audits = 0;
    world.run_for(1h);
    CHECK(world.audits >= 4 * 75);
    CHECK(world.truth.windows->most_ours <= 110);
  }
  CHECK(world.truth.windows->refused == 0);
  CHECK(world.told().empty());
}

TEST_CASE("limits: eight hours of sleep bring no herd against any limit, and no false word") {
  World world(every(5min));
  world.truth.windows = Windows();
  world.watch("agency-dev", many(400));
  world.run_for(3h);
  world.truth.windows->most_ours = 0;
  world.sleep(8h);
  world.run_for(1h);
  CHECK(world.truth.windows->refused == 0);
  CHECK(world.truth.windows->most_ours <= 200);
  CHECK(world.told().empty());
  check_places(world, 400);
}

TEST_CASE("limits: the wall clock jumps an hour back and forth and nothing stops or doubles") {
  World world(every(5min));
  world.truth.windows = Windows();
  world.watch("brand-a", many(20));
  world.run_for(1h);
  for (const base::Duration jump : {1h, -1h, -1h, 1h}) {
    world.clock.step_wall(jump);
    world.audits = 0;
    world.run_for(1h);
    CHECK(world.audits >= 20 * 10);
    CHECK(world.audits <= 20 * 12 * 3 / 2);
    world.restart();
  }
  CHECK(world.told().empty());
}

TEST_CASE("limits: a restart with everything overdue asks no faster than on any other day") {
  auto options = every(15min);
  options.intervals.boost.enabled = false;
  World world(options);
  world.truth.windows = Windows();
  world.watch("agency-dev", many(1500));
  world.run_for(3h);
  world.restart(5h);
  world.audits = 0;
  world.run_for(1min);
  CHECK(world.audits <= 120);  // 100 a minute is the steady rate
  world.run_for(14min + 5s);
  CHECK(world.audits >= 1490);
}

TEST_CASE("limits: critical pairs come oftener than normal ones, archived ones more rarely") {
  auto options = every(15min);
  options.intervals.boost.enabled = false;
  options.intervals.rules = {{{.accounts = {"hot"}}, audit::IntervalClass::kCritical},
                             {{.accounts = {"cold"}}, audit::IntervalClass::kArchive}};
  World world(options);
  std::map<std::string, int> asked;
  world.truth.disturb = [&](const std::string&, const std::string& account) {
    ++asked[account];
    return std::optional<xads::Answer>();
  };
  world.watch("brand-a", {"hot", "plain", "cold"});
  world.run_for(24h);
  CHECK(asked["hot"] >= 24 * 11);
  CHECK(asked["plain"] >= 24 * 3);
  CHECK(asked["plain"] <= 97);
  CHECK(asked["cold"] >= 3);
  CHECK(asked["cold"] <= 6);
}

TEST_CASE("limits: a pair that changed is asked more often for a day, as long as the budget has calls to spare") {
  World world(every(15min));
  std::map<std::string, int> asked;
  world.truth.disturb = [&](const std::string&, const std::string& account) {
    ++asked[account];
    return std::optional<xads::Answer>();
  };
  world.watch("brand-a", {"aaa", "bbb"});
  world.watch("brand-b", {"aaa", "bbb"});  // no account hangs on a single token
  world.run_for(6h);
  world.truth.grants[{"brand-a", "aaa"}] = {"CAMPAIGN_ANALYST"};
  world.run_for(1h);
  asked.clear();
  world.run_for(12h);
  CHECK(asked["aaa"] > asked["bbb"] + 20);
  world.run_for(12h);
  asked.clear();
  world.run_for(12h);
  CHECK(asked["aaa"] <= asked["bbb"] + 4);
}

TEST_CASE("limits: a host that refuses everything is asked ever more rarely, and all pairs recover when it is well") {
  World world(every(1min));
  world.truth.windows = Windows();
  world.watch("brand-a", many(100));
  world.run_for(1h);
  world.truth.disturb = [](const std::string&, const std::string&) { return xads::Unavailable{"http 503", {}}; };
  world.audits = 0;
  world.run_for(2h);
  CHECK(world.audits >= 24);   // at least every five minutes
  CHECK(world.audits <= 100);  // in an hour without pauses there would be thousands
  world.truth.disturb = nullptr;
  world.run_for(15min);
  world.audits = 0;
  world.run_for(15min);
  CHECK(world.audits >= 100 * 12);
  CHECK(world.told() == Told{"audit.blind opened", "audit.blind resolved"});
  check_places(world, 100);
}

TEST_CASE("limits: a host that names its time is left alone until then") {
  World world(every(1min));
  world.watch("brand-a", many(10));
  world.run_for(1h);
  world.truth.disturb = [](const std::string&, const std::string&) { return xads::Unavailable{"http 503", 600s}; };
  world.audits = 0;
  world.run_for(1h);
  CHECK(world.audits <= 7);
}

TEST_CASE("limits: the share of an account is its own when a rule says so") {
  auto options = every(1s);
  options.budget.allowance.reserve = 0;
  options.budget.rules = {{{.accounts = {"rich"}}, 0.5, {}}, {{.tokens = {"brand-a"}}, 0.01, {}}};
  World world(options);
  std::map<std::string, int> asked;
  world.truth.disturb = [&](const std::string&, const std::string& account) {
    ++asked[account];
    return std::optional<xads::Answer>();
  };
  world.truth.windows = Windows();
  world.watch("brand-a", {"rich", "poor"});
  world.run_for(1h);
  asked.clear();
  world.run_for(15min);
  CHECK(asked["rich"] > 700);  // of a pace of 900 seconds
  CHECK(asked["rich"] <= 1000);
  CHECK(asked["poor"] <= 20);
  CHECK(asked["poor"] >= 15);
}
