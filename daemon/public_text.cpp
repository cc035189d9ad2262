#include "public_text.h"

#include <fmt/format.h>

#include "base/text.h"

namespace app {

PublicText PublicText::version(std::string_view text) {
  constexpr std::size_t kLongest = 24;
  const auto is_digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
  std::size_t end = 0;
  while (end < std::min(text.size(), kLongest)) {
    const bool between = text[end] == '.' || text[end] == '-';
    if (!is_digit(end) && !(between && end > 0 && is_digit(end - 1) && is_digit(end + 1))) break;
    ++end;
  }
  return end == 0 ? PublicText("unknown") : made(std::string(text.substr(0, end)));
}

PublicText PublicText::share(double share) { return made(fmt::format("{:.4g}%", share * 100)); }

PublicText PublicText::path(std::string_view path, const std::set<std::string, std::less<>>& words) {
  for (std::string_view piece : base::split(path, '.')) {
    while (piece.ends_with("[]")) piece.remove_suffix(2);
    if (!words.contains(piece)) return "other";
  }
  return made(std::string(path));
}

PublicText PublicText::list(const std::vector<PublicText>& texts) {
  std::string joined;
  for (const auto& text : texts) {
    if (!joined.empty()) joined += ", ";
    joined += text.view();
  }
  return made(joined);
}

}  // namespace app
