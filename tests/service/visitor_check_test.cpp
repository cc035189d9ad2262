#include "service/visitor_check.h"

#include <doctest/doctest.h>

#include "base/encoding.h"

namespace {

using namespace std::chrono_literals;
using service::VisitorCheck;

const base::Instant kNow = base::from_epoch_ms(1'795'435'200'000);
constexpr const char* kToken = "0123456789abcdef";

http::InboundRequest request(std::initializer_list<http::Header> headers) {
  http::InboundRequest request{"GET", "/metrics", {}};
  request.headers.append("Host", "127.0.0.1:9487");
  for (const auto& header : headers) request.headers.append(header.name, header.value);
  return request;
}

int status_of(VisitorCheck& check, std::initializer_list<http::Header> headers) {
  const auto refusal = check.check(request(headers), kNow);
  return refusal ? refusal->answer.status : 200;
}

TEST_CASE("visitors: the token is taken as Bearer and as the password of Basic, whatever the user") {
  VisitorCheck check{base::Secret(kToken)};
  CHECK(status_of(check, {}) == 401);
  CHECK(status_of(check, {{"Authorization", "Bearer 0123456789abcdef"}}) == 200);
  CHECK(status_of(check, {{"authorization", "BEARER 0123456789abcdef"}}) == 200);
  for (const std::string user : {"", "prometheus"})
    CHECK(status_of(check, {{"Authorization", "Basic " + base::to_base64(user + ":" + kToken)}}) == 200);
  for (const std::string wrong :
       {"Bearer 0123456789abcde", "Bearer 0123456789abcdeff", "Bearer", "0123456789abcdef", "Bearer  0123456789abcdef",
        "Basic 0123456789abcdef", "Basic MDEyMzQ1Njc4OWFiY2RlZg==", "Digest 0123456789abcdef", ""})
    CHECK_MESSAGE(status_of(check, {{"Authorization", wrong}}) == 401, wrong);
}

TEST_CASE("visitors: without a token everybody is let in, but not for the page of another site") {
  VisitorCheck check{base::Secret()};
  CHECK(status_of(check, {}) == 200);
  CHECK(status_of(check, {{"Sec-Fetch-Site", "none"}}) == 200);
  CHECK(status_of(check, {{"Sec-Fetch-Site", "same-origin"}}) == 200);
  CHECK(status_of(check, {{"Origin", "http://127.0.0.1:9487"}}) == 200);
  CHECK(status_of(check,
                  {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "document"}}) ==
        200);
  CHECK(status_of(check,
                  {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "iframe"}}) ==
        403);
  CHECK(status_of(check, {{"Sec-Fetch-Site", "same-site"}}) == 403);
  CHECK(status_of(check, {{"Sec-Fetch-Site", "something new"}}) == 403);
  for (const char* origin :
       {"null", "https://evil.example", "http://127.0.0.1:80", "http://127.0.0.1:9487.evil.example"})
    CHECK_MESSAGE(status_of(check, {{"Origin", origin}}) == 403, origin);
}

TEST_CASE(
    "visitors: ten guesses a minute are free, the ones after them take a second, and a minute later all begins anew") {
  VisitorCheck check{base::Secret(kToken)};
  const auto guess = request({{"Authorization", "Bearer guess"}});
  const auto delay = [&](base::Instant at) { return check.check(guess, at)->delay; };
  for (int number = 0; number < VisitorCheck::kFreeGuesses; ++number) CHECK(delay(kNow + number * 1s) == 0s);
  CHECK(delay(kNow + 20s) == VisitorCheck::kPenalty);
  CHECK(check.check(request({}), kNow + 21s)->delay == 0s);  // brought none
  CHECK_FALSE(check.check(request({{"Authorization", std::string("Bearer ") + kToken}}), kNow + 22s));
  CHECK(delay(kNow + 60s) == 0s);
}

}  // namespace
