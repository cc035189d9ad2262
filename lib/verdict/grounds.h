#pragma once

#include <string>
#include <vector>

namespace verdict {

/// Why a verdict is what it is. Redacted by construction: made of statuses, codes, names and times alone.
struct Grounds {
  std::string rule;                      ///< stable, one of those that `explain` documents: "identity_confirms"
  std::vector<std::string> witnesses{};  ///< who said what when, oldest first; at most kMostWitnesses
  bool operator==(const Grounds&) const = default;
};
constexpr std::size_t kMostWitnesses = 20;

}  // namespace verdict
