#include "account_list.h"

#include <doctest/doctest.h>

#include "json.h"

using namespace fakes;

namespace {

const AdAccount kFirst{"a1", "One", "ACCEPTED", false, false};
const AdAccount kGone{"a2", "Two", "ACCEPTED", true, false};
const AdAccount kLast{"a3", "Three", "REJECTED", false, false};
const std::vector<const AdAccount*> kAll = {&kFirst, &kGone, &kLast};

rapidjson::Document list(const NameValues& query, bool odd_cursors = false) {
  return parse_object(list_accounts(kAll, query, odd_cursors).body);
}

}  // namespace

TEST_CASE("account list: deleted accounts are left out unless asked for") {
  CHECK(list({})["data"].Size() == 2);
  const auto all = list({{"with_deleted", "true"}});
  CHECK(all["data"].Size() == 3);
  CHECK(all["data"][1]["deleted"].GetBool());
  CHECK(all["request"]["params"]["with_deleted"].GetBool());
  CHECK(all["next_cursor"].IsNull());
}

TEST_CASE("account list: cursors lead through the pages, odd ones too") {
  for (const bool odd : {false, true}) {
    const auto first = list({{"count", "1"}}, odd);
    REQUIRE(first["next_cursor"].IsString());
    const auto second = list({{"count", "1"}, {"cursor", first["next_cursor"].GetString()}}, odd);
    CHECK(second["data"][0]["id"] == "a3");
    CHECK(second["next_cursor"].IsNull());
  }
}

TEST_CASE("account list: the total is told on request") {
  CHECK(list({{"with_total_count", "true"}})["total_count"].GetInt() == 2);
  CHECK_FALSE(list({}).HasMember("total_count"));
}

TEST_CASE("account list: wrong counts and cursors are the caller's fault") {
  CHECK(list_accounts(kAll, {{"count", "0"}}, false).status == 400);
  CHECK(list_accounts(kAll, {{"count", "1001"}}, false).status == 400);
  CHECK(list_accounts(kAll, {{"count", "many"}}, false).status == 400);
  CHECK(list_accounts(kAll, {{"cursor", "x-1"}}, false).status == 400);
  CHECK(list_accounts(kAll, {{"cursor", "c-9"}}, false).status == 400);
  CHECK(list_accounts(kAll, {{"cursor", "c-1"}, {"with_total_count", "true"}}, false).status == 400);
}
