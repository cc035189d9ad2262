#include "service/keyring.h"

#include <utility>

#include "base/digest.h"

namespace service {
namespace {

bool same_secrets(const xads::AccessToken& left, const xads::AccessToken& right) {
  return base::equal_in_constant_time(left.token.reveal(), right.token.reveal()) &&
         base::equal_in_constant_time(left.secret.reveal(), right.secret.reveal());
}

}  // namespace

Keyring::Keyring(const std::vector<App>& apps) {
  for (const App& app : apps) consumers_.emplace(app.name, &app.consumer);
}

std::vector<audit::TokenId> Keyring::replace(std::vector<store::StoredToken>& tokens) {
  std::vector<audit::TokenId> changed;
  const auto before = std::exchange(keys_, {});
  for (auto& stored : tokens) {
    const auto consumer = consumers_.find(stored.token.app);
    if (consumer == consumers_.end()) continue;
    const auto known = before.find(stored.token.id);
    const bool same = known != before.end() && same_secrets(known->second->token, stored.secrets) &&
                      &known->second->consumer == consumer->second;
    if (known != before.end() && !same) changed.push_back(stored.token.id);
    keys_[stored.token.id] =
        same ? known->second
             : std::make_shared<const SigningKeys>(SigningKeys{*consumer->second, std::move(stored.secrets)});
  }
  return changed;
}

std::shared_ptr<const SigningKeys> Keyring::keys_of(const audit::TokenId& token) const {
  const auto found = keys_.find(token);
  return found == keys_.end() ? nullptr : found->second;
}

}  // namespace service
