#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "service/engine.h"
#include "service/options.h"
#include "store/store.h"
#include "xads/credentials.h"

namespace service {

/// Signs for the watched tokens. Their secrets lie sealed in the roster and are opened only while a request is being
/// signed. Loop thread only.
class Keyring {
 public:
  /// `apps` and `roster` must outlive the keyring.
  Keyring(const std::vector<App>& apps, const Roster& roster, std::shared_ptr<const store::Opener> opener);

  const std::vector<App>& apps() const { return apps_; }
  std::set<std::string> app_names() const;
  const store::Opener& opener() const { return *opener_; }

  /// The app's side of a question. Requires a token of a known app.
  const xads::Consumer& consumer_of(const Asked& asked) const;
  /// The user's side, for this keyring's lifetime; it gives nothing once the token is gone or has other secrets. It
  /// throws store::UnusableStore when the secrets cannot be opened.
  xads::TokenSource source_of(const Asked& asked) const;

 private:
  const std::vector<App>& apps_;
  const Roster& roster_;
  std::shared_ptr<const store::Opener> opener_;
  std::map<std::string, const xads::Consumer*, std::less<>> consumers_;
};

}  // namespace service
