#include "base/secret.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <type_traits>

namespace base {
namespace {

template <class T>
concept Streamable = requires(std::ostream& stream, const T& value) {
  stream << value;
};

}  // namespace

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(!fmt::is_formattable<Secret>::value, "logging a secret must not compile");
static_assert(!Streamable<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string> && !std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Secret>, "becoming a secret is said aloud");

TEST_CASE("secret: reveals what it was made of") {
  CHECK(Secret("hunter2").reveal() == "hunter2");
  CHECK(Secret(std::string("a\0b", 3)).reveal().size() == 3);
  CHECK(Secret().empty());
}

TEST_CASE("secret: moving leaves nothing behind, for short and long texts") {
  for (const std::string& text : {std::string("short"), std::string(100, 'x')}) {
    Secret from(text);
    const char* const place = from.reveal().data();
    const Secret to(std::move(from));
    CHECK(to.reveal() == text);
    CHECK(from.empty());  // NOLINT(bugprone-use-after-move)
    CHECK(std::string_view(place, 1) == std::string_view("\0", 1));
  }
}

TEST_CASE("secret: moving onto itself keeps the text") {
  Secret secret("hunter2");
  Secret& same = secret;
  secret = std::move(same);
  CHECK(secret.reveal() == "hunter2");
}

TEST_CASE("secret: a clone is a secret of its own") {
  Secret original("hunter2");
  const Secret clone = original.clone();
  original = Secret("other");
  CHECK(clone.reveal() == "hunter2");
  CHECK(original.reveal() == "other");
}

}  // namespace base
