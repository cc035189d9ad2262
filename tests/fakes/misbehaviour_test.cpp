#include "misbehaviour.h"

#include <doctest/doctest.h>

#include "json.h"

using namespace fakes;

namespace {

Misbehaviour order(const char* text) { return read_misbehaviour(parse_object(text)); }

Handled answered() {
  Handled handled;
  handled.answer = access_answer("acc1", "7", {"ANALYST"});
  handled.answer.headers = {{"x-account-rate-limit-remaining", "12"}, {"x-access-level", "read-write"}};
  handled.token = "brand-a";
  handled.account = "acc1";
  handled.endpoint = "authenticated_user_access";
  return handled;
}

}  // namespace

TEST_CASE("misbehaviour: an order is obeyed so many times and no more") {
  Misbehaviours orders(1);
  orders.add(order(R"({"kind": "500", "times": 2})"));
  CHECK(orders.pick(answered()));
  CHECK(orders.pick(answered()));
  CHECK_FALSE(orders.pick(answered()));
}

TEST_CASE("misbehaviour: an order hits only whom its patterns name") {
  Misbehaviours orders(1);
  orders.add(order(R"({"kind": "500", "token": "brand-b"})"));
  orders.add(order(R"({"kind": "503", "account": "acc*", "token": "*-a"})"));
  CHECK(orders.pick(answered())->kind == "503");
  Handled other = answered();
  other.account = "zz";
  CHECK_FALSE(orders.pick(other));
}

TEST_CASE("misbehaviour: one order or all can be cleared") {
  Misbehaviours orders(1);
  const auto first = orders.add(order(R"({"kind": "500"})"));
  orders.add(order(R"({"kind": "503"})"));
  CHECK(orders.clear(first) == 1);
  CHECK(orders.pick(answered())->kind == "503");
  CHECK(orders.clear(std::nullopt) == 1);
  CHECK_FALSE(orders.pick(answered()));
}

TEST_CASE("misbehaviour: with probability zero nobody is hit") {
  Misbehaviours orders(1);
  orders.add(order(R"({"kind": "500", "probability": 0})"));
  CHECK_FALSE(orders.pick(answered()));
}

TEST_CASE("misbehaviour: 429 empties the windows and 503 can say when to come back") {
  Answer answer = answered().answer;
  CHECK(spoil(order(R"({"kind": "429"})"), answer) == Manner::kPlain);
  CHECK(answer.status == 429);
  CHECK(value_or(answer.headers, "x-account-rate-limit-remaining", "") == "0");
  spoil(order(R"({"kind": "503", "retry_after": 30, "rate_headers": false})"), answer);
  CHECK(value_or(answer.headers, "retry-after", "") == "30");
  CHECK(value_or(answer.headers, "x-account-rate-limit-remaining", "absent") == "absent");
  CHECK(value_or(answer.headers, "x-access-level", "") == "read-write");
}

TEST_CASE("misbehaviour: the echoed account and the user can be somebody else's") {
  Answer answer = answered().answer;
  spoil(order(R"({"kind": "wrong_account_echo"})"), answer);
  spoil(order(R"({"kind": "wrong_user"})"), answer);
  CHECK(answer.body ==
        R"({"data":{"user_id":"999999999","permissions":["ANALYST"]},"request":{"params":{"account_id":"zzwrong0"}}})");
}

TEST_CASE("misbehaviour: orders that make no sense are refused") {
  CHECK_THROWS_AS(order(R"({"kind": "odd"})"), BadCommand);
  CHECK_THROWS_AS(order(R"({"kind": "500", "time": 1})"), BadCommand);
  CHECK_THROWS_AS(order(R"({"kind": "500", "times": 0})"), BadCommand);
  CHECK_THROWS_AS(order("{}"), BadCommand);
}
