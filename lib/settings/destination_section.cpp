#include <array>

#include "settings/sections.h"

namespace settings {
namespace {

using namespace std::chrono_literals;
using alert::Channel;

/// What a destination may say, whatever its type; which keys a type takes is in kTypes.
struct Draft {
  std::string type;
  alert::Destination destination;
  std::vector<base::Secret> urls;
  std::vector<base::Secret> secrets;
  std::string format = "standard";
  base::Duration every = 1min;
};

/// A type of destination, and the keys that it takes beside name, type and allow_private.
struct Type {
  std::string_view name;
  std::optional<Channel> channel;  ///< none: a heartbeat
  std::string_view url;            ///< the default; empty: there is none
  std::vector<std::string_view> required;
  std::vector<std::string_view> optional;
  bool url_is_secret = false;  ///< whoever knows it can post
  std::size_t most_urls = 1;
};

const std::vector<Type>& types() {
  static const std::vector<Type> all{
      {"slack", Channel::kSlack, "", {"url"}, {"template", "most_per_minute"}, true},
      {"slack_bot",
       Channel::kSlackBot,
       "https://slack.com/api",
       {"token", "channel"},
       {"url", "template", "most_per_minute"}},
      {"webhook", Channel::kWebhook, "", {"url"}, {"secret", "format", "template", "max_in_flight"}},
      {"alertmanager", Channel::kAlertmanager, "", {"url"}, {}, false, 16},
      {"pagerduty", Channel::kPagerDuty, "https://events.pagerduty.com/v2/enqueue", {"routing_key"}, {"url"}},
      {"teams", Channel::kTeams, "", {"url"}, {"template", "most_per_minute"}, true},
      {"email", Channel::kEmail, "", {"url", "from", "to"}, {"username", "password", "template", "most_per_minute"}},
      {"heartbeat", std::nullopt, "", {"url"}, {"every"}},
  };
  return all;
}

const Type* find_type(std::string_view name) {
  const auto found = std::find_if(types().begin(), types().end(), [&](const Type& type) { return type.name == name; });
  return found == types().end() ? nullptr : &*found;
}

std::vector<std::string_view> type_names() {
  std::vector<std::string_view> names;
  for (const Type& type : types()) names.push_back(type.name);
  return names;
}

/// One secret, or a list of at most `most`.
Form<std::vector<base::Secret>> secrets(Form<base::Secret> form, std::size_t most) {
  using Secrets = std::vector<base::Secret>;
  std::string schema = schema::any_of({form.schema, schema::list_of(form.schema, most)});
  Form<Secrets> list = [form = std::move(form), most](Walk& walk, const Node& node) -> std::optional<Secrets> {
    std::vector<base::Secret> values;
    if (node.kind != Node::Kind::kList) {
      if (auto value = form(walk, node)) values.push_back(std::move(*value));
      return values;
    }
    if (node.children.empty() || node.children.size() > most)
      walk.error(node, fmt::format("holds {} entries; 1 to {} are allowed", node.children.size(), most));
    for (const Node& child : node.children) {
      if (auto value = form(walk, child)) values.push_back(std::move(*value));
    }
    return values;
  };
  list.secret = true;
  list.schema = std::move(schema);
  return list;
}

const Table<alert::Template>& template_keys() {
  using alert::Template;
  static const Table<Template> table{
      {"title", Need::kOptional, into(&Template::title, checked(line(), alert::complaint_about_template))},
      {"text", Need::kOptional, into(&Template::text, checked(lines(), alert::complaint_about_template))},
  };
  return table;
}

template <class Member, class V>
auto into_destination(Member member, Form<V> form) {
  return into(
      [member](Draft & draft) -> auto& { return std::invoke(member, draft.destination); }, std::move(form));
}

const Table<Draft>& destination_keys() {
  using alert::Destination;
  static const Table<Draft> table{
      {"name", Need::kRequired, into_destination(&Destination::name, name())},
      {"type", Need::kRequired,
       into(&Draft::type, choice<std::string>("type", type_names(),
                                              [](std::string_view text) {
                                                return find_type(text) == nullptr ? std::nullopt
                                                                                  : std::optional(std::string(text));
                                              }))},
      {"url", Need::kOptional, into(&Draft::urls, secrets(Form<base::Secret>(read_secret), 16))},
      {"secret", Need::kOptional, into(&Draft::secrets, secrets(secret(), 2))},
      {"token", Need::kOptional, into_destination(&Destination::secret, secret())},
      {"routing_key", Need::kOptional, into_destination(&Destination::secret, secret())},
      {"password", Need::kOptional, into_destination(&Destination::secret, secret())},
      {"channel", Need::kOptional, into_destination(&Destination::room, line())},
      {"from", Need::kOptional, into_destination(&Destination::from, line())},
      {"to", Need::kOptional, into_destination(&Destination::to, one_or_more(line()))},
      {"username", Need::kOptional, into_destination(&Destination::username, line())},
      {"format", Need::kOptional,
       into(&Draft::format, choice<std::string>("format", {"standard", "alertmanager"},
                                                [](std::string_view text) {
                                                  const bool known = text == "standard" || text == "alertmanager";
                                                  return known ? std::optional(std::string(text)) : std::nullopt;
                                                }))},
      {"every", Need::kOptional, into(&Draft::every, duration({.least = 1s, .most = 24h}))},
      {"template", Need::kOptional,
       mapping(
           [](Draft & draft) -> auto& { return draft.destination.words; }, template_keys())},
      {"most_per_minute", Need::kOptional, into_destination(&Destination::most_per_minute, whole(0, 1000))},
      {"max_in_flight", Need::kOptional, into_destination(&Destination::max_in_flight, whole(1, 16))},
      {"allow_private", Need::kOptional, into_destination(&Destination::allow_private, flag())},
  };
  return table;
}

bool among(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Each type has its own keys.
void check_keys(Walk& walk, const Node& node, const Type& type) {
  for (const Node& child : node.children) {
    const bool common = child.key == "name" || child.key == "type" || child.key == "allow_private";
    const bool known = std::any_of(destination_keys().begin(), destination_keys().end(),
                                   [&](const Key<Draft>& key) { return key.name == child.key; });
    if (!known || common || among(type.required, child.key) || among(type.optional, child.key)) continue;
    if (child.key == "template" || child.key == "most_per_minute")
      walk.error(child, fmt::format("a destination of type {} is read by programs and takes none", type.name));
    else
      walk.error(child, fmt::format("a destination of type {} takes no {}", type.name, child.key));
  }
  for (const std::string_view key : type.required) {
    if (find(node, key) == nullptr)
      walk.error(node, fmt::format("the key \"{}\" is missing; type {} needs it", key, type.name));
  }
}

void check_urls(Walk& walk, const Node& node, const Type& type, const Draft& draft) {
  const Node* url = find(node, "url");
  if (url == nullptr) return;
  if (url->kind == Node::Kind::kList && type.most_urls == 1)
    return walk.error(*url, fmt::format("a destination of type {} has one", type.name));
  if (type.url_is_secret && !draft.destination.allow_private && !has_reference(url->text))
    require_reference(walk, *url);
}

/// complaint_about() begins with the key that it is about: "url: ..." or "secret is missing".
void place_complaint(Walk& walk, const Node& node, std::string complaint) {
  const Node* member = find(node, complaint.substr(0, complaint.find_first_of(": ")));
  if (member == nullptr) return walk.error(node, std::move(complaint));
  if (const std::size_t colon = complaint.find(": "); colon != std::string::npos) complaint.erase(0, colon + 2);
  walk.error(*member, std::move(complaint));
}

alert::Destination clone(const alert::Destination& draft) {
  return {.name = draft.name,
          .cluster = draft.cluster,
          .channel = draft.channel,
          .url = draft.url.clone(),
          .secret = draft.secret.clone(),
          .previous_secret = draft.previous_secret.clone(),
          .allow_private = draft.allow_private,
          .room = draft.room,
          .username = draft.username,
          .from = draft.from,
          .to = draft.to,
          .words = draft.words,
          .most_per_minute = draft.most_per_minute,
          .max_in_flight = draft.max_in_flight};
}

void add_heartbeat(Draft draft, Settings& settings) {
  alert::Heartbeat heartbeat{.name = std::move(draft.destination.name),
                             .url = {},
                             .every = draft.every,
                             .allow_private = draft.destination.allow_private};
  if (!draft.urls.empty()) heartbeat.url = std::move(draft.urls.front());
  settings.heartbeats.push_back(std::move(heartbeat));
}

/// One for each member of a cluster.
void add_destinations(Walk& walk, const Node& node, const Type& type, Draft draft, Settings& settings) {
  alert::Destination& destination = draft.destination;
  destination.channel = draft.format == "alertmanager" ? Channel::kAlertmanagerWebhook : *type.channel;
  if (!draft.secrets.empty()) destination.secret = std::move(draft.secrets[0]);
  if (draft.secrets.size() > 1) destination.previous_secret = std::move(draft.secrets[1]);
  if (draft.urls.empty()) draft.urls.emplace_back(std::string(type.url));
  const std::string name = destination.name;
  const bool cluster = draft.urls.size() > 1;
  for (std::size_t member = 0; member < draft.urls.size(); ++member) {
    destination.url = std::move(draft.urls[member]);
    if (cluster) destination.name = fmt::format("{}.{}", name, member + 1);
    if (cluster) destination.cluster = name;
    const auto complaint = walk.references.skip_secrets ? std::nullopt : alert::complaint_about(destination);
    if (complaint) place_complaint(walk, node, *complaint);
    settings.destinations.push_back(clone(destination));
  }
}

/// A destination is read as a whole: its keys depend on its type. Adds to the destinations, one for each member of a
/// cluster, or to the heartbeats; nothing when it is broken.
void read_destination(Walk& walk, const Node& node, Settings& settings) {
  const std::size_t errors_before = walk.complaints.errors();
  Draft draft;
  read_mapping(walk, node, destination_keys(), draft);
  const Type* type = find_type(draft.type);
  if (type == nullptr) return;
  check_keys(walk, node, *type);
  check_urls(walk, node, *type, draft);
  if (walk.complaints.errors() > errors_before) return;
  if (type->channel)
    add_destinations(walk, node, *type, std::move(draft), settings);
  else
    add_heartbeat(std::move(draft), settings);
}

/// Which keys each type takes and needs.
std::string schema_of_types() {
  std::vector<std::string> rules;
  for (const Type& type : types()) {
    std::vector<std::string_view> keys{"name", "type", "allow_private"};
    keys.insert(keys.end(), type.required.begin(), type.required.end());
    keys.insert(keys.end(), type.optional.begin(), type.optional.end());
    const auto quoted = [](const std::vector<std::string_view>& names) {
      return names.empty() ? std::string() : fmt::format(R"("{}")", fmt::join(names, R"(",")"));
    };
    rules.push_back(fmt::format(
        R"({{"if":{{"properties":{{"type":{{"const":"{}"}}}}}},"then":{{"required":[{}],"propertyNames":{{"enum":[{}]}}}}}})",
        type.name, quoted(type.required), quoted(keys)));
  }
  return fmt::format(R"("allOf":[{}],)", fmt::join(rules, ","));
}

}  // namespace

Key<Settings> destinations_key() {
  return {"destinations", Need::kOptional, list_of_wholes(read_destination, destination_keys(), schema_of_types())};
}

}  // namespace settings
