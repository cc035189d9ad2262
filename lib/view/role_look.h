#pragma once

#include <span>
#include <string>
#include <string_view>

namespace view {

/// The colours in which an answer is drawn, on light and on dark ground alike.
struct RoleLook {
  std::string_view name;  ///< of the strongest role: what a token may do at most gives the colour
  std::string_view fill;
  std::string_view ink;  ///< of words on it
};
/// `answer` as verdict::to_text() writes it.
const RoleLook& look_of(const std::string& answer);
/// Those that there are, the strongest first, refused and none last.
std::span<const RoleLook> role_looks();

}  // namespace view
