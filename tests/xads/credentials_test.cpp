#include "xads/credentials.h"

#include <doctest/doctest.h>

#include <set>

using namespace xads;

namespace {

AccessToken with(const char* token) { return {base::Secret(token), base::Secret("secret")}; }

}  // namespace

TEST_CASE("claimed user: the digits before the hyphen") {
  CHECK(claimed_user(with("2417045708-Abc1")) == "2417045708");
  CHECK(claimed_user(with("7-")) == "7");
}

TEST_CASE("claimed user: a token of another form claims nobody") {
  for (const char* token : {"", "-abc", "abc-123", "123", "12a-3", " 12-3"}) CHECK(claimed_user(with(token)) == "");
}

TEST_CASE("by token: the same access token is found again, whatever its secret") {
  std::set<AccessToken, ByToken> seen;
  seen.insert(with("77-a"));
  CHECK(seen.contains({base::Secret("77-a"), base::Secret("other")}));
  CHECK_FALSE(seen.contains(with("77-b")));
}
