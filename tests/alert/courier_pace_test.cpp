#include <doctest/doctest.h>

#include <algorithm>

#include "alert/courier_fixture.h"

using namespace alert;
using namespace alert::samples;
using namespace std::chrono_literals;

namespace {

/// Slack as its guide describes it: more than one message within a second is refused.
struct SlackModel {
  std::vector<base::Instant> seen;
  std::size_t refused = 0;

  http::Reply post(base::Instant now) {
    const bool too_soon = !seen.empty() && now - seen.back() < 1s;
    seen.push_back(now);
    if (!too_soon) return answer(200, "ok");
    ++refused;
    return answer(429, "rate_limited", {{"Retry-After", "1"}});
  }
  std::size_t most_in_a_minute() const {
    std::size_t most = 0;
    for (auto first = seen.begin(); first != seen.end(); ++first) {
      const auto end = std::lower_bound(first, seen.end(), *first + 60s);
      most = std::max(most, static_cast<std::size_t>(end - first));
    }
    return most;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "courier: a thousand Slack messages keep the pace, and none is lost") {
  for (std::uint64_t sequence = 1; sequence <= 1000; ++sequence)
    REQUIRE(add("ops", sequence, std::to_string(sequence % 17)));
  SlackModel slack;
  int delivered = 0;
  while (courier.size() > 0) {
    clock.advance(std::max(*courier.next_due() - clock.now().steady, base::Duration(0)));
    REQUIRE(take());
    clock.advance(base::Duration(static_cast<long long>(random.next_unit() * 40)));  // the way there
    const http::Reply reply = slack.post(clock.now().steady);
    clock.advance(base::Duration(static_cast<long long>(random.next_unit() * 40)));  // and back
    if (finish(reply).delivery.state == DeliveryState::kDelivered) ++delivered;
  }
  CHECK(delivered == 1000);
  CHECK(slack.refused == 0);
  CHECK(slack.most_in_a_minute() <= 60);
  CHECK(clock.now().steady - kNoon < 1100s);
}

TEST_CASE_FIXTURE(Fixture, "courier: a dead destination does not delay another one") {
  for (std::uint64_t sequence = 1; sequence <= 60; ++sequence) {
    add("ops", sequence, std::to_string(sequence));
    add("siem", sequence, std::to_string(sequence));
  }
  const auto goes_to_slack = [&] { return request.url.starts_with("https://hooks.slack.com/"); };
  int delivered = 0;
  std::vector<DeliveryId> hanging;  // the webhook never answers
  for (int second = 0; second < 60; ++second) {
    while (take()) {
      if (!goes_to_slack()) {
        hanging.push_back(last);
        continue;
      }
      if (finish(kOk).delivery.state == DeliveryState::kDelivered) ++delivered;
    }
    clock.advance(1s);
  }
  CHECK(delivered == 60);
  CHECK(hanging.size() == 4);
}
