#include "settings/look_up.h"

#include <fmt/format.h>

#include <algorithm>

namespace settings {

std::vector<const Node*> items_of(const Node& mapping, std::string_view key) {
  const Node* list = find(mapping, key);
  std::vector<const Node*> items;
  if (list == nullptr || list->kind != Node::Kind::kList) return items;
  for (const Node& child : list->children) items.push_back(&child);
  return items;
}

const Node& member_or_self(const Node& mapping, std::string_view key) {
  const Node* member = find(mapping, key);
  return member != nullptr ? *member : mapping;
}

void for_each_given(const Node* node, const std::vector<std::string>& values,
                    const std::function<void(const Node&, const std::string&)>& look) {
  if (node == nullptr) return;
  const bool list = node->kind == Node::Kind::kList;
  if (list && values.size() != node->children.size()) return;  // one of them is malformed
  for (std::size_t index = 0; index < values.size(); ++index) look(list ? node->children[index] : *node, values[index]);
}

void require_known(Walk& walk, const Node& node, const std::string& name, std::string_view what,
                   const std::vector<std::string_view>& known) {
  if (name.empty() || std::find(known.begin(), known.end(), name) != known.end()) return;
  walk.error(node, fmt::format("there is no {} {}{}", what, in_quotes(node.text), advice_for(node.text, known)));
}

void require_all_known(Walk& walk, const Node* node, const std::vector<std::string>& names, std::string_view what,
                       const std::vector<std::string_view>& known) {
  for_each_given(node, names,
                 [&](const Node& given, const std::string& name) { require_known(walk, given, name, what, known); });
}

}  // namespace settings
