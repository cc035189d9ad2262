#pragma once

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <optional>
#include <string>
#include <vector>

#include "settings/node.h"

namespace settings {

/// The place that a mark of yaml-cpp means. A mark behind the last line becomes a place in it.
Place place_of(const YAML::Mark& mark, std::size_t source, const Complaints& complaints);

/// Builds the tree from the parser's events. Events, and not YAML::Node, because only they show duplicate keys,
/// anchors, aliases before they are expanded, and which scalars were quoted.
/// Throws YAML::ParserException, with a message for people, when going on makes no sense.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::size_t source, Complaints& complaints) : source_(source), complaints_(complaints) {}

  /// Call once, after the last document.
  Node take_root() { return std::move(root_); }
  /// Where the innermost list or mapping begins that has not ended yet.
  std::optional<Place> innermost_open() const;

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

 private:
  /// A list or mapping that has not ended yet.
  struct Open {
    Node node;
    std::optional<Node> key;  ///< of the value that comes next, in a mapping
    std::size_t seen = 0;     ///< values so far, also the ones that were dropped
  };

  bool key_is_next() const;
  Node start_node(Node::Kind kind, const YAML::Mark& mark);
  void refuse_extras(Node& node, const std::string& tag, YAML::anchor_t anchor);
  void require_one_line(const YAML::Mark& mark, const Node& node) const;
  void take_key(Node key);
  void put(Node node);
  void open(Node node, const YAML::Mark& mark);
  void close();

  std::size_t source_;
  Complaints& complaints_;
  Node root_;
  std::vector<Open> open_;
  int documents_ = 0;
  int nodes_ = 0;
};

}  // namespace settings
