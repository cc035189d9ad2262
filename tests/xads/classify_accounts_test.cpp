// What classify_accounts() makes of an answer.

#include <doctest/doctest.h>

#include "xads/replies.h"

namespace xads {

TEST_CASE("classify accounts: the date comes from the headers of any answer") {
  for (const int status : {200, 401, 503})
    CHECK(classify_accounts(answer(status, "{}", {{"date", "Thu, 01 Jan 2026 00:00:00 GMT"}})).server_date ==
          base::from_epoch_seconds(1767225600));
  CHECK_FALSE(classify_accounts(answer(200, "{}")).server_date);
}

TEST_CASE("classify accounts: a page has its accounts and its cursor") {
  const auto seen =
      classify_accounts(answer(200, R"({"data":[{"id":"a1","name":"One","approval_status":"ACCEPTED","deleted":false},
               {"id":"b2","name":null,"deleted":true,"salt":"x"}],"next_cursor":"c 1"})"));
  REQUIRE(seen.page);
  CHECK(*seen.page == AccountsPage{{{"a1", "One", "ACCEPTED", false}, {"b2", "", "", true}}, "c 1"});
}

TEST_CASE("classify accounts: a null, absent or empty cursor ends the list") {
  for (const std::string body :
       {R"({"data":[],"next_cursor":null})", R"({"data":[]})", R"({"data":[],"next_cursor":""})"}) {
    const auto seen = classify_accounts(answer(200, body));
    REQUIRE_MESSAGE(seen.page, body);
    CHECK(seen.page->next_cursor.empty());
    CHECK(seen.page->accounts.empty());
  }
}

TEST_CASE("classify accounts: one account may come without its list") {
  const auto seen = classify_accounts(answer(200, R"({"data":{"id":"a1","name":"One"}})"));
  REQUIRE(seen.page);
  CHECK(seen.page->accounts == std::vector<AdAccount>{{"a1", "One", "", false}});
}

TEST_CASE("classify accounts: an id is of letters and digits, sixty-four at most") {
  const auto taken = [](const std::string& id) {
    return classify_accounts(answer(200, R"({"data":[{"id":")" + id + "\"}]}")).page.has_value();
  };
  for (const char* id : {"a", "z", "A", "Z", "0", "9", "18ce54d4x5t"}) CHECK_MESSAGE(taken(id), id);
  for (const char* id : {"`", "{", "@", "[", "/", ":", "a-b", "a b"}) CHECK_FALSE_MESSAGE(taken(id), id);
  CHECK(taken(std::string(64, 'a')));
  CHECK_FALSE(taken(std::string(65, 'a')));
}

TEST_CASE("classify accounts: a cursor of 2000 bytes is taken, a longer one spoils the page") {
  const auto page = [](std::size_t length) {
    return classify_accounts(answer(200, R"({"data":[],"next_cursor":")" + std::string(length, 'c') + "\"}")).page;
  };
  REQUIRE(page(2000));
  CHECK(page(2000)->next_cursor.size() == 2000);
  CHECK_FALSE(page(2001));
}

TEST_CASE("classify accounts: an empty or null list of errors spoils nothing") {
  CHECK(classify_accounts(answer(200, R"({"data":[],"errors":[]})")).page.has_value());
  CHECK(classify_accounts(answer(200, R"({"data":[],"errors":null})")).page.has_value());
  CHECK_FALSE(classify_accounts(answer(200, R"({"data":[],"errors":{}})")).page.has_value());
  CHECK_FALSE(classify_accounts(answer(200, R"({"data":[],"errors":"no"})")).page.has_value());
}

TEST_CASE("classify accounts: one misshapen record spoils the page") {
  for (const std::string body : {R"({"data":[{"id":"a1"},{"name":"no id"}]})", R"({"data":[{"id":""}]})",
                                 R"({"data":[{"id":"../x"}]})", R"({"data":[{"id":null}]})", R"({"data":[null]})",
                                 R"({"data":["a1"]})", R"({"data":[{"id":"a1","deleted":0}]})", R"({"data":null})",
                                 R"({"data":"a1"})", R"({})", R"([])", R"({"data":[],"next_cursor":{}})",
                                 R"({"data":[],"next_cursor":true})", R"({"data":[],"errors":[{"code":130}]})"}) {
    const auto seen = classify_accounts(answer(200, body));
    CHECK_FALSE_MESSAGE(seen.page, body);
    CHECK(describe(seen.answer) == "unavailable: not the API's shape");
  }
  CHECK(describe(classify_accounts(answer(200, "{")).answer) == "unavailable: not json");
}

TEST_CASE("classify accounts: refusals and throttles are told as for one account") {
  CHECK(describe(classify_accounts(answer(401, R"({"errors":[{"code":89}]})")).answer) == "denied token_invalid");
  CHECK(describe(classify_accounts(answer(429, "")).answer) == "throttled");
  CHECK(describe(classify_accounts(answer(503, "")).answer) == "unavailable: http 503");
}

TEST_CASE("classify accounts: no account was asked for, so none is missing") {
  CHECK(describe(classify_accounts(answer(404, R"({"errors":[{"code":"NOT_FOUND"}]})")).answer) == "denied unknown");
}

}  // namespace xads
