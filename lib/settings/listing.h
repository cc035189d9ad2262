#pragma once

#include <functional>
#include <string>
#include <vector>

#include "settings/node.h"

namespace settings {

/// One setting, for people: what it is, and who says so.
struct Setting {
  std::string path;    ///< "routes[0].match.severity"; counted over all files
  std::string value;   ///< as it stands in the file; a secret only as the reference to it, or as ***
  std::string origin;  ///< "adsauditd.yaml:42", or "default"
};

/// Gathers all settings with their origins.
class Listing {
 public:
  /// `complaints` knows the files.
  explicit Listing(const Complaints& complaints) : complaints_(complaints) {}

  /// `node`: what was given, or nullptr; `otherwise`: what holds without it.
  void add(const std::string& path, const Node* node, bool secret, const std::string& otherwise);
  /// Calls `item` with each element of the list that was given.
  void add_items(const std::string& path, const Node* node,
                 const std::function<void(const std::string& path, const Node& item)>& item);
  std::vector<Setting> take() { return std::move(settings_); }

 private:
  std::string origin_of(const Node& node) const;

  const Complaints& complaints_;
  std::vector<Setting> settings_;
};

/// Every setting of the file and of conf.d, given or not, and where it comes from; nothing when they are broken.
std::vector<Setting> list_file(const std::string& path);
/// The schema of a settings file, JSON Schema draft 7, for editors; in one line.
std::string json_schema();

}  // namespace settings
