#pragma once

#include <optional>

#include "settings/node.h"

namespace settings {

constexpr std::size_t kMaxFileBytes = 1 << 20;
constexpr std::size_t kMaxDepth = 16;
constexpr int kMaxNodes = 100'000;

/// Reads the one document of source number `source`. Stricter than YAML: no key twice, no anchors, aliases, merge keys
/// or tags, UTF-8 only. Nothing when the text is broken; then there is an error among the complaints. The tree of an
/// empty file is Node::Kind::kNothing.
std::optional<Node> parse(const std::vector<Source>& sources, std::size_t source, Complaints& complaints);

}  // namespace settings
