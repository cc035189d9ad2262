#include "settings/plan.h"

#include <doctest/doctest.h>

namespace settings {
namespace {

using namespace std::chrono_literals;

audit::Token token(const std::string& name, audit::Labels labels = {}) {
  return {.name = name, .app = "agency", .labels = std::move(labels)};
}
audit::BucketLoad load(audit::Counting by, double calls) {
  return {.bucket = {by, audit::Endpoint::kAccess, 0}, .calls = calls, .limit = 2000, .share = 200, .allowed = 180};
}

}  // namespace

TEST_CASE("plan: an account that two tokens reach has one place, with a pair for each token") {
  const Plan plan = plan_of({{token("one"), {"a", "b"}}, {token("two"), {"b"}}}, {});
  CHECK(plan.tokens == std::vector<std::string>{"one", "two"});
  CHECK(plan.accounts == std::vector<std::string>{"a", "b"});
  REQUIRE(plan.pairs.size() == 3);
  CHECK(plan.pairs[1].account == plan.pairs[2].account);
  CHECK(plan.token_of(plan.pairs[2]) == "two");
  CHECK(plan.account_of(plan.pairs[2]) == "b");
}

TEST_CASE("plan: each pair has the interval of its class and the allowance of its rules") {
  service::AuditOptions options;
  options.intervals.rules = {{{.labels = {{"tier", "gold"}}}, audit::IntervalClass::kCritical}};
  options.budget.rules = {{{.accounts = {"b"}}, 0.5, std::nullopt}};
  const Plan plan = plan_of({{token("one", {{"tier", "gold"}}), {"a"}}, {token("two"), {"b"}}}, options);
  REQUIRE(plan.pairs.size() == 2);
  CHECK(plan.pairs[0].interval == 5min);
  CHECK(plan.pairs[0].allowance == audit::Allowance{0.1, 20});
  CHECK(plan.pairs[1].interval == 15min);
  CHECK(plan.pairs[1].allowance == audit::Allowance{0.5, 20});
}

TEST_CASE("plan: a token without accounts has a place and no pair") {
  const Plan plan = plan_of({{token("one"), {}}}, {});
  CHECK(plan.tokens.size() == 1);
  CHECK(plan.pairs.empty());
}

TEST_CASE("plan: a bucket is named by its owner") {
  const Plan plan = plan_of({{token("one"), {"a"}}}, {});
  CHECK(owner_text(plan, {audit::Counting::kToken, audit::Endpoint::kAccess, 0}) == "token one");
  CHECK(owner_text(plan, {audit::Counting::kAccount, audit::Endpoint::kAccess, 0}) == "ad account a");
}

TEST_CASE("remedy: by ad account more tokens do not help, by token they do") {
  CHECK(remedy_text(load(audit::Counting::kAccount, 360)) == "a share of 19.95%, or intervals 2 times as long");
  CHECK(remedy_text(load(audit::Counting::kToken, 360)) ==
        "a share of 19.95%, or intervals 2 times as long, or its ad accounts spread over 2 tokens");
}

TEST_CASE("remedy: where all of X's limit would not suffice, no share is named") {
  CHECK(remedy_text(load(audit::Counting::kAccount, 9000)) == "intervals 50 times as long");
}

}  // namespace settings
