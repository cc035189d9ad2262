#include "http/exchanges.h"

#include <doctest/doctest.h>

using http::Exchange;
using http::Exchanges;
using namespace std::chrono_literals;

namespace {

using TimePoint = http::Deadlines::Clock::time_point;

Exchange ending(TimePoint at) {
  Exchange exchange;
  exchange.ends_at = at;
  return exchange;
}

const TimePoint kStart{};

}  // namespace

TEST_CASE("exchanges: an id finds its exchange until it is taken, and never another") {
  Exchanges exchanges;
  const auto first = exchanges.add(ending(kStart));
  CHECK(exchanges.size() == 1);
  CHECK(exchanges.at(first).ends_at == kStart);
  exchanges.take(first);
  CHECK(exchanges.size() == 0);
  CHECK(exchanges.find(first) == nullptr);
  const auto second = exchanges.add(ending(kStart + 1s));
  CHECK(second != first);
  CHECK(exchanges.find(first) == nullptr);
  CHECK(exchanges.at(second).ends_at == kStart + 1s);
}

TEST_CASE("exchanges: zero and what was never given out find nothing") {
  Exchanges exchanges;
  CHECK(exchanges.find(0) == nullptr);
  CHECK(exchanges.find(1) == nullptr);
}

TEST_CASE("exchanges: those that have come to their end are named in the order in which they came") {
  Exchanges exchanges;
  exchanges.take(exchanges.add(ending(kStart)));  // its place goes to the next
  const auto a = exchanges.add(ending(kStart + 2s));
  const auto b = exchanges.add(ending(kStart + 3s));
  const auto c = exchanges.add(ending(kStart + 1s));
  CHECK(exchanges.first_end() == kStart + 1s);
  CHECK(exchanges.ending_by(kStart + 2s) == std::vector{a, c});
  exchanges.take(c);
  CHECK(exchanges.first_end() == kStart + 2s);
  exchanges.take(a);
  const auto d = exchanges.add(ending(kStart + 3s));
  CHECK(exchanges.ending_by(TimePoint::max()) == std::vector{b, d});
  exchanges.take(b);
  exchanges.take(d);
  CHECK(exchanges.first_end() == TimePoint::max());
}
