#include "store/row_value.h"

#include <doctest/doctest.h>

#include <array>

#include "samples.h"

namespace {

/// Binds with `bind` into one column, and reads that with `read`.
template <class Bind, class Read>
auto there_and_back(Bind bind, Read read) {
  store::Database database(":memory:");
  store::Statement row(database, "SELECT ?");
  bind(row);
  REQUIRE(row.next());
  return read(row);
}

/// What lies in the column, in SQL's own words.
template <class Bind>
std::string stored(Bind bind) {
  store::Database database(":memory:");
  store::Statement row(database, "SELECT quote(?)");
  bind(row);
  REQUIRE(row.next());
  return row.text(0);
}

std::string stored_answer(const verdict::Conclusive& answer) {
  return stored([&](auto& row) { store::bind_answer(row, answer); });
}

std::optional<verdict::Conclusive> read_back(const verdict::Conclusive& answer) {
  return there_and_back([&](auto& row) { store::bind_answer(row, answer); },
                        [](auto& row) { return store::read_answer(row, 0); });
}

xads::Granted granted(const std::string& user, const std::vector<std::string>& permissions) {
  return {user, xads::Permissions::from_texts(permissions)};
}

constexpr std::array<std::string_view, 2> kWords{"zero", "one"};

}  // namespace

TEST_CASE("row value: the codes of answers are what they always were") {
  CHECK(stored_answer(xads::Denied{xads::Denial::kTokenInvalid}) == "0");
  CHECK(stored_answer(xads::Denied{xads::Denial::kAccountNotFound}) == "2");
  CHECK(stored_answer(xads::Denied{xads::Denial::kUnknown}) == "10");
  CHECK(stored_answer(granted("2417045708", {"AD_MANAGER", "TWEET_COMPOSER"})) == "X'42901130CC'");
  CHECK(stored_answer(granted("0", {})) == "X'00'");
  CHECK(stored_answer(samples::granted()) ==
        R"('{"user_id":"2417045708","permissions":["AD_MANAGER","TWEET_COMPOSER","NEW_POWER"]}')");
}

TEST_CASE("row value: every answer comes back") {
  for (int denial = 0; denial <= static_cast<int>(xads::Denial::kUnknown); ++denial) {
    const verdict::Conclusive answer = xads::Denied{static_cast<xads::Denial>(denial)};
    CHECK(read_back(answer) == answer);
  }
  for (const char* user :
       {"0", "1", "2417045708", "9223372036854775807", "9223372036854775808", "", "007", "-1", "x"}) {
    const verdict::Conclusive known = granted(user, {"ACCOUNT_ADMIN", "TWEET_COMPOSER"});
    const verdict::Conclusive none = granted(user, {});
    const verdict::Conclusive unknown = granted(user, {"ANALYST", "NEW_POWER"});
    CHECK(read_back(known) == known);
    CHECK(read_back(none) == none);
    CHECK(read_back(unknown) == unknown);
  }
}

TEST_CASE("row value: what is no answer is none") {
  store::Database database(":memory:");
  for (const char* value : {"NULL", "-1", "11", "x''", "x'80'", "x'42000000000000000001'", "''", "'{'", "'[]'"}) {
    INFO(value);
    store::Statement row(database, std::string("SELECT ") + value);
    REQUIRE(row.next());
    CHECK_FALSE(store::read_answer(row, 0));
  }
}

TEST_CASE("row value: a number is stored as one only when it reads the same") {
  const auto stored_digits = [](std::string_view text) {
    return stored([&](auto& row) { store::bind_digits(row, text); });
  };
  CHECK(stored_digits("2417045708") == "2417045708");
  CHECK(stored_digits("0") == "0");
  CHECK(stored_digits("007") == "'007'");
  CHECK(stored_digits("-7") == "'-7'");
  CHECK(stored_digits("+7") == "'+7'");
  CHECK(stored_digits("7 ") == "'7 '");
  CHECK(stored_digits("") == "''");
  CHECK(stored_digits("9223372036854775808") == "'9223372036854775808'");
}

TEST_CASE("row value: a word of the list is its place, another one itself") {
  for (const char* word : {"zero", "one", "two", "", "0"})
    CHECK(there_and_back([&](auto& row) { store::bind_word(row, kWords, word); },
                         [](auto& row) { return store::read_word(row, 0, kWords); }) == word);
  CHECK(stored([](auto& row) { store::bind_word(row, kWords, "one"); }) == "1");
}

TEST_CASE("row value: a side of a change is stored as the answer that it tells") {
  const auto side = [](std::string_view text) { return stored([&](auto& row) { store::bind_side(row, text); }); };
  CHECK(side("granted user=2417045708 AD_MANAGER, TWEET_COMPOSER") == "X'42901130CC'");
  CHECK(side("granted user=5 none") == "X'0005'");
  CHECK(side("denied token_invalid") == "0");
  CHECK(side("") == "NULL");
  CHECK(side("granted user=5 NEW_POWER") == "'granted user=5 NEW_POWER'");
  CHECK(side("denied tired") == "'denied tired'");
}

TEST_CASE("row value: permissions come back in their order, as a mask where that is the usual one") {
  using Texts = std::vector<std::string>;
  for (const auto& permissions : {Texts{}, Texts{"AD_MANAGER", "TWEET_COMPOSER"}, Texts{"TWEET_COMPOSER", "AD_MANAGER"},
                                  Texts{"AD_MANAGER", "AD_MANAGER"}, Texts{"NEW_POWER"}, Texts{""}})
    CHECK(there_and_back([&](auto& row) { store::bind_permissions(row, permissions); },
                         [](auto& row) { return store::read_permissions(row, 0); }) == permissions);
  CHECK(stored([](auto& row) { store::bind_permissions(row, {"AD_MANAGER", "TWEET_COMPOSER"}); }) == "66");
  CHECK(stored([](auto& row) { store::bind_permissions(row, {}); }) == "NULL");
}

TEST_CASE("row value: a mask that is none makes the store unusable") {
  store::Database database(":memory:");
  for (const char* value : {"0", "128", "-1"}) {
    store::Statement row(database, std::string("SELECT ") + value);
    REQUIRE(row.next());
    CHECK_THROWS_AS(store::read_permissions(row, 0), store::UnusableStore);
  }
}
