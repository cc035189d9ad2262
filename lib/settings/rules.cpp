#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <set>

#include "base/text.h"
#include "settings/look_up.h"
#include "settings/sections.h"

namespace settings {
namespace {

/// Names that are missing or malformed are empty here and have been complained about.
std::vector<std::string_view> check_names(Walk& walk, const std::vector<const Node*>& items,
                                          const std::vector<std::string_view>& names) {
  std::map<std::string_view, const Node*> first;
  std::vector<std::string_view> known;
  for (std::size_t index = 0; index < names.size(); ++index) {
    const Node& node = member_or_self(*items[index], "name");
    if (names[index].empty()) continue;
    const auto [found, is_new] = first.emplace(names[index], &node);
    if (is_new)
      known.push_back(names[index]);
    else
      walk.error(node, fmt::format("the name {} is taken, see {}; choose another one", in_quotes(node.text),
                                   walk.complaints.text_of(found->second->place)));
  }
  return known;
}

/// `objects` outlive the names.
template <class T, class NameOf>
std::vector<std::string_view> names_of(const std::vector<T>& objects, NameOf name_of) {
  std::vector<std::string_view> names;
  names.reserve(objects.size());
  for (const T& object : objects) names.push_back(std::invoke(name_of, object));
  return names;
}

void check_accounts(Walk& walk, const Node& token) {
  const Node* accounts = find(token, "accounts");
  if (accounts == nullptr) return;
  std::set<std::string_view> seen;
  for (const Node& account : accounts->children) {
    if (account.kind == Node::Kind::kText && !seen.insert(account.text).second)
      walk.error(account, fmt::format("{} stands in this list twice; remove one", in_quotes(account.text)));
  }
}

bool covers_text(const std::string& pattern, const std::string& text) {
  const bool literal = text.find_first_of("*?") == std::string::npos;
  return pattern == text || pattern == "*" || (literal && base::matches_glob(pattern, text));
}

bool covers_all(const std::vector<std::string>& patterns, const std::vector<std::string>& texts) {
  const auto covered = [&](const std::string& text) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return covers_text(pattern, text); });
  };
  return patterns.empty() || (!texts.empty() && std::all_of(texts.begin(), texts.end(), covered));
}

/// Whether all that fits `narrow` fits `wide`. False when that cannot be told easily.
bool covers(const alert::Match& wide, const alert::Match& narrow) {
  const auto holds_severity = [&](verdict::Severity severity) {
    return std::find(wide.severities.begin(), wide.severities.end(), severity) != wide.severities.end();
  };
  const bool severities =
      wide.severities.empty() ||
      (!narrow.severities.empty() && std::all_of(narrow.severities.begin(), narrow.severities.end(), holds_severity));
  const bool labels = std::all_of(wide.labels.begin(), wide.labels.end(), [&](const auto& label) {
    const auto known = narrow.labels.find(label.first);
    return known != narrow.labels.end() && covers_text(label.second, known->second);
  });
  return severities && labels && covers_all(wide.causes, narrow.causes) && covers_all(wide.apps, narrow.apps) &&
         covers_all(wide.tokens, narrow.tokens) && covers_all(wide.accounts, narrow.accounts);
}

/// The first route that fits gets the alert, so the order of the routes matters.
void check_order_of_routes(Walk& walk, const std::vector<const Node*>& items, const Settings& settings) {
  if (items.empty() || items.size() != settings.routes.size()) return;
  for (std::size_t index = 0; index + 1 < items.size(); ++index) {
    if (settings.routes[index].match != alert::Match{} || settings.routes[index].continues) continue;
    walk.warn(*items[index], "matches every alert, so the routes after it are never used; move it to the end");
    return;
  }
  for (std::size_t index = 1; index < items.size(); ++index) {
    const auto earlier =
        std::find_if(settings.routes.begin(), settings.routes.begin() + static_cast<std::ptrdiff_t>(index),
                     [&](const alert::Route& route) {
                       return !route.continues && covers(route.match, settings.routes[index].match);
                     });
    if (earlier == settings.routes.begin() + static_cast<std::ptrdiff_t>(index)) continue;
    const Node& taken_by = *items[static_cast<std::size_t>(earlier - settings.routes.begin())];
    walk.warn(*items[index],
              fmt::format("is never used, because the route at {} takes all that fits it; move it before "
                          "that one",
                          walk.complaints.text_of(taken_by.place)));
  }
  if (settings.routes.back().match != alert::Match{})
    walk.warn(*items.back(),
              "this is the last route and it has a match: alerts that fit no route are told to nobody; "
              "add a route without a match");
}

/// The text of a member; empty when there is none.
std::string_view text_of(const Node& item, std::string_view key) {
  const Node* member = find(item, key);
  return member != nullptr && member->kind == Node::Kind::kText ? std::string_view(member->text) : std::string_view();
}

