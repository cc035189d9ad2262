#include <map>
#include <unordered_map>

#include "settings/look_up.h"
#include "settings/plan.h"
#include "settings/sections.h"

namespace settings {
namespace {

/// The name of an element as it stands in the file.
std::string name_in_quotes(const Node& item) { return in_quotes(member_or_self(item, "name").text); }

void check_match(Walk& walk, const Node& rule, const audit::Match& match, const std::vector<std::string_view>& apps) {
  if (const Node* node = find(rule, "match")) require_all_known(walk, find(*node, "app"), match.apps, "app", apps);
}

/// A class is meant to be asked more often than the rest, or more seldom.
void check_interval(Walk& walk, const Node& rule, const audit::IntervalOptions& options,
                    audit::IntervalClass interval_class) {
  using audit::IntervalClass;
  const base::Duration interval = audit::interval_of(options, interval_class);
  const bool odd = (interval_class == IntervalClass::kCritical && interval > options.normal) ||
                   (interval_class == IntervalClass::kArchive && interval < options.normal);
  if (!odd) return;
  const std::string_view name = audit::to_text(interval_class);
  walk.warn(member_or_self(rule, "class"),
            fmt::format("pairs of this class are asked each {}, all others each {}; set audit.intervals.{}",
                        base::to_text(interval), base::to_text(options.normal), name));
}

/// The first class that fits decides, so the order matters.
void check_classes(Walk& walk, const Node& root, const Settings& settings, const std::vector<std::string_view>& apps) {
  const auto items = items_of(member_or_self(root, "audit"), "classes");
  const auto& rules = settings.audit.intervals.rules;
  for (std::size_t index = 0; index < rules.size(); ++index) {
    check_match(walk, *items[index], rules[index].match, apps);
    if (walk.complaints.any_error()) continue;
    check_interval(walk, *items[index], settings.audit.intervals, rules[index].interval_class);
    if (rules[index].match == audit::Match{} && index + 1 < rules.size())
      walk.warn(*items[index], "matches every pair, so the classes after it are never used; move it to the end");
  }
}

void check_allowances(Walk& walk, const Node& root, const Settings& settings,
                      const std::vector<std::string_view>& apps) {
  const auto items = items_of(member_or_self(root, "budget"), "rules");
  const auto& rules = settings.audit.budget.rules;
  for (std::size_t index = 0; index < rules.size(); ++index) {
    check_match(walk, *items[index], rules[index].match, apps);
    if (items[index]->kind == Node::Kind::kMapping && find(*items[index], "share") == nullptr &&
        find(*items[index], "reserve") == nullptr)
      walk.error(*items[index], "changes nothing; add share or reserve");
  }
}

void check_token_limits(Walk& walk, const Node& root, const Settings& settings) {
  std::unordered_map<std::string_view, int> held;
  for (const Token& token : settings.tokens) ++held[token.token.app];
  const auto items = items_of(root, "apps");
  for (std::size_t index = 0; index < settings.apps.size(); ++index) {
    const service::App& app = settings.apps[index];
    if (!app.token_limit || held[app.name] <= *app.token_limit) continue;
    walk.warn(
        member_or_self(*items[index], "token_limit"),
        fmt::format("the settings hold {} tokens of this app, which may hold {}: do not count on all of them; remove "
                    "some, or raise the number when X has lifted the limit",
                    held[app.name], *app.token_limit));
  }
}

/// What no database would take.
void check_sizes(Walk& walk, const Node& root, const Settings& settings) {
  const auto items = items_of(root, "tokens");
  for (std::size_t index = 0; index < settings.tokens.size(); ++index) {
    const auto& secrets = settings.tokens[index].secrets;
    if (secrets.token.reveal().size() + secrets.secret.reveal().size() <= xads::kTokenRoom) continue;
    walk.error(
        member_or_self(*items[index], "access_token"),
        fmt::format("an access token and its secret have {} bytes together at most, and about 95 as X makes them; "
                    "is this an OAuth 1.0a token?",
                    xads::kTokenRoom));
  }
}

/// X gives one user one token at one app. Without secrets there is nothing to compare.
void check_same_users(Walk& walk, const Node& root, const Settings& settings) {
  const auto items = items_of(root, "tokens");
  std::map<std::reference_wrapper<const xads::AccessToken>, std::size_t, xads::ByToken> by_token;
  std::map<std::pair<std::string, std::string>, std::size_t> by_user;
  for (std::size_t index = 0; index < settings.tokens.size(); ++index) {
    const Token& token = settings.tokens[index];
    if (token.secrets.token.empty()) continue;
    const Node& place = member_or_self(*items[index], "access_token");
    const std::string user = xads::claimed_user(token.secrets);
    const auto [same, is_new] = by_token.emplace(token.secrets, index);
    const auto [namesake, is_new_user] = by_user.emplace(std::pair(token.token.app, user), index);
    if (!is_new)
      walk.warn(place, fmt::format("{} and {} are the very same token, and each of them is asked; remove one",
                                   name_in_quotes(*items[same->second]), name_in_quotes(*items[index])));
    else if (!is_new_user && !user.empty())
      walk.warn(place, fmt::format("{} and {} are both of user {}: X gives one user one token at one app, so one of "
                                   "them is out of date; remove it",
                                   name_in_quotes(*items[namesake->second]), name_in_quotes(*items[index]), user));
  }
}

/// What the settings know of: more tokens may live in the database, and more accounts may be discovered.
Plan plan_of_settings(const Settings& settings) {
  std::vector<PlannedToken> tokens;
  for (const Token& token : settings.tokens) {
    if (!token.accounts.empty()) tokens.push_back({token.token, token.accounts});
  }
  return plan_of(tokens, settings.audit);
}

void check_fit(Walk& walk, const Node& root, const Settings& settings) {
  const Plan plan = plan_of_settings(settings);
  const Node* budget = find(root, "budget");
  const Place place = budget != nullptr ? budget->key_place : Place{root.place.source, 0, 0};
  for (const audit::Counting by : {audit::Counting::kAccount, audit::Counting::kToken}) {
    const audit::Proof proof = audit::prove(plan.pairs, by, {}, service::bound_terms(settings.audit));
    if (proof.fits) continue;
    const audit::BucketLoad& load = proof.loads.front();
    walk.complaints.warn(
        place, "budget",
        fmt::format("the audits do not fit when X counts {}: {} is to be asked {:.0f} times in {} and may be asked {} "
                    "times (of X's {}), so audits will come late; what would fit: {}",
                    to_text(by), owner_text(plan, load.bucket), load.calls, base::to_text(audit::kWindow), load.allowed,
                    load.limit, remedy_text(load)));
  }
}

}  // namespace

void check_auditing(Walk& walk, const Node& root, const Settings& settings, const std::vector<std::string_view>& apps) {
  check_classes(walk, root, settings, apps);
  check_allowances(walk, root, settings, apps);
  if (walk.complaints.any_error()) return;  // what is hardly meant cannot be told from what is broken
  check_token_limits(walk, root, settings);
  check_sizes(walk, root, settings);
  check_same_users(walk, root, settings);
  check_fit(walk, root, settings);
}

}  // namespace settings
