#include "audit/allowance.h"

#include <doctest/doctest.h>

using namespace audit;

namespace {

Token brand_a() {
  Token token;
  token.name = "brand-a";
  token.app = "agency";
  return token;
}

}  // namespace

TEST_CASE("allowance: the first rule that fits and gives a value gives it") {
  BudgetOptions options{.allowance = {0.10, 20}};
  options.rules = {{.match = {.accounts = {"18ce54d4x6u"}}, .share = 0.5},
                   {.match = {.tokens = {"brand-a"}}, .reserve = 3},
                   {.match = {.apps = {"agency"}}, .share = 0.2, .reserve = 7}};
  CHECK(allowance_of(options, brand_a(), "18ce54d4x5t") == Allowance{0.2, 3});
  CHECK(allowance_of(options, brand_a(), "18ce54d4x6u") == Allowance{0.5, 3});
  CHECK(allowance_of({}, brand_a(), "18ce54d4x5t") == Allowance{0.10, 20});
}

TEST_CASE("allowance: a share of a limit is whole calls, and at least one") {
  CHECK(share_of(Endpoint::kAccess, 2000, 0.10) == 200);
  CHECK(share_of(Endpoint::kAccess, 100, 0.29) == 29);
  CHECK(share_of(Endpoint::kAccess, 15, 0.10) == 1);
  CHECK(share_of(Endpoint::kAccess, 5, 0.10) == 1);
  CHECK(share_of(Endpoint::kAccess, 2000, 0.0) == 1);
  CHECK(share_of(Endpoint::kAccess, 2000, 7.0) == 2000);
}

TEST_CASE("allowance: GET accounts may use the five documented calls, and a share of more") {
  CHECK(share_of(Endpoint::kAccounts, 5, 0.10) == 5);
  CHECK(share_of(Endpoint::kAccounts, 3, 0.10) == 3);
  CHECK(share_of(Endpoint::kAccounts, 2000, 0.10) == 200);
}

TEST_CASE("allowance: share and reserve together stay within the limit") {
  CHECK(reserve_of(Endpoint::kAccess, 2000, {0.10, 20}) == 20);
  CHECK(reserve_of(Endpoint::kAccess, 2000, {0.995, 20}) == 10);
  CHECK(reserve_of(Endpoint::kAccess, 2000, {1.0, 20}) == 0);
  CHECK(reserve_of(Endpoint::kAccounts, 5, {0.10, 20}) == 0);
  CHECK(reserve_of(Endpoint::kAccess, 2000, {0.10, -1}) == 0);
}

TEST_CASE("allowance: the documented limits are the start") {
  CHECK(documented_limit(Endpoint::kAccess) == 2000);
  CHECK(documented_limit(Endpoint::kAccounts) == 5);
  CHECK(documented_limit(Endpoint::kIdentity) == 75);
  CHECK(to_text(Endpoint::kAccess) == "access");
  CHECK(to_text(Endpoint::kAccounts) == "accounts");
  CHECK(to_text(Endpoint::kIdentity) == "identity");
}
