#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace settings {

/// The line as it may be shown to people: what follows a key that is not known to be harmless is replaced by ***,
/// unless it is a reference. Works on the text alone, because a file may be too broken to have a tree, and errs on the
/// side of hiding: a mistyped `consumer_secert` hides its value too. `line` counts from 1.
std::string masked_line(const std::vector<std::string_view>& lines, int line);

}  // namespace settings
