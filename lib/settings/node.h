#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "settings/complaint.h"

namespace settings {

/// A value of the settings, as it stands in the file: no reference is replaced yet, and every scalar is text.
struct Node {
  enum class Kind {
    kNothing,  ///< a key without a value, ~ or null
    kText,
    kList,
    kMapping,
    kRefused,  ///< something was wrong and has been complained about
  };
  Kind kind = Kind::kNothing;
  Place place;
  std::string path;  ///< "tokens[0].kind"; an index counts within its file
  std::string text;
  bool quoted = false;         ///< the text begins after a quote
  std::string key;             ///< under which the enclosing mapping holds it
  Place key_place;             ///< where that key stands; for an item of a list: where the item stands
  std::vector<Node> children;  ///< in the order of the file; keys of a mapping are unique
};

/// The value under `key`, or nullptr.
const Node* find(const Node& mapping, std::string_view key);
Node* find(Node& mapping, std::string_view key);

/// Adds what `from` holds to `into`: mappings are joined, lists grow longer. Complains when both give one value.
void merge(Node& into, Node&& from, Complaints& complaints);

}  // namespace settings
