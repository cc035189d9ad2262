#include "token_warnings.h"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <set>

namespace app {
namespace {

using User = std::pair<std::string, std::string>;  ///< app, and the id of the user there

/// Tokens seen so far, those of the store first. A name that comes again replaces the token, it does not add one.
class Neighbours {
 public:
  Neighbours(const std::vector<store::StoredToken>& fresh, const std::vector<store::TokenRow>& known,
             const store::Opener* opener)
      : opener_(opener) {
    std::set<std::string_view> replaced;
    for (const auto& token : fresh) replaced.insert(token.token.name);
    for (const auto& row : known) {
      if (row.removed) continue;
      names_.insert(row.token.name);
      if (replaced.contains(row.token.name)) continue;
      ++held_[row.token.app];
      for (const std::string& user : {row.claimed_user, row.token.user_id}) {
        if (!user.empty()) of_user_.emplace(User(row.token.app, user), row.token.name);
      }
      if (opener != nullptr && !row.sealed.empty()) sealed_of_user_.emplace(row.claimed_user, &row);
    }
  }

  /// Adds the token; returns what is odd about it.
  std::vector<std::string> add(const store::StoredToken& fresh, const std::vector<service::App>& apps) {
    std::vector<std::string> warnings;
    const auto& [token, source, accounts, added_at, secrets] = fresh;
    const int held = ++held_[token.app];
    const bool is_new = names_.insert(token.name).second;
    for (const auto& app : apps) {
      if (is_new && app.name == token.app && app.token_limit && held > *app.token_limit)
        warnings.push_back(fmt::format("token {}: the app {} may hold {} tokens; this is number {}", token.name,
                                       token.app, *app.token_limit, held));
    }
    const std::string user = xads::claimed_user(secrets);
    if (const auto twin = twin_of(secrets, user))
      warnings.push_back(fmt::format("token {}: it is the very same token as {}; remove one", token.name, *twin));
    else if (const auto namesake = of_user_.find({token.app, user}); !user.empty() && namesake != of_user_.end())
      warnings.push_back(
          fmt::format("token {}: it is of user {}, and so is {}: X gives one user one token at one app, "
                      "so one of them is out of date; remove it",
                      token.name, user, namesake->second));
    of_user_.emplace(User(token.app, user), token.name);
    by_token_.emplace(secrets, token.name);
    return warnings;
  }

 private:
  /// The same token under another name: among the fresh ones, or among the stored ones of the same user.
  std::optional<std::string> twin_of(const xads::AccessToken& secrets, const std::string& user) const {
    const auto fresh = by_token_.find(secrets);
    if (fresh != by_token_.end()) return fresh->second;
    const auto [first, last] = sealed_of_user_.equal_range(user);
    for (auto entry = first; entry != last; ++entry) {
      const store::TokenRow& row = *entry->second;
      const auto stored = opener_->open(row.token.id, row.token.name, row.sealed);
      const xads::ByToken before;
      if (!before(stored, secrets) && !before(secrets, stored)) return row.token.name;
    }
    return std::nullopt;
  }

  std::map<std::string, int> held_;  ///< by app
  std::set<std::string> names_;
  std::map<User, std::string> of_user_;  ///< name of the first
  std::multimap<std::string, const store::TokenRow*> sealed_of_user_;
  std::map<std::reference_wrapper<const xads::AccessToken>, std::string, xads::ByToken> by_token_;
  const store::Opener* opener_;
};

}  // namespace

std::vector<std::string> warnings_about(const std::vector<store::StoredToken>& fresh,
                                        const std::vector<store::TokenRow>& known,
                                        const std::vector<service::App>& apps, const store::Opener* opener) {
  Neighbours neighbours(fresh, known, opener);
  std::vector<std::string> warnings;
  for (const auto& token : fresh) {
    for (auto& warning : neighbours.add(token, apps)) warnings.push_back(std::move(warning));
  }
  return warnings;
}

}  // namespace app
