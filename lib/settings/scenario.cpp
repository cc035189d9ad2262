#include "settings/scenario.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>

#include "settings/parse.h"
#include "settings/table.h"

namespace settings {
namespace {

using namespace std::chrono_literals;
using simulation::Cast;
using simulation::Event;
using simulation::Scenario;
using simulation::Target;

/// What stands in the file, before it is one scenario.
struct Draft {
  Scenario scenario;
  int days = 1;
  int pairs = 0;
};

std::optional<std::uint8_t> read_role(Walk& walk, const Node& node) {
  std::vector<std::string_view> words;
  for (const auto permission : xads::all_permissions()) words.push_back(xads::to_text(permission));
  const auto known = one_or_more(choice<xads::Permission>("permission", words, xads::permission_from_text))(walk, node);
  if (!known) return std::nullopt;
  unsigned mask = 0;
  for (const auto permission : *known) mask |= static_cast<std::uint8_t>(permission);
  return static_cast<std::uint8_t>(mask);
}

Form<base::Duration> span() { return duration({.least = 1s, .most = 24h * 400}); }

/// Behind or ahead: "5m", "-5m".
std::optional<base::Duration> read_offset(Walk& walk, const Node& node) {
  const bool behind = node.kind == Node::Kind::kText && node.text.starts_with('-');
  Node length = node;
  if (behind) length.text.erase(0, 1);
  const auto offset = duration({.least = 1s, .most = 24h})(walk, length);
  if (!offset) return std::nullopt;
  return behind ? -*offset : *offset;
}

using Seats = decltype(Cast::seats);

std::optional<Seats> read_seats(Walk& walk, const Node& node) {
  if (!require_kind(walk, node, Node::Kind::kMapping)) return std::nullopt;
  Seats seats;
  for (const Node& child : node.children) {
    if (const auto role = read_role(walk, child)) seats.push_back({child.key, *role});
  }
  if (node.children.empty()) walk.error(node, "is empty; name at least one ad account");
  return seats;
}

const Table<Cast>& cast_keys() {
  static const Table<Cast> table{
      {"name", Need::kRequired, into(&Cast::name, name())},
      {"app", Need::kRequired, into(&Cast::app, name())},
      {"kind", Need::kOptional,
       into(&Cast::kind, choice<audit::TokenKind>("kind", {"advertiser", "developer"}, audit::token_kind_from_text))},
      {"accounts", Need::kRequired, into(&Cast::seats, Form<Seats>(read_seats))},
  };
  return table;
}

std::vector<std::string_view> what_words() {
  std::vector<std::string_view> words;
  for (const auto what : simulation::all_whats()) words.push_back(simulation::to_text(what));
  return words;
}

const Table<Event>& event_keys() {
  static const Table<Event> table{
      {"at", Need::kRequired, into(&Event::at, span())},
      {"what", Need::kRequired,
       into(&Event::what, choice<simulation::What>("event", what_words(), simulation::what_from_text))},
      {"token", Need::kOptional, into(&Event::token, name())},
      {"account", Need::kOptional, into(&Event::account, account_id())},
      {"app", Need::kOptional, into(&Event::app, name())},
      {"to", Need::kOptional, into(&Event::to, Form<std::uint8_t>(read_role))},
      {"by", Need::kOptional, into(&Event::by, Form<base::Duration>(read_offset))},
      {"lasts", Need::kOptional, into(&Event::lasts, span())},
  };
  return table;
}

const Table<Draft>& draft_keys() {
  static const Table<Draft> table{
      {"tells", Need::kOptional,
       into(
           [](Draft & draft) -> auto& { return draft.scenario.tells; }, line())},
      {"days", Need::kOptional, into(&Draft::days, whole(1, 366))},
      {"interval", Need::kOptional,
       into(
           [](Draft & draft) -> auto& { return draft.scenario.interval; }, duration({.least = 10s, .most = 24h}))},
      {"faults", Need::kOptional,
       into(
           [](Draft & draft) -> auto& { return draft.scenario.lines.faults; }, share(0))},
      {"pairs", Need::kOptional, into(&Draft::pairs, whole(1, 10'000))},
      {"tokens", Need::kOptional,
       list_of_mappings(
           [](Draft & draft) -> auto& { return draft.scenario.cast; }, cast_keys())},
      {"events", Need::kOptional,
       list_of_mappings(
           [](Draft & draft) -> auto& { return draft.scenario.events; }, event_keys())},
  };
  return table;
}

/// Names that exist, and what an event cannot do without.
void check_event(Walk& walk, const Node& node, const Event& event, const Scenario& scenario) {
  std::vector<std::string_view> tokens, accounts, apps;
  for (const Cast& cast : scenario.cast) {
    tokens.push_back(cast.name);
    apps.push_back(cast.app);
    for (const auto& seat : cast.seats) accounts.push_back(seat.account);
  }
  const auto require = [&](const char* key, const std::string& value, const std::vector<std::string_view>& known) {
    if (!value.empty() && std::find(known.begin(), known.end(), value) == known.end())
      walk.error(*find(node, key), fmt::format("there is no {} {}{}", key, in_quotes(value), advice_for(value, known)));
  };
  require("token", event.token, tokens);
  require("account", event.account, accounts);
  require("app", event.app, apps);
  const Target target = simulation::target_of(event.what);
  const auto need = [&](const char* key, bool given) {
    if (!given) walk.error(node, fmt::format("{} needs the key \"{}\"", simulation::to_text(event.what), key));
  };
  if (target == Target::kToken || target == Target::kPair) need("token", !event.token.empty());
  if (target == Target::kAccount) need("account", !event.account.empty());
  if (event.what == simulation::What::kRoleChanged) need("to", event.to != 0);
  if (event.what == simulation::What::kClockOff) need("by", event.by != 0ms);
}

void check_draft(Walk& walk, const Node& root, Draft& draft) {
  Scenario& scenario = draft.scenario;
  if (scenario.cast.empty() == (draft.pairs == 0))
    return walk.error(root, "needs either pairs or tokens: the world that things happen to");
  if (draft.pairs > 0) scenario.cast = simulation::cast_of(draft.pairs, {"agency"});
  std::set<std::string> names;
  for (const Cast& cast : scenario.cast) {
    if (!names.insert(cast.name).second)
      walk.error(root, fmt::format("the token {} is there twice", in_quotes(cast.name)));
  }
  scenario.length = draft.days * 24h;
  const Node* events = find(root, "events");
  for (std::size_t i = 0; i < scenario.events.size(); ++i)
    check_event(walk, events->children[i], scenario.events[i], scenario);
}

}  // namespace

LoadedScenario read_scenario(const Source& source) {
  const std::vector<Source> sources{source};
  Complaints complaints(sources);
  LoadedScenario loaded;
  Draft draft;
  draft.scenario.name = source.name;
  const auto root = parse(sources, 0, complaints);
  if (root) {
    const References none{.environment = [](const std::string&) { return std::nullopt; }};
    Walk walk{none, complaints};
    read_mapping(walk, *root, draft_keys(), draft);
    if (!complaints.any_error()) check_draft(walk, *root, draft);
  }
  if (!complaints.any_error()) loaded.scenario = std::move(draft.scenario);
  loaded.complaints = complaints.take();
  return loaded;
}

LoadedScenario read_scenario_file(const std::string& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  std::string text(kMaxFileBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.gcount() == 0 && !stream.eof()) {
    LoadedScenario loaded;
    loaded.complaints.push_back({path, 0, 0, "", fmt::format("cannot be read: {}", std::strerror(errno)), "", false});
    return loaded;
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return read_scenario({path, std::move(text)});
}

}  // namespace settings
