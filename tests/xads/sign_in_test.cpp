#include "xads/sign_in.h"

#include <doctest/doctest.h>

#include "base/random.h"
#include "replies.h"

namespace xads {
namespace {

const std::string kRequestToken =
    "oauth_token=NPcudxy0yU5T3tBzho7iCotZ3cnetKwcTIRlX0iwRl0&"
    "oauth_token_secret=veNRnAWe6inFuo8o2u8SLLZLjolYDmDP7SzL0YfYI&";
const std::string kSignedIn =
    "oauth_token=7588892-kagSNqWge8gB1WwE3plnFsJHAZVfxWD7Vb57p0b4&"
    "oauth_token_secret=PbKfYqSryyeKDWz4ebtY3o5ogNLG11WJuZBc9fQrQo&user_id=7588892&";

std::string error_of_request_token(http::Reply reply) {
  const auto token = read_request_token(std::move(reply));
  return token ? "no error" : token.error();
}
std::string error_of_access_token(http::Reply reply) {
  const auto signed_in = read_access_token(std::move(reply));
  return signed_in ? "no error" : signed_in.error();
}
bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

http::Reply refusal(int status, const std::string& code) {
  return answer(status, R"({"errors":[{"code":)" + code + R"(,"message":"no"}]})");
}

const ExpectedCallBack kExpected{"/callback", "5f0c2d7d9a1b4e6f8091a2b3c4d5e6f7", "request-token-1"};

std::string describe(const CallBack& call) {
  return std::visit(base::Overloaded{[](const Verifier& verifier) { return "verifier " + verifier.text; },
                                     [](const UserDenied&) { return std::string("denied"); },
                                     [](const ForeignCall& foreign) { return "foreign: " + foreign.why; }},
                    call);
}
std::string call(const std::string& target) { return describe(read_call_back(target, kExpected)); }

}  // namespace

TEST_CASE("sign-in: the request token is read from a form that calls itself HTML") {
  const auto token = read_request_token(
      answer(200, kRequestToken + "oauth_callback_confirmed=true", {{"content-type", "text/html;charset=utf-8"}}));
  REQUIRE(token.ok());
  CHECK(token.value().token.reveal() == "NPcudxy0yU5T3tBzho7iCotZ3cnetKwcTIRlX0iwRl0");
  CHECK(token.value().secret.reveal() == "veNRnAWe6inFuo8o2u8SLLZLjolYDmDP7SzL0YfYI");
}

TEST_CASE("sign-in: a call-back that X does not confirm ends it") {
  for (const char* end : {"", "oauth_callback_confirmed=false", "oauth_callback_confirmed=", "confirmed=true"}) {
    CAPTURE(end);
    CHECK(holds(error_of_request_token(answer(200, kRequestToken + end)), "does not confirm the call-back"));
  }
}

TEST_CASE("sign-in: the access token comes with its user") {
  const auto signed_in = read_access_token(answer(200, kSignedIn + "screen_name=brand%5Fa\n"));
  REQUIRE(signed_in.ok());
  CHECK(signed_in.value().token.token.reveal() == "7588892-kagSNqWge8gB1WwE3plnFsJHAZVfxWD7Vb57p0b4");
  CHECK(signed_in.value().token.secret.reveal() == "PbKfYqSryyeKDWz4ebtY3o5ogNLG11WJuZBc9fQrQo");
  CHECK(signed_in.value().user_id == "7588892");
  CHECK(signed_in.value().screen_name == "brand_a");
}

TEST_CASE("sign-in: an answer that is no such form gives no token") {
  for (const char* body :
       {"", "<html></html>", "oauth_token=a", "oauth_token=&oauth_token_secret=b&user_id=1",
        "oauth_token=a%0A&oauth_token_secret=b&user_id=1", "oauth_token=a&oauth_token=b&oauth_token_secret=c&user_id=1",
        "oauth_token=a%2&oauth_token_secret=c&user_id=1", "oauth_token=a%g0&oauth_token_secret=c&user_id=1",
        "oauth_token=a&oauth_token_secret=b", "oauth_token=a&oauth_token_secret=b&user_id=me"}) {
    CAPTURE(body);
    CHECK_FALSE(read_access_token(answer(200, body)).ok());
  }
  CHECK_FALSE(
      read_access_token(answer(200, "oauth_token=" + std::string(257, 'a') + "&oauth_token_secret=b&user_id=1")).ok());
}

TEST_CASE("sign-in: a refusal says what to do") {
  CHECK(holds(error_of_request_token(refusal(401, "32")), "consumer_key and consumer_secret"));
  CHECK(holds(error_of_request_token(refusal(403, "415")), "not on the app's list"));
  CHECK(holds(error_of_request_token(refusal(401, "417")), "use --pin"));
  CHECK(holds(error_of_request_token(refusal(401, "135")), "set the clock"));
  CHECK(holds(error_of_request_token(refusal(401, "416")), "developer.x.com"));
  CHECK(holds(error_of_request_token(refusal(429, "88")), "15 minutes"));
  CHECK(holds(error_of_access_token(refusal(401, "32")), "the PIN is wrong"));
  CHECK(holds(error_of_access_token(answer(401, "Request token missing")), "begin the sign-in again"));
  CHECK(holds(error_of_access_token(answer(503, "down")), "nothing was decided"));
  CHECK(
      holds(error_of_access_token(base::Failure{http::TransportError{http::Stage::kConnect, "no route to api.x.com"}}),
            "no route to api.x.com"));
  CHECK(holds(error_of_request_token(refusal(403, "415")), "HTTP 403, code 415"));
}

TEST_CASE("sign-in: no error repeats what came") {
  const std::string secret = "oauth_token=SESAME&oauth_token_secret=OPEN&user_id=x";
  for (const int status : {200, 401, 403, 500}) {
    CHECK_FALSE(holds(error_of_access_token(answer(status, secret)), "SESAME"));
    CHECK_FALSE(holds(error_of_request_token(answer(status, secret)), "OPEN"));
  }
}

TEST_CASE("sign-in: a call-back of this very sign-in brings the verifier, or a no") {
  const std::string mine = "/callback?state=" + kExpected.state;
  CHECK(call(mine + "&oauth_token=request-token-1&oauth_verifier=uw7NjWHT6OJ1") == "verifier uw7NjWHT6OJ1");
  CHECK(call(mine + "&oauth_verifier=u%2Dw&oauth_token=request%2Dtoken-1") == "verifier u-w");
  CHECK(call(mine + "&denied=request-token-1") == "denied");
}

TEST_CASE("sign-in: nothing comes of another call") {
  const std::string mine = "/callback?state=" + kExpected.state;
  const std::string rest = "&oauth_token=request-token-1&oauth_verifier=v";
  for (const std::string& target :
       {std::string("/"), std::string("/callback"), std::string("/callback?"),
        "/Callback?state=" + kExpected.state + rest, "/callback/?state=" + kExpected.state + rest,
        "/callback?" + rest.substr(1), "/callback?state=" + rest,
        "/callback?state=5f0c2d7d9a1b4e6f8091a2b3c4d5e6f8" + rest, mine, mine + "&oauth_token=request-token-1",
        mine + "&oauth_token=request-token-2&oauth_verifier=v", mine + "&oauth_verifier=v",
        mine + "&denied=request-token-2", mine + "&denied=", mine + rest + "&state=" + kExpected.state,
        mine + "&oauth_token=request-token-1&oauth_verifier=",
        mine + "&oauth_token=request-token-1&oauth_verifier=a%0Db", mine + rest + "&x=%", mine + rest + "&x=%zz"}) {
    CAPTURE(target);
    CHECK(call(target).substr(0, 8) == "foreign:");
  }
  std::string many = mine + rest;
  for (int i = 0; i < 20; ++i) many += "&p" + std::to_string(i) + "=";
  CHECK(call(many) == "foreign: the query is garbled");
}

TEST_CASE("sign-in: whatever is changed in a call-back, nothing but the very same parts is taken") {
  base::SeededRandom random(20261201);
  const std::string mine =
      "/callback?state=" + kExpected.state + "&oauth_token=request-token-1&oauth_verifier=verifier";
  const std::size_t end_of_secrets = mine.find("&oauth_verifier");
  for (int round = 0; round < 20'000; ++round) {
    std::string target = mine;
    const std::size_t place = random.next_u64() % end_of_secrets;
    const auto byte = static_cast<char>(random.next_u64() % 256);
    if (target[place] == byte) continue;
    target[place] = byte;
    CAPTURE(target);
    CHECK(call(target).substr(0, 8) == "foreign:");
  }
}

TEST_CASE("sign-in: the state goes into the call-back's query") {
  CHECK(with_state("http://127.0.0.1:8080/callback", "ab") == "http://127.0.0.1:8080/callback?state=ab");
  CHECK(with_state("https://ads.example/x?a=b", "ab") == "https://ads.example/x?a=b&state=ab");
}

TEST_CASE("identity: the user that the answer names") {
  CHECK(user_of_identity(answer(200, R"({"id":7,"id_str":"7"})")) == "7");
  CHECK(user_of_identity(answer(200, R"({"id":7,"id_str":"x"})")).empty());
  CHECK(user_of_identity(answer(200, R"({"id_str":"7","errors":[{"code":1}]})")).empty());
  CHECK(user_of_identity(answer(401, R"({"id_str":"7"})")).empty());
  CHECK(user_of_identity(base::Failure{http::TransportError{}}).empty());
}

}  // namespace xads
