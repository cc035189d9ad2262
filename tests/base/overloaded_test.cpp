#include "base/overloaded.h"

#include <doctest/doctest.h>

#include <string>
#include <variant>

namespace base {

TEST_CASE("overloaded: each alternative reaches its own case") {
  const Overloaded name{[](int) { return "number"; }, [](const std::string&) { return "text"; }};
  std::variant<int, std::string> value = 5;
  CHECK(std::string(std::visit(name, value)) == "number");
  value = "five";
  CHECK(std::string(std::visit(name, value)) == "text");
}

}  // namespace base
