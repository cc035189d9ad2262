#include "settings/listing.h"

#include <fmt/format.h>

#include "base/text.h"
#include "settings/references.h"

namespace settings {
namespace {

/// In one line, as YAML would have it.
std::string text_of(const Node& node, bool secret) {
  std::vector<std::string> parts;
  switch (node.kind) {
    case Node::Kind::kNothing:
    case Node::Kind::kRefused:
      return "";
    case Node::Kind::kText:
      return secret && !is_reference(node.text) ? "***" : node.text;
    case Node::Kind::kList:
      for (const Node& child : node.children) parts.push_back(text_of(child, secret));
      return "[" + base::join(parts, ", ") + "]";
    case Node::Kind::kMapping:
      for (const Node& child : node.children) parts.push_back(child.key + ": " + text_of(child, secret));
      return "{" + base::join(parts, ", ") + "}";
  }
  return "";
}

}  // namespace

std::string Listing::origin_of(const Node& node) const {
  const std::string place = complaints_.text_of(node.place);
  return place.substr(0, place.rfind(':'));  // without the column
}

void Listing::add(const std::string& path, const Node* node, bool secret, const std::string& otherwise) {
  const bool given = node != nullptr && node->kind != Node::Kind::kNothing;
  settings_.push_back({path, base::clean_text(given ? text_of(*node, secret) : otherwise),
                       given ? origin_of(*node) : std::string("default")});
}

void Listing::add_items(const std::string& path, const Node* node,
                        const std::function<void(const std::string& path, const Node& item)>& item) {
  if (node == nullptr || node->children.empty()) {
    settings_.push_back({path, "[]", "default"});
    return;
  }
  for (std::size_t place = 0; place < node->children.size(); ++place)
    item(fmt::format("{}[{}]", path, place), node->children[place]);
}

}  // namespace settings
