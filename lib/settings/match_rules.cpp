#include <algorithm>

#include "base/text.h"
#include "settings/look_up.h"
#include "settings/sections.h"

namespace settings {
namespace {

/// The apps all stand in the settings. One that is named must be there; a pattern that fits none is hardly meant.
void check_apps(Walk& walk, const Node& node, const alert::Match& match, const std::vector<std::string_view>& apps) {
  for_each_given(find(node, "app"), match.apps, [&](const Node& given, const std::string& pattern) {
    const auto fits = [&](std::string_view app) { return base::matches_glob(pattern, app); };
    if (pattern.find_first_of("*?") == std::string::npos)
      require_known(walk, given, pattern, "app", apps);
    else if (std::none_of(apps.begin(), apps.end(), fits))
      walk.warn(given, fmt::format("{} fits none of the apps", in_quotes(given.text)));
  });
}

/// Whether an incident of the token, or of one of its ad accounts, may fit by its names.
bool may_be_about(alert::Match match, const Token& token) {
  match.severities.clear();
  match.causes.clear();
  if (token.accounts.empty()) match.accounts.clear();  // discovered: any account
  alert::Subject subject{.app = token.token.app, .token = token.token};
  if (match.accounts.empty()) return alert::fits(match, {}, subject);
  return std::any_of(token.accounts.begin(), token.accounts.end(), [&](const std::string& account) {
    subject.account_id = account;
    return alert::fits(match, {}, subject);
  });
}

}  // namespace

void check_match(Walk& walk, const Node& item, const alert::Match& match, const Settings& settings,
                 const std::vector<std::string_view>& apps) {
  const Node* node = find(item, "match");
  if (node == nullptr) return;
  check_apps(walk, *node, match, apps);
  const auto about = [&](const Token& token) { return may_be_about(match, token); };
  const bool names_some = !match.tokens.empty() || !match.accounts.empty() || !match.labels.empty();
  if (!names_some || settings.tokens.empty() || walk.complaints.any_error()) return;
  if (std::none_of(settings.tokens.begin(), settings.tokens.end(), about))
    walk.warn(*node,
              "fits no token of the settings and no ad account that they give it; it can only be about those that the "
              "database knows");
}

}  // namespace settings
