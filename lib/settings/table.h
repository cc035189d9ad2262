#pragma once

#include <fmt/format.h>

#include <algorithm>

#include "settings/forms.h"

namespace settings {

enum class Need { kRequired, kOptional };

/// One key that a mapping of T may hold.
template <class T>
struct Key {
  std::string_view name;
  Need need;
  std::function<void(Walk&, const Node&, T&)> read;
};
/// All keys of a mapping. The tables are the format: what is in none of them is refused.
template <class T>
using Table = std::vector<Key<T>>;

void complain_about_unknown_key(Walk& walk, const Node& child, const std::vector<std::string_view>& known);

/// Reads `node` into `object` key by key; what is wrong is complained about and leaves `object` as it was.
template <class T>
void read_mapping(Walk& walk, const Node& node, const Table<T>& table, T& object) {
  if (!require_kind(walk, node, Node::Kind::kMapping)) return;
  std::vector<std::string_view> names;
  for (const Key<T>& key : table) names.push_back(key.name);
  for (const Node& child : node.children) {
    const auto key = std::find(names.begin(), names.end(), child.key);
    if (key != names.end())
      table[static_cast<std::size_t>(key - names.begin())].read(walk, child, object);
    else
      complain_about_unknown_key(walk, child, names);
  }
  for (const Key<T>& key : table) {
    if (key.need == Need::kRequired && find(node, key.name) == nullptr)
      walk.error(node, fmt::format("the key \"{}\" is missing", key.name));
  }
}

/// Stores the value of `form` in what `member` names: a pointer to a member, or a function from T& to V&.
template <class Member, class V>
auto into(Member member, Form<V> form) {
  return [member, form = std::move(form)](Walk& walk, const Node& node, auto& object) {
    if (auto value = form(walk, node)) std::invoke(member, object) = std::move(*value);
  };
}

/// Checks the value and drops it: for keys that are agreed on, but that this version does not act on.
template <class V>
auto only_checked(Form<V> form) {
  return [form = std::move(form)](Walk& walk, const Node& node, auto&) { (void)form(walk, node); };
}

/// A mapping within the mapping. Empty is as good as left out.
template <class Member, class T>
auto mapping(Member member, const Table<T>& table) {
  return [member, &table](Walk& walk, const Node& node, auto& object) {
    if (node.kind != Node::Kind::kNothing) read_mapping(walk, node, table, std::invoke(member, object));
  };
}

/// A list of mappings: one element for each, also for those with errors, so that element and node share an index.
template <class Member, class T>
auto list_of_mappings(Member member, const Table<T>& table) {
  return [member, &table](Walk& walk, const Node& node, auto& object) {
    if (node.kind == Node::Kind::kNothing || !require_kind(walk, node, Node::Kind::kList)) return;
    for (const Node& child : node.children)
      read_mapping(walk, child, table, std::invoke(member, object).emplace_back());
  };
}

}  // namespace settings
