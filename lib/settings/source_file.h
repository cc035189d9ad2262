#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace settings {

/// The text of a file of settings. Reads one byte more than parse() takes, and no more. Error: a sentence that goes on
/// from the name of the file.
base::Result<std::string> read_source_file(const std::filesystem::path& path);

}  // namespace settings
