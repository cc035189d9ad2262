#include "settings/node.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace settings {

Node* find(Node& mapping, std::string_view key) {
  for (Node& child : mapping.children) {
    if (mapping.kind == Node::Kind::kMapping && child.key == key) return &child;
  }
  return nullptr;
}

const Node* find(const Node& mapping, std::string_view key) { return find(const_cast<Node&>(mapping), key); }

void merge(Node& into, Node&& from, Complaints& complaints) {
  if (from.kind == Node::Kind::kNothing || into.kind == Node::Kind::kRefused) return;
  if (into.kind == Node::Kind::kNothing) {
    into = std::move(from);
  } else if (into.kind == Node::Kind::kMapping && from.kind == Node::Kind::kMapping) {
    for (Node& child : from.children) {
      if (Node* same = find(into, child.key))
        merge(*same, std::move(child), complaints);
      else
        into.children.push_back(std::move(child));
    }
  } else if (into.kind == Node::Kind::kList && from.kind == Node::Kind::kList) {
    std::move(from.children.begin(), from.children.end(), std::back_inserter(into.children));
  } else {
    complaints.error(from.key_place, from.path,
                     fmt::format("is set twice, here and at {}; remove one", complaints.text_of(into.key_place)));
  }
}

}  // namespace settings
