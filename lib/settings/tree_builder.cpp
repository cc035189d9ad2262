#include "settings/tree_builder.h"

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>

#include <algorithm>

#include "settings/parse.h"

namespace settings {
namespace {

constexpr std::size_t kLongestKey = 64;  // keeps the paths of deep trees short
constexpr std::size_t kMaxKeys = 1000;   // of one mapping: looking for a duplicate takes all of them

[[noreturn]] void stop(const YAML::Mark& mark, const std::string& message) {
  throw YAML::ParserException(mark, message);
}

}  // namespace

Place place_of(const YAML::Mark& mark, std::size_t source, const Complaints& complaints) {
  const auto& lines = complaints.lines(source);
  if (mark.line < 0) return {source, 0, 0};
  const std::size_t index = std::min(static_cast<std::size_t>(mark.line), lines.size() - 1);
  return {source, static_cast<int>(index) + 1, std::max(mark.column, 0) + 1};
}

std::optional<Place> TreeBuilder::innermost_open() const {
  if (open_.empty()) return std::nullopt;
  return open_.back().node.place;
}

bool TreeBuilder::key_is_next() const {
  return !open_.empty() && open_.back().node.kind == Node::Kind::kMapping && !open_.back().key;
}

void TreeBuilder::OnDocumentStart(const YAML::Mark& mark) {
  if (++documents_ > 1) stop(mark, "a second document begins here (\"---\"); put everything into one");
}

Node TreeBuilder::start_node(Node::Kind kind, const YAML::Mark& mark) {
  if (++nodes_ > kMaxNodes) stop(mark, fmt::format("there are more than {} values in this file", kMaxNodes));
  Node node;
  node.kind = kind;
  node.place = place_of(mark, source_, complaints_);
  node.key_place = node.place;
  if (open_.empty() || key_is_next()) return node;
  const Open& parent = open_.back();
  if (parent.key) {
    const bool top = parent.node.path.empty();
    node.key = parent.key->text;
    node.key_place = parent.key->place;
    node.path = parent.node.path + (top ? "" : ".") + node.key;
    if (kind == Node::Kind::kNothing) node.place = node.key_place;  // yaml-cpp gives the next token's place
  } else {
    const bool text = kind == Node::Kind::kText;  // "accounts", not "accounts[2]": the column tells which one
    node.path = text ? parent.node.path : fmt::format("{}[{}]", parent.node.path, parent.seen);
  }
  return node;
}

void TreeBuilder::refuse_extras(Node& node, const std::string& tag, YAML::anchor_t anchor) {
  if (anchor != 0) {
    complaints_.error(node.place, node.path,
                      "anchors (\"&name\") are not supported; write the value out where it is needed");
    node.kind = Node::Kind::kRefused;
  }
  if (!tag.empty() && tag != "?" && tag != "!") {  // yaml-cpp's own marks for plain and quoted values
    complaints_.error(node.place, node.path, "tags (\"!name\") are not supported; remove it");
    node.kind = Node::Kind::kRefused;
  }
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  Node node = start_node(Node::Kind::kNothing, mark);
  refuse_extras(node, "", anchor);
  if (key_is_next()) stop(mark, "a key is missing before the colon");
  put(std::move(node));
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t) {
  if (key_is_next()) stop(mark, "an alias (\"*name\") cannot be a key");
  Node node = start_node(Node::Kind::kRefused, mark);
  complaints_.error(node.place, node.path, "aliases (\"*name\") are not supported; write the value out");
  put(std::move(node));
}

/// YAML lets texts go on over line ends, and yaml-cpp takes the rest of the file for the text when a quote is missing.
/// In settings that is always a slip, and the text may have swallowed a secret. Texts of several lines begin with | or
/// >.
void TreeBuilder::require_one_line(const YAML::Mark& mark, const Node& node) const {
  const auto& lines = complaints_.lines(source_);
  const auto index = static_cast<std::size_t>(mark.line);
  if (index >= lines.size() || static_cast<std::size_t>(mark.column) >= lines[index].size()) return;
  const std::string_view line = lines[index].substr(static_cast<std::size_t>(mark.column));
  if (!node.quoted) {
    if (line.starts_with(node.text)) return;
    YAML::Mark next = mark;
    next.column = static_cast<int>(lines[std::min(index + 1, lines.size() - 1)].find_first_not_of(" \t"));
    ++next.line;
    stop(next, "this line goes on with the text above; mind its indentation, and the colon and the blank after a key");
  }
  const char quote = line[0];
  if (quote != '"' && quote != '\'') return;  // a text that begins with | or >
  for (std::size_t at = 1; at < line.size(); ++at) {
    const bool escapes = quote == '"' ? line[at] == '\\' : line.substr(at, 2) == "''";
    if (escapes)
      ++at;
    else if (line[at] == quote)
      return;
  }
  stop(mark, fmt::format("the closing {} of this text is missing on its line", quote));
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  Node node = start_node(Node::Kind::kText, mark);
  node.quoted = tag == "!";
  node.text = value;
  refuse_extras(node, tag, anchor);
  if (node.kind == Node::Kind::kText) require_one_line(mark, node);
  if (key_is_next())
    take_key(std::move(node));
  else
    put(std::move(node));
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value) {
  if (key_is_next()) stop(mark, "a key must be one word, not a list");
  Node node = start_node(Node::Kind::kList, mark);
  refuse_extras(node, tag, anchor);
  node.kind = Node::Kind::kList;
  open(std::move(node), mark);
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value) {
  if (key_is_next()) stop(mark, "a key must be one word, not a mapping");
  Node node = start_node(Node::Kind::kMapping, mark);
  refuse_extras(node, tag, anchor);
  node.kind = Node::Kind::kMapping;
  open(std::move(node), mark);
}

void TreeBuilder::take_key(Node key) {
  if (key.text.size() > kLongestKey || key.text.find('\n') != std::string::npos)
    complaints_.error(key.place, open_.back().node.path, "there should be a key here, followed by \": \"");
  key.text.resize(std::min(key.text.size(), kLongestKey));
  open_.back().key = std::move(key);
}

void TreeBuilder::put(Node node) {
  if (open_.empty()) {
    root_ = std::move(node);
    return;
  }
  Open& parent = open_.back();
  const bool keyed = parent.key.has_value();
  parent.key.reset();
  ++parent.seen;
  if (keyed && node.key == "<<") {
    complaints_.error(node.key_place, node.path, "merge keys (\"<<\") are not supported; write the keys out");
    return;
  }
  if (const Node* first = keyed ? find(parent.node, node.key) : nullptr) {
    complaints_.error(node.key_place, node.path,
                      fmt::format("is given twice, first on line {}; remove one", first->key_place.line));
    return;
  }
  if (keyed && parent.node.children.size() >= kMaxKeys)
    throw YAML::ParserException({}, fmt::format("a mapping holds more than {} keys", kMaxKeys));
  parent.node.children.push_back(std::move(node));
}

void TreeBuilder::open(Node node, const YAML::Mark& mark) {
  if (open_.size() >= kMaxDepth) stop(mark, fmt::format("values are nested more than {} deep", kMaxDepth));
  open_.push_back({std::move(node), std::nullopt, 0});
}

void TreeBuilder::close() {
  Node node = std::move(open_.back().node);
  open_.pop_back();
  put(std::move(node));
}

}  // namespace settings
