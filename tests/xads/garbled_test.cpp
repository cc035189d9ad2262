// What no garbled answer may ever do: grant, or accuse. Seeded, so that a failure comes again.

#include <doctest/doctest.h>

#include "base/random.h"
#include "xads/replies.h"

namespace xads {
namespace {

const std::string kAccount = "18ce54d4x5t";
const std::string kGrant =
    R"({"data":{"user_id":"2417045708","permissions":["ACCOUNT_ADMIN"]},"request":{"params":{"account_id":"18ce54d4x5t"}}})";
const std::string kRevoked = R"({"errors":[{"code":89,"message":"Invalid or expired token."}]})";
const std::string kNotFound =
    R"({"errors":[{"code":"NOT_FOUND","message":"Account 18ce54d4x5t was not found"}],"request":{"params":{}}})";

bool is_conclusive(const Answer& answer) {
  return std::holds_alternative<Granted>(answer) || std::holds_alternative<Denied>(answer);
}
bool accuses(const Answer& answer) { return answer == Answer{Denied{Denial::kTokenInvalid}}; }

std::size_t below(base::Random& random, std::size_t bound) { return random.next_u64() % bound; }

std::string random_bytes(base::Random& random, std::size_t length) {
  std::string bytes(length, '\0');
  for (char& byte : bytes) byte = static_cast<char>(below(random, 256));
  return bytes;
}

/// Changes, drops, doubles or inserts a few bytes.
std::string garble(base::Random& random, std::string body) {
  for (std::size_t changes = 1 + below(random, 4); changes > 0 && !body.empty(); --changes) {
    const std::size_t at = below(random, body.size());
    switch (below(random, 4)) {
      case 0:
        body[at] = static_cast<char>(below(random, 256));
        break;
      case 1:
        body.erase(at, 1 + below(random, 8));
        break;
      case 2:
        body.insert(at, body.substr(at, 1 + below(random, 16)));
        break;
      default:
        body.insert(at, random_bytes(random, 1));
    }
  }
  return body;
}

}  // namespace

TEST_CASE("garbled: no beginning of a real answer is conclusive") {
  for (const std::string& body : {kGrant, kRevoked, kNotFound}) {
    for (std::size_t length = 0; length < body.size(); ++length) {
      for (const int status : {200, 401, 403, 404})
        CHECK_FALSE(is_conclusive(classify(answer(status, body.substr(0, length)), kAccount).answer));
    }
  }
}

TEST_CASE("garbled: at no status but its own does a real answer grant or accuse") {
  for (int status = 0; status < 1000; ++status) {
    CAPTURE(status);
    CHECK(std::holds_alternative<Granted>(classify(answer(status, kGrant), kAccount).answer) == (status == 200));
    CHECK(accuses(classify(answer(status, kRevoked), kAccount).answer) == (status == 401));
    CHECK((classify_identity(answer(status, kRevoked)) == IdentityAnswer::kTokenInvalid) == (status == 401));
    const bool may_miss_account = status == 403 || status == 404;
    CHECK((classify(answer(status, kNotFound), kAccount).answer == Answer{Denied{Denial::kAccountNotFound}}) ==
          may_miss_account);
    if (status < 400 || status >= 500)
      CHECK_FALSE(std::holds_alternative<Denied>(classify(answer(status, kRevoked), kAccount).answer));
  }
}

TEST_CASE("garbled: noise is never conclusive") {
  base::SeededRandom random(20261123);
  for (int round = 0; round < 2000; ++round) {
    const std::string body = random_bytes(random, below(random, 200));
    for (const int status : {200, 401, 403, 404})
      CHECK_FALSE(is_conclusive(classify(answer(status, body), kAccount).answer));
  }
}

TEST_CASE("garbled: a damaged answer accuses only while its code still stands, and grants only whole names") {
  base::SeededRandom random(42);
  for (int round = 0; round < 5000; ++round) {
    const std::string revoked = garble(random, kRevoked);
    CAPTURE(revoked);
    if (accuses(classify(answer(401, revoked), kAccount).answer)) {
      CHECK(revoked.find("\"errors\"") != std::string::npos);
      CHECK(revoked.find("\"code\"") != std::string::npos);
      CHECK(revoked.find("89") != std::string::npos);
    }
    CHECK_FALSE(accuses(classify(answer(403, revoked), kAccount).answer));
    const std::string grant = garble(random, kGrant);
    CAPTURE(grant);
    const auto seen = classify(answer(200, grant), kAccount).answer;
    CHECK_FALSE(std::holds_alternative<Denied>(seen));
    if (const auto* granted = std::get_if<Granted>(&seen)) {
      CHECK(grant.find(granted->user_id) != std::string::npos);
      for (const auto& name : granted->permissions.texts()) CHECK_FALSE(name.empty());
    }
  }
}

TEST_CASE("garbled: headers of noise bring no limits and no crash") {
  base::SeededRandom random(7);
  for (int round = 0; round < 1000; ++round) {
    http::Headers headers;
    for (const std::string name :
         {"date", "retry-after", "x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset",
          "x-account-rate-limit-limit", "x-account-rate-limit-remaining", "x-account-rate-limit-reset", "x-api-warn"})
      headers.append(name, random_bytes(random, below(random, 30)));
    const auto seen = classify(answer(429, "", headers), kAccount);
    CHECK(seen.limits == RateLimits{});
    CHECK(std::holds_alternative<Throttled>(seen.answer));
  }
}

}  // namespace xads
