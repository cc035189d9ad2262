#pragma once

#include <string_view>

namespace view {

/// The style sheet of all pages of the status site: light and dark, down to the width of a phone.
std::string_view site_style();

}  // namespace view
