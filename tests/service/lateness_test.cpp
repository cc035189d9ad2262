#include "service/lateness.h"

#include <doctest/doctest.h>

using namespace std::chrono_literals;

TEST_CASE("lateness: a quantile is right to an eighth") {
  service::Lateness lateness;
  CHECK(lateness.quantile(0.99) == 0ms);
  for (int ms = 1; ms <= 1000; ++ms) lateness.add(base::Duration(ms));
  CHECK(lateness.quantile(0.5) >= 500ms);
  CHECK(lateness.quantile(0.5) <= 563ms);
  CHECK(lateness.quantile(0.99) >= 990ms);
  CHECK(lateness.quantile(0.99) <= 1114ms);
  lateness.clear();
  CHECK(lateness.quantile(0.99) == 0ms);
}

TEST_CASE("lateness: few milliseconds are told exactly, days without overflow, early questions as punctual") {
  service::Lateness lateness;
  lateness.add(3ms);
  CHECK(lateness.quantile(1) == 3ms);
  lateness.add(-5ms);
  CHECK(lateness.quantile(0.5) == 0ms);
  lateness.add(240h);
  CHECK(lateness.quantile(1) >= 240h);
  CHECK(lateness.quantile(1) <= 270h);
}
