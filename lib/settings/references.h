#pragma once

#include <functional>
#include <optional>
#include <string>

#include "settings/node.h"

namespace settings {

constexpr std::size_t kMaxReferencedBytes = 65'536;

/// Where ${env:...} and ${cred:...} are looked up. ${file:...} is read from the disk.
struct References {
  /// Nothing when the variable is not set.
  std::function<std::optional<std::string>(const std::string& name)> environment;
  /// What systemd says in $CREDENTIALS_DIRECTORY; empty: there is none. ${cred:name} is the file `name` there, or one
  /// of those that the unit loads as directories: `credentials_name`, `encrypted_name`.
  std::string credentials_directory;
  /// Leaves every secret empty and looks none up, for commands that need no secret and may not read them.
  bool skip_secrets = false;
};

bool has_reference(std::string_view text);
/// The text is one reference and nothing else.
bool is_reference(std::string_view text);

enum class Content { kPlain, kSecret };  ///< of a secret's file we also look at who may read it

/// The file that a text stands for which is one reference and nothing else. Whether it is there is another question.
std::optional<std::string> file_of_reference(std::string_view text, const References& references);

/// The text of `node` with every reference replaced in place: once, so that a value that looks like a reference stays
/// as it is. Nothing after a complaint. Requires Node::Kind::kText.
std::optional<std::string> resolve(const Node& node, Content content, const References& references,
                                   Complaints& complaints);

}  // namespace settings
