#include "settings/mask.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace settings {
namespace {

constexpr std::string_view kMask = "***";

// The keys whose values anyone may see. A key that is missing here is only shown less well.
constexpr std::array<std::string_view, 52> kHarmless{"access",
                                                     "account",
                                                     "accounts",
                                                     "allow_private",
                                                     "api",
                                                     "app",
                                                     "apps",
                                                     "at_least",
                                                     "audit",
                                                     "base_url",
                                                     "budget",
                                                     "ca_file",
                                                     "cause",
                                                     "confirm",
                                                     "count",
                                                     "deadline",
                                                     "control_token",
                                                     "destinations",
                                                     "discovery_interval",
                                                     "exactly",
                                                     "expect",
                                                     "forbid",
                                                     "format",
                                                     "identity_url",
                                                     "interval",
                                                     "jitter",
                                                     "kind",
                                                     "labels",
                                                     "level",
                                                     "listen",
                                                     "log",
                                                     "match",
                                                     "max_in_flight",
                                                     "min_admins",
                                                     "min_live_tokens",
                                                     "name",
                                                     "needs",
                                                     "path",
                                                     "repeat",
                                                     "reserve",
                                                     "routes",
                                                     "severity",
                                                     "share",
                                                     "spacing",
                                                     "status",
                                                     "store",
                                                     "to",
                                                     "token_limit",
                                                     "tokens",
                                                     "type",
                                                     "user_id",
                                                     "version"};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_quote(char c) { return c == '"' || c == '\''; }

bool harmless_key(std::string_view key) {
  return std::find(kHarmless.begin(), kHarmless.end(), key) != kHarmless.end();
}

struct Key {
  std::string_view name;
  std::size_t value_at;  ///< first byte after the colon and the blanks
};

/// The next `key: ` at or after `from`.
std::optional<Key> next_key(std::string_view line, std::size_t from) {
  for (std::size_t colon = line.find(':', from); colon != std::string_view::npos; colon = line.find(':', colon + 1)) {
    if (colon + 1 < line.size() && !is_blank(line[colon + 1])) continue;
    std::size_t end = colon;
    while (end > from && (is_blank(line[end - 1]) || is_quote(line[end - 1]))) --end;
    std::size_t begin = end;
    while (begin > from && is_word(line[begin - 1])) --begin;
    std::size_t value_at = colon + 1;
    while (value_at < line.size() && is_blank(line[value_at])) ++value_at;
    return Key{line.substr(begin, end - begin), value_at};
  }
  return std::nullopt;
}

/// The length of "${kind:name}" with or without quotes at the start of `value`, 0 when it is anything else.
std::size_t reference_length(std::string_view value) {
  const std::size_t quote = !value.empty() && is_quote(value[0]) ? 1 : 0;
  const std::string_view inner = value.substr(quote);
  if (!inner.starts_with("${file:") && !inner.starts_with("${cred:") && !inner.starts_with("${env:")) return 0;
  const std::size_t end = inner.find('}');
  if (end == std::string_view::npos || inner.substr(0, end).find_first_of(" \t\"'") != std::string_view::npos) return 0;
  const std::size_t length = quote + end + 1 + quote;
  if (length > value.size() || (quote == 1 && value[length - 1] != value[0])) return 0;
  const bool ends = length == value.size() || std::string_view(" \t,}]").find(value[length]) != std::string_view::npos;
  return ends ? length : 0;
}

bool carries_user_information(std::string_view value) {
  const std::size_t scheme = value.find("://");
  return scheme != std::string_view::npos && value.find('@', scheme) != std::string_view::npos;
}

bool may_show(const Key& key, std::string_view value) {
  if (value.starts_with('{')) return true;  // the keys in it follow
  if (carries_user_information(value)) return false;
  if (harmless_key(key.name) || value.empty() || value[0] == '#') return true;
  return reference_length(value) > 0;
}

/// True for a line that continues what an earlier line began under a harmless key.
bool continues_harmless(const std::vector<std::string_view>& lines, std::size_t index) {
  while (index > 0) {
    const std::string_view line = lines[--index];
    std::optional<Key> last;
    for (auto key = next_key(line, 0); key; key = next_key(line, key->value_at)) last = key;
    if (last) return harmless_key(last->name);
  }
  return true;
}

}  // namespace

std::string masked_line(const std::vector<std::string_view>& lines, int number) {
  const auto index = static_cast<std::size_t>(number) - 1;
  if (index >= lines.size()) return "";
  const std::string_view line = lines[index];
  auto key = next_key(line, 0);
  if (!key) {
    const std::string_view content = base::trim(line);
    const bool one_word = content.find(' ', content.starts_with("- ") ? 2 : 0) == std::string_view::npos;
    if (content.starts_with('#') || content == "---" || (one_word && continues_harmless(lines, index)))
      return std::string(line);
    return std::string(line.substr(0, line.find_first_not_of(" \t"))) + std::string(kMask);
  }
  for (; key; key = next_key(line, key->value_at)) {
    if (may_show(*key, line.substr(key->value_at))) continue;
    return std::string(line.substr(0, key->value_at)) + std::string(kMask);
  }
  return std::string(line);
}

}  // namespace settings
