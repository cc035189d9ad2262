#include "xads/rate_limit.h"

#include <doctest/doctest.h>

#include <thread>

namespace xads {
namespace {

using namespace std::chrono_literals;

/// Headers with what is heeded of them, so that neither outlives the other.
struct Heard {
  http::Headers headers;
  HeededHeaders heeded{headers};
  operator const HeededHeaders&() const { return heeded; }  // NOLINT(google-explicit-constructor)
};
Heard with(http::Headers headers) { return {std::move(headers)}; }

Heard user_family(const std::string& limit, const std::string& remaining, const std::string& reset) {
  return with({{"x-rate-limit-limit", limit}, {"x-rate-limit-remaining", remaining}, {"x-rate-limit-reset", reset}});
}

const base::Instant kNewYear = base::from_epoch_seconds(1767225600);  // 2026-01-01T00:00:00Z

}  // namespace

TEST_CASE("rate limit: both families are read, whatever the case of their names") {
  const auto limits = rate_limits_of(with({{"X-Rate-Limit-Limit", "10000000"},
                                           {"X-Rate-Limit-Remaining", "9999990"},
                                           {"x-rate-limit-reset", " 1767225600 "},
                                           {"x-account-rate-limit-limit", "2000"},
                                           {"x-account-rate-limit-remaining", "1999"},
                                           {"x-account-rate-limit-reset", "1767225660"}}));
  CHECK(limits.user == RateLimit{10'000'000, 9'999'990, kNewYear});
  CHECK(limits.account == RateLimit{2000, 1999, kNewYear + 60s});
}

TEST_CASE("rate limit: of several headers with one name the first counts, and names that resemble ours do not") {
  const auto limits = rate_limits_of(with({{"x-rate-limit-limit", "2000"},
                                           {"x-rate-limit-limit", "3000"},
                                           {"x-rate-limit-limi_", "4000"},
                                           {"x-rate-limit-remaining", "7"},
                                           {"x-rate-limit-remaininh", "8"},
                                           {"x-rate-limit-reset", "1767225600"},
                                           {"X-Rate-Limit-Reset", "garbage"}}));
  CHECK(limits.user == RateLimit{2000, 7, kNewYear});
  CHECK_FALSE(limits.account);
}

TEST_CASE("rate limit: a date is read anew when its text changes, and garbage in between spoils nothing") {
  CHECK(server_date_of(with({{"date", "Thu, 01 Jan 2026 00:00:00 GMT"}})) == kNewYear);
  CHECK(server_date_of(with({{"date", " Thu, 01 Jan 2026 00:00:00 GMT"}})) == kNewYear);
  CHECK(server_date_of(with({{"date", "Thu, 01 Jan 2026 00:00:01 GMT"}})) == kNewYear + 1s);
  CHECK_FALSE(server_date_of(with({{"date", "Fri, 01 Jan 2026 00:00:01 GMT"}})));
  CHECK_FALSE(server_date_of(with({{"date", ""}})));
  CHECK(server_date_of(with({{"date", "Thu, 01 Jan 2026 00:00:01 GMT"}})) == kNewYear + 1s);
}

TEST_CASE("rate limit: a family that lacks a header is absent") {
  const auto limits = rate_limits_of(with({{"x-rate-limit-limit", "2000"}, {"x-rate-limit-reset", "1767225600"}}));
  CHECK_FALSE(limits.user);
  CHECK_FALSE(limits.account);
}

TEST_CASE("rate limit: garbage makes a family absent") {
  for (const std::string garbage : {"", " ", "-1", "+5", "2000x", "2e3", "0x10", "1.5", "2000,2000", "two thousand",
                                    "99999999999999999999999", "2147483648"})
    CHECK_FALSE_MESSAGE(rate_limits_of(user_family(garbage, "1", "1767225600")).user, garbage);
  CHECK_FALSE(rate_limits_of(user_family("2000", "-1", "1767225600")).user);
  CHECK_FALSE(rate_limits_of(user_family("2000", "9999999999", "1767225600")).user);
  CHECK_FALSE(rate_limits_of(user_family("0", "0", "1767225600")).user);
}

TEST_CASE("rate limit: a reset before the epoch or beyond the year 9999 makes a family absent") {
  CHECK_FALSE(rate_limits_of(user_family("2000", "1", "-1767225600")).user);
  CHECK_FALSE(rate_limits_of(user_family("2000", "1", "253402300800")).user);
  CHECK_FALSE(rate_limits_of(user_family("2000", "1", "9223372036854775807")).user);
  CHECK(rate_limits_of(user_family("2000", "1", "253402300799")).user.has_value());
}

TEST_CASE("rate limit: the least numbers of a family are numbers") {
  CHECK(rate_limits_of(user_family("1", "0", "0")).user == RateLimit{1, 0, base::from_epoch_seconds(0)});
}

TEST_CASE("rate limit: a day that is known makes no time of it right that is wrong") {
  const auto date_of = [](std::string_view text) { return server_date_of(with({{"date", std::string(text)}})); };
  REQUIRE(date_of("Thu, 01 Jan 2026 00:00:00 GMT") == kNewYear);
  CHECK(date_of("Thu, 01 Jan 2026 23:59:59 GMT") == kNewYear + 24h - 1s);
  CHECK(date_of("Thu, 01 Jan 2026 09:08:07 GMT") == kNewYear + 9h + 8min + 7s);
  for (const auto* text :
       {"Thu, 01 Jan 2026 24:00:00 GMT", "Thu, 01 Jan 2026 00:60:00 GMT", "Thu, 01 Jan 2026 00:00:60 GMT",
        "Thu, 01 Jan 2026 -1:00:00 GMT", "Thu, 01 Jan 2026 0x:00:00 GMT", "Thu, 01 Jan 2026 00-00:00 GMT",
        "Thu, 01 Jan 2026 00:00-00 GMT", "Thu, 01 Jan 2026 00:00:00 CET", "Thu, 01 Jan 2026 00:00: 1 GMT",
        "Thu, 01 Jan 2026 00:00:00 GMT!"})
    CHECK_FALSE_MESSAGE(date_of(text), text);
  CHECK(date_of("Fri, 02 Jan 2026 00:00:05 GMT") == kNewYear + 24h + 5s);
}

TEST_CASE("rate limit: an empty date is none, also as the first that a thread reads") {
  std::optional<base::Instant> date = kNewYear;
  std::thread([&] { date = server_date_of(with({{"date", ""}})); }).join();
  CHECK_FALSE(date);
}

TEST_CASE("rate limit: a reset in the past is handed on as it is") {
  CHECK(rate_limits_of(user_family("2000", "0", "1")).user == RateLimit{2000, 0, base::from_epoch_seconds(1)});
}

TEST_CASE("rate limit: the Date header is read, or absent when it is no date") {
  CHECK(server_date_of(with({{"Date", "Thu, 01 Jan 2026 00:00:00 GMT"}})) == kNewYear);
  CHECK_FALSE(server_date_of(with({{"date", "yesterday"}})));
  CHECK_FALSE(server_date_of(with({})));
}

TEST_CASE("rate limit: Retry-After counts seconds") {
  CHECK(retry_after_of(with({{"retry-after", "120"}})) == base::Duration(2min));
  CHECK(retry_after_of(with({{"retry-after", "0"}})) == base::Duration(0));
}

TEST_CASE("rate limit: a Retry-After date is measured against the answer's own Date") {
  CHECK(retry_after_of(with(
            {{"retry-after", "Thu, 01 Jan 2026 00:02:00 GMT"}, {"date", "Thu, 01 Jan 2026 00:00:00 GMT"}})) == 2min);
  CHECK(retry_after_of(with({{"retry-after", "Wed, 31 Dec 2025 00:00:00 GMT"},
                             {"date", "Thu, 01 Jan 2026 00:00:00 GMT"}})) == base::Duration(0));
  CHECK_FALSE(retry_after_of(with({{"retry-after", "Thu, 01 Jan 2026 00:02:00 GMT"}})));
}

TEST_CASE("rate limit: a Retry-After that is neither seconds nor a date is absent") {
  for (const std::string garbage : {"", "-5", "soon", "1.5", "1000000000", "99999999999999999999"})
    CHECK_FALSE_MESSAGE(retry_after_of(with({{"retry-after", garbage}})), garbage);
  CHECK_FALSE(retry_after_of(with({})));
}

TEST_CASE("rate limit: the account family says when a throttle ends, then the user family, then Retry-After") {
  http::Headers headers{{"retry-after", "30"}, {"date", "Thu, 01 Jan 2026 00:00:00 GMT"}};
  CHECK(throttle_end_of(with(headers)) == kNewYear + 30s);

  headers.append("x-rate-limit-limit", "2000");
  headers.append("x-rate-limit-remaining", "0");
  headers.append("x-rate-limit-reset", "1767225900");
  CHECK(throttle_end_of(with(headers)) == kNewYear + 5min);

  headers.append("x-account-rate-limit-limit", "2000");
  headers.append("x-account-rate-limit-remaining", "0");
  headers.append("x-account-rate-limit-reset", "1767225660");
  CHECK(throttle_end_of(with(headers)) == kNewYear + 1min);
}

TEST_CASE("rate limit: a Retry-After date needs no Date header, seconds do") {
  CHECK(throttle_end_of(with({{"retry-after", "Thu, 01 Jan 2026 00:00:00 GMT"}})) == kNewYear);
  CHECK_FALSE(throttle_end_of(with({{"retry-after", "30"}})));
  CHECK(throttle_end_of(with({{"retry-after", "0"}, {"date", "Thu, 01 Jan 2026 00:00:00 GMT"}})) == kNewYear);
  CHECK_FALSE(throttle_end_of(with({})));
}

}  // namespace xads
