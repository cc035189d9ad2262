#include <algorithm>

#include "base/text.h"
#include "settings/sections.h"

namespace settings {
namespace {

using verdict::Expectation;
using verdict::Pattern;
using xads::Permissions;

std::vector<std::string_view> permission_words() {
  std::vector<std::string_view> words;
  for (const xads::Permission permission : xads::all_permissions()) words.push_back(xads::to_text(permission));
  return words;
}

Form<Permissions> permissions() {
  const auto form = list_of(choice<xads::Permission>("permission", permission_words(), xads::permission_from_text));
  const Form<Permissions> together = [form](Walk& walk, const Node& node) -> std::optional<Permissions> {
    const auto all = form(walk, node);
    if (!all) return std::nullopt;
    Permissions permissions;
    for (const xads::Permission permission : *all) permissions.add(xads::to_text(permission));
    return permissions;
  };
  return together.as(form.schema);
}

Form<std::string> capability() {
  std::vector<std::string_view> words;
  for (const auto& name : verdict::Capabilities::built_in().names()) words.emplace_back(name.name);
  return choice<std::string>("capability", std::move(words), [](std::string_view text) -> std::optional<std::string> {
    if (verdict::Capabilities::built_in().find(text) == nullptr) return std::nullopt;
    return std::string(text);
  });
}

Form<verdict::Severity> severity() {
  return choice<verdict::Severity>("severity", {"info", "warning", "critical"}, verdict::severity_from_text);
}

/// What is stored in an optional member.
template <class V>
Form<std::optional<V>> some(Form<V> form) {
  const Form<std::optional<V>> optional = [form](Walk& walk, const Node& node) -> std::optional<std::optional<V>> {
    auto value = form(walk, node);
    if (!value) return std::nullopt;
    return std::optional<V>(std::move(*value));
  };
  return optional.as(form.schema);
}

const Table<Pattern>& match_keys() {
  static const Table<Pattern> table{
      {"account", Need::kOptional, into(&Pattern::accounts, one_or_more(account_pattern()))},
      {"token", Need::kOptional, into(&Pattern::tokens, one_or_more(name_pattern()))},
      {"app", Need::kOptional, into(&Pattern::apps, one_or_more(name_pattern()))},
      {"kind", Need::kOptional,
       into(&Pattern::kind,
            some(choice<audit::TokenKind>("kind", {"advertiser", "developer"}, audit::token_kind_from_text)))},
      {"labels", Need::kOptional, into(&Pattern::labels, labels())},
  };
  return table;
}

const Table<Expectation>& expectation_keys() {
  static const Table<Expectation> table{
      {"match", Need::kOptional, mapping(&Expectation::match, match_keys())},
      {"at_least", Need::kOptional, into(&Expectation::at_least, some(permissions()))},
      {"exactly", Need::kOptional, into(&Expectation::exactly, some(permissions()))},
      {"forbid", Need::kOptional, into(&Expectation::forbid, some(permissions()))},
      {"needs", Need::kOptional, into(&Expectation::needs, list_of(capability()))},
      {"user_id", Need::kOptional, into(&Expectation::user_id, some(digits(20)))},
      {"min_live_tokens", Need::kOptional, into(&Expectation::min_live_tokens, some(whole(1, 1000)))},
      {"min_admins", Need::kOptional, into(&Expectation::min_admins, some(whole(1, 1000)))},
      {"severity", Need::kOptional, into(&Expectation::severity, severity())},
  };
  return table;
}

/// Elements of other files than the main one name their file, because an index counts within its file.
std::string name_of(Walk& walk, const Node& node) {
  if (node.place.source == 0) return node.path;
  const std::string place = walk.complaints.text_of(node.place);
  const std::string file = place.substr(0, place.rfind(':', place.rfind(':') - 1));
  return node.path + " of " + file.substr(file.rfind('/') + 1);
}

Permissions both(const Permissions& left, const Permissions& right) {
  return Permissions::from_mask(static_cast<std::uint8_t>(left.known_mask() & right.known_mask()));
}

std::vector<audit::TokenKind> kinds_of(const Pattern& match) {
  if (match.kind) return {*match.kind};
  return {audit::TokenKind::kAdvertiser, audit::TokenKind::kDeveloper};
}

/// Whether no permissions that are left by `exactly` and `forbid` can give what is needed, to any kind of token.
bool out_of_reach(const Expectation& expectation, const std::string& need) {
  const auto& capabilities = verdict::Capabilities::built_in();
  const auto kinds = kinds_of(expectation.match);
  return std::none_of(kinds.begin(), kinds.end(), [&](audit::TokenKind kind) {
    if (expectation.exactly) return capabilities.may(need, kind, *expectation.exactly).ability != verdict::Ability::kNo;
    const Permissions givers = capabilities.givers(need, kind);
    return expectation.forbid ? both(givers, *expectation.forbid) != givers : !givers.empty();
  });
}

void complain_of_both(Walk& walk, const Node& at, std::string_view other, const Permissions& both) {
  walk.error(at, fmt::format("contradicts {}: {} in both; remove it from one of them", other,
                             both.text() + (both.texts().size() == 1 ? " stands" : " stand")));
}

void check_contradictions(Walk& walk, const Node& node, const Expectation& expectation) {
  const auto& [name, match, at_least, exactly, forbid, needs, user, live, admins, severity] = expectation;
  if (forbid && exactly && !both(*forbid, *exactly).empty())
    complain_of_both(walk, *find(node, "forbid"), "exactly", both(*forbid, *exactly));
  if (forbid && at_least && !both(*forbid, *at_least).empty())
    complain_of_both(walk, *find(node, "forbid"), "at_least", both(*forbid, *at_least));
  if (exactly && at_least) {
    for (const std::string& text : at_least->texts()) {
      if (!verdict::holds(*exactly, *xads::permission_from_text(text)))
        walk.error(*find(node, "at_least"),
                   fmt::format("contradicts exactly, which lacks {}; remove one of them", text));
    }
  }
  for (const std::string& need : needs) {
    if (out_of_reach(expectation, need))
      walk.error(*find(node, "needs"), fmt::format("{} can never be met: {}", need,
                                                   exactly  ? "what exactly names does not give it"
                                                   : forbid ? "all that gives it is forbidden"
                                                            : "no token of this kind has it"));
  }
}

void read_expectation(Walk& walk, const Node& node, Expectation& expectation) {
  const std::size_t errors_before = walk.complaints.errors();
  read_mapping(walk, node, expectation_keys(), expectation);
  expectation.name = name_of(walk, node);
  const bool asks = std::any_of(node.children.begin(), node.children.end(),
                                [](const Node& child) { return child.key != "match" && child.key != "severity"; });
  if (node.kind == Node::Kind::kMapping && !asks)
    walk.error(node, "expects nothing; add at_least, exactly, forbid, needs, user_id, min_live_tokens or min_admins");
  if (walk.complaints.errors() == errors_before) check_contradictions(walk, node, expectation);
}

}  // namespace

Key<Settings> expect_key() {
  return {"expect", Need::kOptional,
          list_of_wholes(
              [](Walk& walk, const Node& node, Settings& settings) {
                read_expectation(walk, node, settings.audit.policy.expectations.emplace_back());
              },
              expectation_keys())};
}

}  // namespace settings