/// The names of destinations that a route may lead to. Complains about names that are taken; so are those that the
/// members of a cluster get.
std::vector<std::string_view> check_destinations(Walk& walk, const Node& root, const Settings& settings) {
  const auto items = items_of(root, "destinations");
  std::vector<std::string_view> names, told;
  for (const Node* item : items) {
    names.push_back(text_of(*item, "name"));
    if (text_of(*item, "type") != "heartbeat" && !names.back().empty()) told.push_back(names.back());
  }
  check_names(walk, items, names);
  for (const alert::Destination& destination : settings.destinations) {
    const auto taken = std::find(names.begin(), names.end(), destination.name);
    if (!destination.cluster.empty() && taken != names.end())
      walk.error(member_or_self(*items[static_cast<std::size_t>(taken - names.begin())], "name"),
                 fmt::format("the name {} is that of a member of {}; choose another one", in_quotes(destination.name),
                             in_quotes(destination.cluster)));
  }
  if (settings.destinations.empty() && told.empty()) {
    const Node& place = member_or_self(root, "destinations");
    walk.complaints.warn(place.place, "destinations", "there is none: nobody is told when a token dies");
  }
  return told;
}

void check_escalations(Walk& walk, const Node& item, const alert::Route& route,
                       const std::vector<std::string_view>& destinations, std::set<std::string>& used) {
  const Node* list = find(item, "escalate");
  for (std::size_t index = 0; index < route.escalate.size(); ++index) {
    const Node& node = list->children[index];
    const alert::Escalation& escalation = route.escalate[index];
    require_all_known(walk, find(node, "to"), escalation.to, "destination", destinations);
    used.insert(escalation.to.begin(), escalation.to.end());
    for (const std::string& name : escalation.to) {
      if (std::find(route.to.begin(), route.to.end(), name) != route.to.end())
        walk.warn(member_or_self(node, "to"),
                  fmt::format("{} is told by this route at once; the escalation adds nothing", in_quotes(name)));
    }
  }
}

void check_alerting(Walk& walk, const Node& root, const Settings& settings, const std::vector<std::string_view>& apps) {
  const auto destinations = check_destinations(walk, root, settings);
  const auto routes = items_of(root, "routes");
  std::set<std::string> used;
  for (std::size_t index = 0; index < settings.routes.size(); ++index) {
    const alert::Route& route = settings.routes[index];
    require_all_known(walk, find(*routes[index], "to"), route.to, "destination", destinations);
    check_match(walk, *routes[index], route.match, settings, apps);
    used.insert(route.to.begin(), route.to.end());
    check_escalations(walk, *routes[index], route, destinations, used);
  }
  const auto windows = items_of(root, "maintenance");
  for (std::size_t index = 0; index < settings.maintenance.size(); ++index)
    check_match(walk, *windows[index], settings.maintenance[index].match, settings, apps);
  if (walk.complaints.any_error()) return;  // what is hardly meant cannot be told from what is broken
  check_order_of_routes(walk, routes, settings);
  if (routes.empty()) return;
  for (const Node* item : items_of(root, "destinations")) {
    const std::string_view name = text_of(*item, "name");
    const bool told = std::find(destinations.begin(), destinations.end(), name) != destinations.end();
    if (told && !used.contains(std::string(name)))
      walk.warn(member_or_self(*item, "name"), "no route leads to this destination");
  }
}

void check_tokens(Walk& walk, const Node& root, const Settings& settings, const std::vector<std::string_view>& apps) {
  const auto items = items_of(root, "tokens");
  const auto tokens = check_names(walk, items,
                                  names_of(
                                      settings.tokens, [](const Token& t) -> auto& { return t.token.name; }));
  for (std::size_t index = 0; index < settings.tokens.size(); ++index) {
    require_known(walk, member_or_self(*items[index], "app"), settings.tokens[index].token.app, "app", apps);
    check_accounts(walk, *items[index]);
  }
  const auto& control = settings.audit.control_token;
  if (!control || std::find(tokens.begin(), tokens.end(), *control) != tokens.end()) return;
  const Node& node = *find(*find(root, "audit"), "control_token");
  walk.warn(node, fmt::format("{} is not among the tokens of the settings; it must be in the database",
                              in_quotes(node.text)));
}

/// The default certificates, too: the daemon could not start without them.
void check_default_certificates(Walk& walk, const Node& root, const Settings& settings) {
  const Node* api = find(root, "api");
  if (api != nullptr && find(*api, "ca_file") != nullptr) return;
  errno = 0;
  if (std::ifstream(settings.tls.ca_file)) return;
  walk.complaints.error({root.place.source, 0, 0}, "api.ca_file",
                        fmt::format("the default {} cannot be read: {}; install ca-certificates, or name another file",
                                    settings.tls.ca_file, std::strerror(errno)));
}

}  // namespace

void check_rules(Walk& walk, const Node& root, const Settings& settings) {
  const Node* apps = find(root, "apps");
  const bool is_list = apps != nullptr && apps->kind == Node::Kind::kList;
  if (settings.apps.empty() && apps != nullptr && (is_list || apps->kind == Node::Kind::kNothing))
    walk.error(*apps, "there is none; name the app whose tokens are audited");
  const auto app_names = check_names(walk, items_of(root, "apps"), names_of(settings.apps, &service::App::name));
  check_tokens(walk, root, settings, app_names);
  check_alerting(walk, root, settings, app_names);
  check_auditing(walk, root, settings, app_names);
  check_expectations(walk, root, settings);
  check_default_certificates(walk, root, settings);
  check_status(walk, root, settings.status);
}

}  // namespace settings
