#include "settings/mask.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace settings {
namespace {

constexpr std::string_view kMask = "***";

// The keys whose values anyone may see, each between two blanks. A key that is missing here is only shown less well.
constexpr std::string_view kHarmless =
    " access account accounts after_change allow_private api app apps archive at_least audit base_url boost budget "
    "ca_file cause class classes code confirm control_token count critical deadline destinations discovery_interval "
    "enabled error_codes exactly expect forbid format identity_url interval intervals jitter kind labels level listen "
    "log match max_in_flight means min_admins min_live_tokens name needs path repeat reserve routes rules severity "
    "share spacing status store to token_limit tokens type user_id version "
    "continue days ends escalate every from group_by group_wait heartbeat maintenance most_per_minute reason starts "
    "template zone after allow_remote hosts "
    "alerts dead_letters history incidents max_size observations retention "
    "max_series metrics per_account ";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}
bool is_blank(char c) { return static_cast<unsigned char>(c) <= 0x20; }  // control characters, too
bool is_quote(char c) { return c == '"' || c == '\''; }

bool harmless_key(std::string_view key) {
  return kHarmless.find(" " + std::string(key) + " ") != std::string_view::npos;
}

struct Key {
  std::string_view name;
  std::size_t begin;     ///< of the name
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
    return Key{line.substr(begin, end - begin), begin, value_at};
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

/// A comment is shown; a key in it has ended the value before it.
std::string_view without_comment(std::string_view value) { return value.substr(0, value.find(" #")); }

bool is_harmless_url(std::string_view key, std::string_view value) {
  if (value.find("://") == std::string_view::npos) return true;
  return (key == "base_url" || key == "identity_url") && value.find('@') == std::string_view::npos;
}

/// After a comma there may be a single word, as in a list. More than that is a key that lost its colon or its blank.
bool only_words_after_commas(std::string_view value) {
  const auto pieces = base::split(value, ',');
  return std::all_of(pieces.begin() + 1, pieces.end(), [](std::string_view piece) {
    return base::trim(piece).find_first_of(" \t:") == std::string_view::npos;
  });
}

/// Nothing but what may open a list, a mapping or a quoted key.
bool opens_only(std::string_view text) { return text.find_first_not_of(" \t-?{[\"'") == std::string_view::npos; }

/// `value` ends where the next key begins, or at the end of the line.
bool may_show(std::string_view key, std::string_view value, bool last) {
  value = base::trim(without_comment(value));
  if (!only_words_after_commas(value)) return false;
  if (harmless_key(key)) return is_harmless_url(key, value);
  if (value.empty() || value[0] == '#') return last;
  const bool brackets = value[0] == '{' || value[0] == '[';
  return (brackets && opens_only(value)) || reference_length(value) > 0;
}

std::optional<Key> last_key(std::string_view line) {
  std::optional<Key> last;
  for (auto key = next_key(line, 0); key; key = next_key(line, key->value_at)) last = key;
  return last;
}

/// True for a line that continues what an earlier line began under a harmless key.
bool continues_harmless(const std::vector<std::string_view>& lines, std::size_t index) {
  while (index > 0) {
    if (const auto last = last_key(lines[--index])) return harmless_key(last->name);
  }
  return true;
}

/// True for a line below a key whose value did not begin on its own line, and may be a secret.
bool holds_value_of_above(const std::vector<std::string_view>& lines, std::size_t index) {
  while (index > 0 && base::trim(lines[index - 1]).empty()) --index;
  if (index == 0) return false;
  const auto last = last_key(lines[index - 1]);
  return last && !harmless_key(last->name) && without_comment(lines[index - 1].substr(last->value_at)).empty();
}

}  // namespace

std::string masked_line(const std::vector<std::string_view>& lines, int number) {
  const auto index = static_cast<std::size_t>(number) - 1;
  if (index >= lines.size()) return "";
  const std::string_view line = lines[index];
  const auto masked_from = [&](std::size_t at) { return std::string(line.substr(0, at)) + std::string(kMask); };
  const std::size_t first_word = std::min(line.find_first_not_of(" \t"), line.size());
  auto key = next_key(line, 0);
  if (!key) {
    const std::string_view content = line.substr(first_word);
    const std::string_view item = base::trim(content.substr(content.starts_with("- ") ? 2 : 0));
    const bool one_word = item.find_first_of(" \t:") == std::string_view::npos;
    const bool harmless = content.starts_with('#') || content == "---" || content.empty();
    return harmless || (one_word && continues_harmless(lines, index)) ? std::string(line) : masked_from(first_word);
  }
  const bool odd_start = !opens_only(line.substr(0, key->begin)) && line[first_word] != '#';
  if (odd_start || holds_value_of_above(lines, index)) return masked_from(first_word);
  while (key) {
    const auto next = next_key(line, key->value_at);
    const std::size_t end = next ? next->begin : line.size();
    const std::string_view value = line.substr(key->value_at, end - key->value_at);
    if (!may_show(key->name, value, !next)) return masked_from(key->value_at);
    key = next;
  }
  return std::string(line);
}

}  // namespace settings
