#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace http {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// The parameters of a request's target, "/pairs?token=brand%2Da&limit=20", as a form sends them: decoded, a plus is a
/// blank, in their order. Error: what is wrong, without repeating it.
base::Result<Parameters> parameters_of(std::string_view target);
/// A part of a path, decoded. Error: it is no such text.
base::Result<std::string> percent_decoded(std::string_view text);
/// The text as it may stand in a path or in a parameter's value.
std::string percent_encoded(std::string_view text);

}  // namespace http
