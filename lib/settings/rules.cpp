#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <set>

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

bool matches_all(const alert::Match& match) {
  return match.severities.empty() && match.causes.empty() && match.apps.empty() && match.tokens.empty() &&
         match.accounts.empty() && match.labels.empty();
}

/// The first route that fits gets the alert, so the order of the routes matters.
void check_order_of_routes(Walk& walk, const std::vector<const Node*>& items, const Settings& settings) {
  if (items.empty() || items.size() != settings.routes.size()) return;
  for (std::size_t index = 0; index + 1 < items.size(); ++index) {
    if (!matches_all(settings.routes[index].match)) continue;
    walk.warn(*items[index], "matches every alert, so the routes after it are never used; move it to the end");
    return;
  }
  if (!matches_all(settings.routes.back().match))
    walk.warn(*items.back(),
              "this is the last route and it has a match: alerts that fit no route are told to nobody; "
              "add a route without a match");
}

void check_alerting(Walk& walk, const Node& root, const Settings& settings, const std::vector<std::string_view>& apps) {
  const auto items = items_of(root, "destinations");
  const auto destinations = check_names(walk, items, names_of(settings.destinations, &alert::Destination::name));
  if (settings.destinations.empty()) {
    const Node& place = member_or_self(root, "destinations");
    walk.complaints.warn(place.place, "destinations", "there is none: nobody is told when a token dies");
  }
  const auto routes = items_of(root, "routes");
  std::set<std::string> used;
  for (std::size_t index = 0; index < settings.routes.size(); ++index) {
    const alert::Route& route = settings.routes[index];
    require_all_known(walk, find(*routes[index], "to"), route.to, "destination", destinations);
    if (const Node* match = find(*routes[index], "match"))
      require_all_known(walk, find(*match, "app"), route.match.apps, "app", apps);
    used.insert(route.to.begin(), route.to.end());
  }
  if (walk.complaints.any_error()) return;  // what is hardly meant cannot be told from what is broken
  check_order_of_routes(walk, routes, settings);
  for (std::size_t index = 0; index < settings.destinations.size() && !routes.empty(); ++index) {
    if (!settings.destinations[index].name.empty() && !used.contains(settings.destinations[index].name))
      walk.warn(member_or_self(*items[index], "name"), "no route leads to this destination");
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

void warn_unheeded(Walk& walk, const Node* node, std::string_view what) {
  if (node != nullptr)
    walk.complaints.warn(node->key_place, node->path,
                         fmt::format("this version does not act on {} yet; it has no effect", what));
}

/// `key` of the first element of a section that has it.
const Node* first_with(const Node& root, std::string_view section, std::string_view key) {
  for (const Node* item : items_of(root, section)) {
    if (const Node* member = find(*item, key)) return member;
  }
  return nullptr;
}

/// Keys that belong to the format, but that this version reads without acting on them.
void check_unheeded(Walk& walk, const Node& root) {
  warn_unheeded(walk, first_with(root, "routes", "repeat"), "repeat");
  const Node* status = find(root, "status");
  const Node* listen = status != nullptr ? find(*status, "listen") : nullptr;
  if (listen != nullptr && listen->text != "off") warn_unheeded(walk, listen, "status.listen");
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
  check_unheeded(walk, root);
}

}  // namespace settings
