#include "xads/client.h"

#include <array>

#include "base/encoding.h"
#include "base/ensure.h"

namespace xads {
namespace {

/// As it is signed (lower case, no default port), so that it need not be read again for every request.
std::string normalized(const std::string& url) {
  std::string base = base_string_url(url);
  while (base.ends_with('/')) base.pop_back();
  return base;
}

SigningContext make_context(const base::Clock& clock, base::Random& random) {
  std::array<unsigned char, 16> bytes;
  random.fill(bytes);
  return {base::to_hex(base::as_view(bytes)), base::to_epoch_seconds(clock.now().utc)};
}

}  // namespace

Client::Client(ApiOptions options, const base::Clock& clock, base::Random& random)
    : options_(std::move(options)), clock_(clock), random_(random) {
  options_.base_url = normalized(options_.base_url);
  options_.identity_url = normalized(options_.identity_url);
}

http::Request Client::access_request(const Consumer& consumer, const AccessToken& token,
                                     const std::string& account_id) const {
  return signed_get(versioned("/accounts/" + percent_encode(account_id) + "/authenticated_user_access"), {}, consumer,
                    token);
}

http::Request Client::accounts_request(const Consumer& consumer, const AccessToken& token, int count,
                                       const std::string& cursor) const {
  ENSURE(count >= 1 && count <= 1000);
  std::vector<Parameter> query{{"count", std::to_string(count)}};
  if (!cursor.empty()) query.emplace_back("cursor", cursor);
  return signed_get(versioned("/accounts"), std::move(query), consumer, token);
}

http::Request Client::identity_request(const Consumer& consumer, const AccessToken& token) const {
  return signed_get(options_.identity_url + "/1.1/account/verify_credentials.json", {}, consumer, token);
}

http::Request Client::signed_get(std::string url, std::vector<Parameter> query, const Consumer& consumer,
                                 const AccessToken& token) const {
  http::Request request;
  request.url = query.empty() ? url : url + "?" + parameter_string(query);
  request.headers = {{"Accept", "application/json"}};
  request.deadline = options_.deadline;
  // References only to what outlives the request, by the contract of this class; no `this`.
  request.authorization = [url = std::move(url), query = std::move(query), &clock = clock_, &random = random_,
                           &consumer, &token] {
    return authorization_header_for("GET", url, query, consumer, token, make_context(clock, random));
  };
  return request;
}

std::string Client::versioned(std::string_view path) const {
  return options_.base_url + "/" + options_.version + std::string(path);
}

}  // namespace xads
