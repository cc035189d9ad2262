#include "rate_windows.h"

#include <doctest/doctest.h>

using namespace fakes;

TEST_CASE("rate windows: a window begins at the first call and ends after its length") {
  RateWindows windows;
  CHECK(windows.spend("a", 2, 900, 1000).remaining == 1);
  CHECK(windows.spend("a", 2, 900, 1500).reset == 1900);
  CHECK_FALSE(windows.spend("a", 2, 900, 1899).allowed);
  const WindowLevel next = windows.spend("a", 2, 900, 1900);
  CHECK(next.allowed);
  CHECK(next.remaining == 1);
  CHECK(next.reset == 2800);
}

TEST_CASE("rate windows: owners do not share") {
  RateWindows windows;
  CHECK(windows.spend("a", 1, 900, 0).allowed);
  CHECK(windows.spend("b", 1, 900, 0).allowed);
  CHECK_FALSE(windows.spend("a", 1, 900, 0).allowed);
}

TEST_CASE("rate windows: remaining never falls below nothing") {
  RateWindows windows;
  CHECK(windows.spend("a", 5, 900, 0, 9).remaining == 0);
  CHECK_FALSE(windows.spend("a", 5, 900, 0).allowed);
}
