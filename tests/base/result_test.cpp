#include "base/result.h"

#include <doctest/doctest.h>

#include <memory>

namespace base {

TEST_CASE("result: holds a value or an error, even when both are text") {
  const Result<std::string> good = std::string("text");
  const Result<std::string> bad = Failure{"why"};
  CHECK(good.ok());
  CHECK(good.value() == "text");
  CHECK_FALSE(bad);
  CHECK(bad.error() == "why");
}

TEST_CASE("result: a value that only moves can be taken out") {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  const auto taken = std::move(result).value();
  CHECK(*taken == 7);
}

TEST_CASE("result: errors may be of any type") {
  enum class Trouble { kSmall, kLarge };
  const Result<int, Trouble> bad = Failure{Trouble::kLarge};
  CHECK(bad.error() == Trouble::kLarge);
}

}  // namespace base
