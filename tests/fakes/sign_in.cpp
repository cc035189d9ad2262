#include "sign_in.h"

#include <utility>

#include "json.h"

namespace fakes {
namespace {

/// X sends these two answers form-encoded under the name of HTML.
Answer form_answer(const NameValues& pairs) {
  Answer answer;
  answer.content_type = "text/html; charset=utf-8";
  answer.body = write_form(pairs);
  return answer;
}

}  // namespace

Answer SignIns::begin(const App& app, const std::string& callback) {
  if (callback.empty()) {
    return gateway_error(401, 417, "Desktop applications only support the oauth_callback value oob.");
  }
  const std::string number = std::to_string(++begun_);
  const std::string request_token = "request-token-" + number;
  pending_[request_token] = {app.name, "request-secret-" + number, callback, "", {}};
  return form_answer({{"oauth_token", request_token},
                      {"oauth_token_secret", "request-secret-" + number},
                      {"oauth_callback_confirmed", "true"}});
}

std::string SignIns::approve(const std::string& request_token, Token token) {
  const auto found = pending_.find(request_token);
  if (found == pending_.end()) throw BadCommand("there is no request token \"" + request_token + "\"");
  token.app = found->second.app;
  found->second.approved = std::move(token);
  found->second.verifier = std::to_string(1234566 + begun_);
  return found->second.verifier;
}

const std::string& SignIns::callback_of(const std::string& request_token) const {
  const auto found = pending_.find(request_token);
  if (found == pending_.end()) throw BadCommand("there is no request token \"" + request_token + "\"");
  return found->second.callback;
}

const std::string* SignIns::secret_of(const App& app, const std::string& request_token) const {
  const auto found = pending_.find(request_token);
  return found == pending_.end() || found->second.app != app.name ? nullptr : &found->second.secret;
}

Answer SignIns::exchange(World& world, const std::string& request_token, const std::string& verifier) {
  const auto found = pending_.find(request_token);
  if (found->second.verifier.empty() || found->second.verifier != verifier) {
    return gateway_error(401, 32, "Could not authenticate you.");
  }
  const Token token = std::move(found->second.approved);
  pending_.erase(found);
  world.put(token);
  return form_answer({{"oauth_token", token.token},
                      {"oauth_token_secret", token.secret},
                      {"user_id", token.user},
                      {"screen_name", world.user(token.user).screen_name}});
}

}  // namespace fakes
