#pragma once

#include <optional>

#include "settings/forms.h"
#include "xads/error_codes.h"

namespace settings {

/// The table of the file that `node` names: its rows, then the built-in ones. The file is a list of rows as in
/// config/error_codes.yaml; a path that does not begin with / starts in the folder of the settings file. Nothing after
/// a complaint; those about the file name its own lines.
std::optional<xads::CodeTable> read_code_table(Walk& walk, const Node& node);

}  // namespace settings
