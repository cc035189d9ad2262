#include "xads/client.h"

#include <openssl/crypto.h>

#include <array>

#include "base/encoding.h"
#include "base/ensure.h"
#include "base/text.h"

namespace xads {
namespace {

/// As it is signed, without a closing slash.
std::string normalized(const std::string& url) {
  std::string base = base_string_url(url);
  while (base.ends_with('/')) base.pop_back();
  return base;
}

/// Where a token lies open while a signature is made.
struct TokenRoom {
  TokenRoom() = default;
  TokenRoom(const TokenRoom&) = delete;
  TokenRoom& operator=(const TokenRoom&) = delete;
  ~TokenRoom() { ::OPENSSL_cleanse(bytes.data(), bytes.size()); }

  std::array<char, kTokenRoom> bytes;
};

std::string make_nonce(base::Random& random) {
  std::array<unsigned char, 16> bytes;
  random.fill(bytes);
  return base::to_hex(base::as_view(bytes));
}

TokenSource source_of(const AccessToken& token) {
  return [&token](std::span<char>) { return reveal(token); };
}

}  // namespace

Client::Client(const ApiOptions& options, const base::Clock& clock, base::Random& random)
    : accounts_url_(normalized(options.base_url) + "/" + options.version + "/accounts"),
      identity_host_(normalized(options.identity_url)),
      identity_url_(identity_host_ + "/1.1/account/verify_credentials.json"),
      access_start_("GET&" + percent_encode(accounts_url_ + "/")),
      deadline_(options.deadline),
      clock_(clock),
      random_(random) {}

http::Request Client::access_request(const Consumer& consumer, TokenSource token, std::string_view account_id) const {
  // Piece by piece, which is what make_signable() would give, but for a third of the time.
  const std::string id = percent_encode(account_id);
  std::string start;
  start.reserve(160);
  start.append(access_start_).append(percent_encode(id)).append("%2Fauthenticated_user_access&");
  std::string url;
  url.reserve(120);
  url.append(accounts_url_).append("/").append(id).append("/authenticated_user_access");
  return signed_get(std::move(url), {std::move(start), {}}, consumer, std::move(token));
}

http::Request Client::accounts_request(const Consumer& consumer, TokenSource token, const AccountsQuery& query) const {
  ENSURE(query.count >= 1 && query.count <= 1000);
  std::vector<Parameter> parameters{{"count", std::to_string(query.count)}};
  if (!query.cursor.empty()) parameters.emplace_back("cursor", query.cursor);
  if (!query.account_ids.empty()) parameters.emplace_back("account_ids", base::join(query.account_ids, ","));
  if (query.with_deleted) parameters.emplace_back("with_deleted", "true");
  return signed_get(accounts_url_ + "?" + parameter_string(parameters), make_signable("GET", accounts_url_, parameters),
                    consumer, std::move(token));
}

http::Request Client::identity_request(const Consumer& consumer, TokenSource token) const {
  return signed_get(identity_url_, make_signable("GET", identity_url_, {}), consumer, std::move(token));
}

http::Request Client::request_token_request(const Consumer& consumer, std::string_view callback) const {
  const auto no_token = [](std::span<char>) { return TokenText{}; };
  return sign_in_post("/oauth/request_token", consumer, no_token, "oauth_callback", callback);
}

http::Request Client::access_token_request(const Consumer& consumer, const AccessToken& request_token,
                                           std::string_view verifier) const {
  return sign_in_post("/oauth/access_token", consumer, source_of(request_token), "oauth_verifier", verifier);
}

std::string Client::authorize_link(std::string_view request_token) const {
  return identity_host_ + "/oauth/authorize?oauth_token=" + percent_encode(request_token);
}

http::Request Client::access_request(const Consumer& consumer, const AccessToken& token,
                                     std::string_view account_id) const {
  return access_request(consumer, source_of(token), account_id);
}

http::Request Client::accounts_request(const Consumer& consumer, const AccessToken& token, int count,
                                       const std::string& cursor) const {
  return accounts_request(consumer, source_of(token), AccountsQuery{count, cursor, {}, false});
}

http::Request Client::identity_request(const Consumer& consumer, const AccessToken& token) const {
  return identity_request(consumer, source_of(token));
}

http::Request Client::signed_get(std::string url, Signable signable, const Consumer& consumer,
                                 TokenSource token) const {
  http::Request request;
  request.url = std::move(url);
  request.headers.push_back({"Accept", "application/json"});
  request.deadline = deadline_;
  // References only to what outlives the request, by the contract of this class; no `this`.
  request.authorization = [signable = std::move(signable), token = std::move(token), &clock = clock_, &random = random_,
                           &consumer] {
    const std::string nonce = make_nonce(random);
    TokenRoom room;
    return authorization_header(signable, consumer, token(room.bytes),
                                {nonce, base::to_epoch_seconds(clock.now().utc)});
  };
  return request;
}

/// The parameter travels in the header with the others: RFC 5849 section 3.5 wants all of them in one place. Never sent
/// twice: a verifier works once, and an answer that got lost would leave a token that nobody holds.
http::Request Client::sign_in_post(const char* path, const Consumer& consumer, TokenSource token, std::string_view name,
                                   std::string_view value) const {
  http::Request request;
  request.method = "POST";
  request.url = identity_host_ + path;
  request.deadline = deadline_;
  request.idempotent = false;
  request.max_body = std::size_t{64} * 1024;  // bytes; X sends some 200
  request.authorization = [signable = make_signable("POST", request.url, {}), token = std::move(token),
                           name = std::string(name), value = percent_encode(value), &clock = clock_, &random = random_,
                           &consumer] {
    const std::string nonce = make_nonce(random);
    TokenRoom room;
    return authorization_header(signable, consumer, token(room.bytes), {nonce, base::to_epoch_seconds(clock.now().utc)},
                                {name, value});
  };
  return request;
}

}  // namespace xads
