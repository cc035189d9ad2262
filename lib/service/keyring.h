#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "service/options.h"
#include "store/store.h"
#include "xads/credentials.h"

namespace service {

/// What signs the requests of one token.
struct SigningKeys {
  const xads::Consumer& consumer;  ///< of an app, which outlives the keyring
  xads::AccessToken token;
};

/// The secrets of all watched tokens. Whoever has a request under way shares its keys, because an operator may
/// replace or remove the token meanwhile. Loop thread only.
class Keyring {
 public:
  explicit Keyring(const std::vector<App>& apps);  ///< `apps` must outlive the keyring

  /// Takes over exactly these tokens. Returns those whose secrets are others than before.
  std::vector<audit::TokenId> replace(std::vector<store::StoredToken>& tokens);
  /// Nothing for an unknown token or one whose app is not in the settings.
  std::shared_ptr<const SigningKeys> keys_of(const audit::TokenId& token) const;
  bool knows_app(const std::string& app) const { return consumers_.contains(app); }

 private:
  std::map<std::string, const xads::Consumer*> consumers_;
  std::map<audit::TokenId, std::shared_ptr<const SigningKeys>> keys_;
};

}  // namespace service
