#include "base/time.h"

#include <doctest/doctest.h>

namespace base {
namespace {

using namespace std::chrono_literals;

Duration duration(std::string_view text) { return parse_duration(text).value(); }
long long instant_ms(std::string_view text) { return to_epoch_ms(parse_instant(text).value()); }

}  // namespace

TEST_CASE("time: an instant is written in UTC with three decimals") {
  CHECK(to_text(from_epoch_ms(1795428902118)) == "2026-11-23T10:15:02.118Z");
  CHECK(to_text(from_epoch_ms(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(to_text(from_epoch_ms(-1)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("time: an instant is read with or without its fraction") {
  CHECK(instant_ms("2026-11-23T10:15:02.118Z") == 1795428902118);
  CHECK(instant_ms("2026-11-23T10:15:02Z") == 1795428902000);
  CHECK(instant_ms("2026-11-23T10:15:02.5Z") == 1795428902500);
  CHECK(instant_ms("2026-11-23T10:15:02.1189999Z") == 1795428902118);
  CHECK(instant_ms("2028-02-29T00:00:00Z") == 1835395200000);
}

TEST_CASE("time: every written instant is read back") {
  for (const long long ms : {0LL, 1LL, 999LL, 951782400000LL, 1795428902118LL, 253402300799999LL})
    CHECK(instant_ms(to_text(from_epoch_ms(ms))) == ms);
}

TEST_CASE("time: what is no instant is refused") {
  for (const std::string text : {"",
                                 "now",
                                 "2026-11-23",
                                 "2026-11-23 10:15:02Z",
                                 "2026-11-23T10:15:02Zx",
                                 "2026-11-23T10:15:02+01:00",
                                 "2026-11-23T10:15:02.Z",
                                 "2026-11-23T24:00:00Z",
                                 "2026-11-23T10:60:00Z",
                                 "2026-11-23T10:15:60Z",
                                 "2026-13-01T00:00:00Z",
                                 "2026-00-10T00:00:00Z",
                                 "2026-02-29T00:00:00Z",
                                 "2026-04-31T00:00:00Z",
                                 "2026-11-00T00:00:00Z",
                                 "2026-1-1T00:00:00Z",
                                 " 2026-11-23T10:15:02Z",
                                 "2026- 1-23T10:15:02Z",
                                 "+026-11-23T10:15:02Z",
                                 "20260-11-23T10:15:02Z",
                                 "2026-11-23T1:15:02Z",
                                 "1795428902"})
    CHECK_FALSE_MESSAGE(parse_instant(text).ok(), text);
  CHECK_FALSE(parse_instant(std::string_view("2026-11-23T10:15:02Z\0x", 22)).ok());
}

TEST_CASE("time: the refusal of an instant names the text") {
  CHECK(parse_instant("noon").error() == "\"noon\" is not a point in time; write it as 2026-11-23T10:15:02Z");
}

TEST_CASE("time: an HTTP date is read in the form of RFC 9110") {
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").value() == from_epoch_seconds(784111777));
  CHECK(parse_http_date("Thu, 01 Jan 2026 00:00:00 GMT").value() == from_epoch_seconds(1767225600));
}

TEST_CASE("time: what is no HTTP date is refused") {
  for (const std::string text :
       {"", "0", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMTx", "Sun, 31 Feb 2026 00:00:00 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 25:49:37 GMT"})
    CHECK_FALSE_MESSAGE(parse_http_date(text).ok(), text);
}

TEST_CASE("time: durations are written by their units") {
  CHECK(to_text(Duration(0)) == "0s");
  CHECK(to_text(Duration(250)) == "250ms");
  CHECK(to_text(Duration(15min)) == "15m");
  CHECK(to_text(Duration(90min)) == "1h30m");
  CHECK(to_text(Duration(-90s)) == "-1m30s");
  CHECK(to_text(Duration(49h + 1ms)) == "2d1h1ms");
}

TEST_CASE("time: durations are read by their units") {
  CHECK(duration("15m") == 15min);
  CHECK(duration("1h30m") == 90min);
  CHECK(duration("250ms") == 250ms);
  CHECK(duration("2d") == 48h);
  CHECK(duration("0s") == 0ms);
  CHECK(duration("36500d") == 36500 * 24h);
}

TEST_CASE("time: what is no duration is refused") {
  for (const std::string text : {"", " ", "m", "-5m", "+5m", "1.5h", "5 m", "5M", "5min", "5w", "5m ", " 5m", "5ms3",
                                 "99999999999999999999s", "37000d", "36600d1ms", "9223372036854775807ms", "1h-5m"})
    CHECK_FALSE_MESSAGE(parse_duration(text).ok(), text);
}

TEST_CASE("time: the refusal of a bare number says how to write it") {
  CHECK(parse_duration("15").error() == "\"15\" has no unit; write it as 15s, 15m or 15h");
  CHECK(parse_duration("15x").error() == "\"15x\" has an unknown unit; use ms, s, m, h or d");
  CHECK(parse_duration("200000d").error() == "\"200000d\" is longer than a century");
}

TEST_CASE("time: rough text has the two largest units") {
  CHECK(to_rough_text(Duration(76h + 5min)) == "3d 4h");
  CHECK(to_rough_text(Duration(125s)) == "2m 5s");
  CHECK(to_rough_text(Duration(72h + 5s)) == "3d");
  CHECK(to_rough_text(Duration(999ms)) == "0s");
  CHECK(to_rough_text(Duration(-1500ms)) == "-1s");
  CHECK(to_rough_text(Duration(0)) == "0s");
}

TEST_CASE("time: shares are percentages") {
  CHECK(parse_share("10%").value() == 0.1);
  CHECK(parse_share("0.5%").value() == 0.005);
  CHECK(parse_share("0%").value() == 0.0);
  CHECK(parse_share("100%").value() == 1.0);
}

TEST_CASE("time: what is no share is refused") {
  for (const std::string text :
       {"", "%", "10", "-1%", "100.1%", "nan%", "inf%", "10%%", "10 %", " 10%", "ten%", "1e999%"})
    CHECK_FALSE_MESSAGE(parse_share(text).ok(), text);
  CHECK(parse_share("10").error() == "\"10\" has no percent sign; write it as 10%");
}

TEST_CASE("time: seconds of the epoch are floored, also before it") {
  CHECK(to_epoch_seconds(from_epoch_ms(1999)) == 1);
  CHECK(to_epoch_seconds(from_epoch_ms(-1)) == -1);
  CHECK(from_epoch_seconds(2) == from_epoch_ms(2000));
}

}  // namespace base
