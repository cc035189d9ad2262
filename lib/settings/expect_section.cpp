#include "settings/sections.h"
#include "xads/permissions.h"

namespace settings {
namespace {

/// Stands for an expectation while its keys are checked; this version keeps nothing of it.
struct Expectation {};

std::vector<std::string_view> permission_words() {
  std::vector<std::string_view> words;
  for (const xads::Permission permission : xads::all_permissions()) words.push_back(xads::to_text(permission));
  return words;
}

auto permissions() {
  return only_checked(list_of(choice<xads::Permission>("permission", permission_words(), xads::permission_from_text)));
}

const Table<Expectation>& match_keys() {
  static const Table<Expectation> table{
      {"account", Need::kOptional, only_checked(one_or_more(account_id()))},
      {"token", Need::kOptional, only_checked(one_or_more(name()))},
      {"app", Need::kOptional, only_checked(one_or_more(name()))},
      {"labels", Need::kOptional, only_checked(labels())},
  };
  return table;
}

const Table<Expectation>& expectation_keys() {
  static const Table<Expectation> table{
      {"match", Need::kOptional,
       mapping(
           [](Expectation & e) -> auto& { return e; }, match_keys())},
      {"at_least", Need::kOptional, permissions()},
      {"exactly", Need::kOptional, permissions()},
      {"forbid", Need::kOptional, permissions()},
      {"needs", Need::kOptional, only_checked(list_of(name()))},
      {"user_id", Need::kOptional, only_checked(digits(20))},
      {"min_live_tokens", Need::kOptional, only_checked(whole(1, 1000))},
      {"min_admins", Need::kOptional, only_checked(whole(1, 1000))},
  };
  return table;
}

}  // namespace

void check_expectation(Walk& walk, const Node& node) {
  Expectation expectation;
  read_mapping(walk, node, expectation_keys(), expectation);
  const bool asks =
      std::any_of(node.children.begin(), node.children.end(), [](const Node& child) { return child.key != "match"; });
  if (node.kind == Node::Kind::kMapping && !asks)
    walk.error(node, "expects nothing; add at_least, exactly, forbid, needs, user_id, min_live_tokens or min_admins");
}

}  // namespace settings
