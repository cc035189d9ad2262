// Text handling of the fake X Ads API: percent coding and patterns.
//
// The fake shares no code with the rooms in lib/: it is there to catch their mistakes, so it must not repeat them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fakes {

using NameValues = std::vector<std::pair<std::string, std::string>>;

/// RFC 5849 section 3.6: everything but letters, digits and "-._~" becomes %XX with upper-case digits.
std::string percent_encode(std::string_view text);
/// Undoes %XX only; a '+' stays a '+'. A '%' without two digits after it stays as it is.
std::string percent_decode(std::string_view text);
/// Decoded pairs of a query or a form body, in their order. Here a '+' is a blank.
NameValues parse_form(std::string_view text);
/// Pairs as a query or form body, in their order, encoded as OAuth encodes.
std::string write_form(const NameValues& pairs);
/// The value of the first pair with this name, or the fallback.
std::string value_or(const NameValues& pairs, std::string_view name, std::string_view fallback);

/// Whether the pattern covers the whole text; '*' stands for any run of characters, nothing else is special.
bool matches_pattern(std::string_view pattern, std::string_view text);

bool is_utf8(std::string_view text);
std::string to_base64(std::string_view bytes);

}  // namespace fakes
