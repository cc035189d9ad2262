#include "service/token_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace service {
namespace {

using audit::TokenIndex;

/// Tokens of one app and one user stand side by side.
struct Owned {
  std::uint64_t owner;  ///< hash of app and user
  TokenIndex token;
  auto operator<=>(const Owned&) const = default;
};

/// One line for each user, however many tokens it has.
void add_twins(const Roster& roster, std::vector<Owned>& owned, std::vector<Notice>& notices) {
  std::sort(owned.begin(), owned.end());
  for (std::size_t first = 0; first < owned.size();) {
    std::size_t end = first + 1;
    while (end < owned.size() && owned[end].owner == owned[first].owner) ++end;
    const TokenIndex one = owned[first].token;
    if (end - first > 1 && roster.user(one) == roster.user(owned[first + 1].token)) {
      notices.push_back({fmt::format("token stored twice tokens=\"{} {}\" count={} app={} user={} reason=\"all are of "
                                     "the same X user: one of them is enough\"",
                                     roster.token_name(one), roster.token_name(owned[first + 1].token), end - first,
                                     roster.app_of(one), roster.user(one)),
                         true});
    }
    first = end;
  }
}

void add_limits(const std::map<std::string, int>& tokens_of_app, const std::vector<App>& apps,
                std::vector<Notice>& notices) {
  for (const App& app : apps) {
    const auto held = tokens_of_app.find(app.name);
    if (!app.token_limit || held == tokens_of_app.end() || held->second < *app.token_limit) continue;
    const bool passed = held->second > *app.token_limit;
    notices.push_back(
        {fmt::format("token limit {} app={} tokens={} limit={}{}", passed ? "passed" : "reached", app.name,
                     held->second, *app.token_limit, passed ? " reason=\"X may refuse the tokens above it\"" : ""),
         passed});
  }
}

}  // namespace

std::vector<Notice> check_tokens(const Roster& roster, const std::vector<App>& apps) {
  std::vector<Notice> notices;
  std::vector<Owned> owned;
  std::map<std::string, int> tokens_of_app;
  for (std::size_t place = 0; place < roster.token_places(); ++place) {
    const TokenIndex token{static_cast<std::uint32_t>(place)};
    const TokenRecord& record = roster.record(token);
    if (!record.alive || record.removed) continue;
    ++tokens_of_app[roster.app_of(token)];
    if (record.ignored)
      notices.push_back({fmt::format("token ignored token={} reason=\"the settings have no app {}\"",
                                     roster.token_name(token), roster.app_of(token)),
                         true});
    const auto user = roster.user(token);
    if (!user.empty()) owned.push_back({base::hash_of(roster.app_of(token)) ^ base::hash_of(user), token});
  }
  add_twins(roster, owned, notices);
  add_limits(tokens_of_app, apps, notices);
  return notices;
}

}  // namespace service
