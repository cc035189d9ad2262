#include "xads/client.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace xads {
namespace {

using namespace std::chrono_literals;

const base::Instant kSigned = base::from_epoch_seconds(1767225600);  // 2026-01-01T00:00:00Z

/// Gives the same byte for ever, so that a header can be written down.
class ConstantRandom final : public base::Random {
 public:
  void fill(std::span<unsigned char> bytes) override { std::fill(bytes.begin(), bytes.end(), 0xA5); }
};

struct Fixture {
  base::ManualClock clock{kSigned};
  base::SeededRandom random{7};
  Consumer consumer{base::Secret("xvz1evFS4wEEPTGEFPHBog"),
                    base::Secret("kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw")};
  AccessToken token{base::Secret("370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"),
                    base::Secret("LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE")};
  Client client{ApiOptions{}, clock, random};
};

std::string member(const std::string& header, const std::string& name) {
  const auto start = header.find(name + "=\"");
  REQUIRE(start != std::string::npos);
  const auto value = start + name.size() + 2;
  return header.substr(value, header.find('"', value) - value);
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "client: the access request asks version 12 for one account, as JSON, in ten seconds") {
  const auto request = client.access_request(consumer, token, "18ce54d4x5t");
  CHECK(request.method == "GET");
  CHECK(request.url == "https://ads-api.x.com/12/accounts/18ce54d4x5t/authenticated_user_access");
  CHECK(request.headers == std::vector<http::Header>{{"Accept", "application/json"}});
  CHECK(request.body.empty());
  CHECK(request.deadline == 10s);
  CHECK(request.idempotent);
  CHECK(request.reach == http::Reach::kAnyAddress);
  CHECK(request.max_body == 1024 * 1024);
  CHECK_FALSE(request.cut_long_body);
}

TEST_CASE_FIXTURE(Fixture, "client: host, version and deadline come from the options, and slashes do not double") {
  const Client other({"https://127.0.0.1:8443/", "https://127.0.0.1:9443//", "11", 3s}, clock, random);
  const auto request = other.access_request(consumer, token, "abc");
  CHECK(request.url == "https://127.0.0.1:8443/11/accounts/abc/authenticated_user_access");
  CHECK(request.deadline == 3s);
  CHECK(other.identity_request(consumer, token).url == "https://127.0.0.1:9443/1.1/account/verify_credentials.json");
}

TEST_CASE_FIXTURE(Fixture, "client: the URL that is called is the one that is signed, however it was written") {
  ConstantRandom constant;
  const Client other({"HTTPS://ADS-API.x.com:443/proxy/", "https://api.x.com", "12", 10s}, clock, constant);
  const auto request = other.access_request(consumer, token, "abc");
  CHECK(request.url == "https://ads-api.x.com/proxy/12/accounts/abc/authenticated_user_access");
  CHECK(request.authorization() == authorization_header("GET", request.url, {}, consumer, token,
                                                        {"a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5", 1767225600}));
}

TEST_CASE_FIXTURE(Fixture, "client: an account id cannot leave its place in the path") {
  CHECK(client.access_request(consumer, token, "../x?y#z a").url ==
        "https://ads-api.x.com/12/accounts/..%2Fx%3Fy%23z%20a/authenticated_user_access");
}

TEST_CASE_FIXTURE(Fixture, "client: the first page of accounts has no cursor, the next one any characters at all") {
  CHECK(client.accounts_request(consumer, token, 1000, "").url == "https://ads-api.x.com/12/accounts?count=1000");
  CHECK(client.accounts_request(consumer, token, 2, "c-3 &=+/\xC3\xA9%").url ==
        "https://ads-api.x.com/12/accounts?count=2&cursor=c-3%20%26%3D%2B%2F%C3%A9%25");
}

TEST_CASE_FIXTURE(Fixture, "client: a sign-in begins and ends on the identity host, and is never sent twice") {
  const auto begin = client.request_token_request(consumer, "http://127.0.0.1:8080/callback?state=1");
  CHECK(begin.method == "POST");
  CHECK(begin.url == "https://api.x.com/oauth/request_token");
  CHECK_FALSE(begin.idempotent);
  const std::string header = begin.authorization();
  CHECK(member(header, "oauth_callback") == "http%3A%2F%2F127.0.0.1%3A8080%2Fcallback%3Fstate%3D1");
  CHECK(header.find("oauth_token=") == std::string::npos);

  const AccessToken request_token{base::Secret("request-token"), base::Secret("request-secret")};
  const auto end = client.access_token_request(consumer, request_token, "1234567");
  CHECK(end.method == "POST");
  CHECK(end.url == "https://api.x.com/oauth/access_token");
  CHECK_FALSE(end.idempotent);
  CHECK(member(end.authorization(), "oauth_verifier") == "1234567");
  CHECK(member(end.authorization(), "oauth_token") == "request-token");
  CHECK(end.body.empty());
  CHECK(client.authorize_link("a&b") == "https://api.x.com/oauth/authorize?oauth_token=a%26b");
}

TEST_CASE_FIXTURE(Fixture, "client: the identity request goes to the identity host") {
  CHECK(client.identity_request(consumer, token).url == "https://api.x.com/1.1/account/verify_credentials.json");
}

TEST_CASE_FIXTURE(Fixture, "client: a nonce is sixteen random bytes and no attempt repeats one") {
  const auto request = client.access_request(consumer, token, "18ce54d4x5t");
  const auto first = request.authorization();
  const auto second = request.authorization();
  CHECK(member(first, "oauth_nonce").size() == 32);
  CHECK(member(first, "oauth_nonce") != member(second, "oauth_nonce"));
  CHECK(member(first, "oauth_signature") != member(second, "oauth_signature"));
}

TEST_CASE_FIXTURE(Fixture, "client: an attempt is stamped with the wall clock of its own moment") {
  const auto request = client.access_request(consumer, token, "18ce54d4x5t");
  CHECK(member(request.authorization(), "oauth_timestamp") == "1767225600");
  clock.advance(1999ms);
  CHECK(member(request.authorization(), "oauth_timestamp") == "1767225601");
  clock.step_wall(-1h);
  CHECK(member(request.authorization(), "oauth_timestamp") == "1767222001");
}

TEST_CASE_FIXTURE(Fixture, "client: the signature covers the query that is sent") {
  ConstantRandom constant;
  const Client steady({}, clock, constant);
  const std::string nonce = "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5";
  CHECK(steady.accounts_request(consumer, token, 5, "a b&c").authorization() ==
        authorization_header("GET", "https://ads-api.x.com/12/accounts", {{"count", "5"}, {"cursor", "a b&c"}},
                             consumer, token, {nonce, 1767225600}));
}

TEST_CASE_FIXTURE(Fixture, "client: a request outlives the client that made it") {
  http::Request request;
  {
    const Client brief({}, clock, random);
    request = brief.access_request(consumer, token, "18ce54d4x5t");
  }
  CHECK(request.authorization().starts_with("OAuth oauth_consumer_key=\"xvz1evFS4wEEPTGEFPHBog\", "));
}

TEST_CASE_FIXTURE(Fixture, "client: a list of accounts may be asked for by name, deleted ones too") {
  const auto open = [this](std::span<char>) { return reveal(token); };
  CHECK(client.accounts_request(consumer, open, {}).url == "https://ads-api.x.com/12/accounts?count=1000");
  CHECK(client.accounts_request(consumer, open, {1, "", {"18ce54d4x5t"}, false}).url ==
        "https://ads-api.x.com/12/accounts?account_ids=18ce54d4x5t&count=1");
  CHECK(client.accounts_request(consumer, open, {200, "c", {"a1", "b&2", "c3"}, true}).url ==
        "https://ads-api.x.com/12/accounts?account_ids=a1%2Cb%262%2Cc3&count=200&cursor=c&with_deleted=true");
}

TEST_CASE_FIXTURE(Fixture, "client: the comma between account ids is signed as it is sent") {
  ConstantRandom constant;
  const Client steady({}, clock, constant);
  const auto open = [this](std::span<char>) { return reveal(token); };
  CHECK(steady.accounts_request(consumer, open, {5, "", {"a1", "b2"}, true}).authorization() ==
        authorization_header("GET", "https://ads-api.x.com/12/accounts",
                             {{"with_deleted", "true"}, {"account_ids", "a1,b2"}, {"count", "5"}}, consumer, token,
                             {"a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5", 1767225600}));
}

TEST_CASE_FIXTURE(Fixture, "client: a token is opened when a request is signed, once an attempt and not before") {
  ConstantRandom constant;
  const Client steady({}, clock, constant);
  int opened = 0;
  const auto request = steady.access_request(
      consumer,
      [&](std::span<char> room) {
        ++opened;
        REQUIRE(room.size() == kTokenRoom);
        const auto name = token.token.reveal();
        const auto secret = token.secret.reveal();
        std::copy(secret.begin(), secret.end(), std::copy(name.begin(), name.end(), room.begin()));
        const std::string_view written(room.data(), room.size());
        return TokenText{written.substr(0, name.size()), written.substr(name.size(), secret.size())};
      },
      "abc");
  CHECK(opened == 0);
  CHECK(request.authorization() == steady.access_request(consumer, token, "abc").authorization());
  CHECK(opened == 1);
  CHECK(request.authorization().find("oauth_token=\"370773112-") != std::string::npos);
  CHECK(opened == 2);
}

TEST_CASE_FIXTURE(Fixture, "client: without its token a request is signed by the app alone") {
  const auto request = client.identity_request(consumer, [](std::span<char>) { return TokenText{}; });
  CHECK(request.authorization().find("oauth_token=") == std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "client: an account id of any bytes is signed as it is sent") {
  ConstantRandom constant;
  const Client steady({}, clock, constant);
  for (const std::string account : {"18ce54d4x5t", "../x?y#z a", "%2F", "\xC3\xA9~"}) {
    const auto request = steady.access_request(consumer, token, account);
    CHECK(request.authorization() == authorization_header("GET", request.url, {}, consumer, token,
                                                          {"a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5", 1767225600}));
  }
}

TEST_CASE_FIXTURE(Fixture, "client: no secret travels in the header") {
  const auto header = client.identity_request(consumer, token).authorization();
  CHECK(header.find(consumer.secret.reveal()) == std::string::npos);
  CHECK(header.find(token.secret.reveal()) == std::string::npos);
}

}  // namespace xads
