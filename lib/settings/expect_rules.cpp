#include <algorithm>

#include "base/text.h"
#include "settings/look_up.h"
#include "settings/sections.h"

namespace settings {
namespace {

using verdict::Expectation;

/// Whether the expectation may be about a token, on some ad account.
bool may_be_about(const Expectation& expectation, const Token& token) {
  if (token.accounts.empty()) {  // discovered: any account
    verdict::Pattern anywhere = expectation.match;
    anywhere.accounts.clear();
    return verdict::fits(anywhere, token.token, "");
  }
  return std::any_of(token.accounts.begin(), token.accounts.end(), [&](const std::string& account) {
    return verdict::fits(expectation.match, token.token, account);
  });
}

/// Tokens may live in the database; the apps all stand here.
void check_apps(Walk& walk, const Node& item, const Expectation& expectation, const Settings& settings) {
  const Node* match = find(item, "match");
  if (expectation.match.apps.empty() || match == nullptr) return;
  const bool known = std::any_of(settings.apps.begin(), settings.apps.end(), [&](const service::App& app) {
    return base::matches_any_glob(expectation.match.apps, app.name);
  });
  if (!known) walk.warn(*find(*match, "app"), "fits none of the apps, so this expectation is never used");
}

void check_tokens_known(Walk& walk, const Node& item, const Expectation& expectation, const Settings& settings) {
  const auto about = [&](const Token& token) { return may_be_about(expectation, token); };
  if (settings.tokens.empty() || std::any_of(settings.tokens.begin(), settings.tokens.end(), about)) return;
  walk.warn(member_or_self(item, "match"),
            "fits no token of the settings on an ad account that they give it; it can only be about tokens and ad "
            "accounts that the database knows");
}

/// What an app of this access never can is needed of its tokens.
void check_access(Walk& walk, const Node& item, const Expectation& expectation, const Settings& settings) {
  const auto& capabilities = verdict::Capabilities::built_in();
  for (const service::App& app : settings.apps) {
    const bool about = std::any_of(settings.tokens.begin(), settings.tokens.end(), [&](const Token& token) {
      return token.token.app == app.name && may_be_about(expectation, token);
    });
    for (const std::string& need : expectation.needs) {
      if (about && capabilities.app_may(need, app.access).ability == verdict::Ability::kNo)
        walk.warn(*find(item, "needs"), fmt::format("{} is not for the tokens of {}, an app with {} access", need,
                                                    in_quotes(app.name), app.access));
    }
  }
}

}  // namespace

void check_expectations(Walk& walk, const Node& root, const Settings& settings) {
  if (walk.complaints.any_error()) return;  // what is hardly meant cannot be told from what is broken
  const auto items = items_of(root, "expect");
  const auto& expectations = settings.audit.policy.expectations;
  for (std::size_t index = 0; index < expectations.size(); ++index) {
    check_apps(walk, *items[index], expectations[index], settings);
    check_tokens_known(walk, *items[index], expectations[index], settings);
    check_access(walk, *items[index], expectations[index], settings);
  }
}

}  // namespace settings
