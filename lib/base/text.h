#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace base {

/// Valid UTF-8 on one line: broken bytes become U+FFFD, control characters (C0, DEL, C1) become a blank.
/// For every text of a stranger that is logged, shown or sent.
std::string clean_text(std::string_view text);
/// The longest start of valid UTF-8 `text` that has at most `max_bytes` bytes and cuts no code point.
std::string_view cut_at_code_point(std::string_view text, std::size_t max_bytes);
/// Valid UTF-8 `text`, or as much of its start as fits into `max_bytes` together with the "…" that says so. Requires
/// max_bytes >= 3, the bytes of "…".
std::string shortened(std::string_view text, std::size_t max_bytes);

std::string_view trim(std::string_view text);
/// Splits at `separator`; empty pieces are kept.
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string to_lower(std::string_view text);

/// Whether `text` is what `pattern` describes: `*` stands for any characters, also none, `?` for one, and the rest for
/// itself. In time proportional to the product of their sizes.
bool matches_glob(std::string_view pattern, std::string_view text);
bool matches_any_glob(const std::vector<std::string>& patterns, std::string_view text);

/// The candidate nearest to `word` by edit distance, or empty when none is near enough to be a likely slip.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);
/// The end of a sentence about an unknown word: `, did you mean "audit"?`, or else what it may be.
std::string advice_for(std::string_view word, const std::vector<std::string_view>& candidates);
/// A stranger's text for a sentence: on one line, not too long, in quotes.
std::string in_quotes(std::string_view text);

}  // namespace base
