#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace view {

// One member of an object each. Texts are cleaned of control characters; an empty one becomes null where `or_null` says
// so.

void member(base::JsonWriter& writer, const char* name, std::string_view value);
void member_or_null(base::JsonWriter& writer, const char* name, std::string_view value);
void member(base::JsonWriter& writer, const char* name, std::uint64_t value);
void member(base::JsonWriter& writer, const char* name, const std::optional<std::uint64_t>& value);
void member(base::JsonWriter& writer, const char* name, bool value);
void member(base::JsonWriter& writer, const char* name, double value);
/// In milliseconds; the name ends in "_ms".
void member(base::JsonWriter& writer, const char* name, base::Duration value);
void member(base::JsonWriter& writer, const char* name, const std::vector<std::string>& values);
void member(base::JsonWriter& writer, const char* name, base::Instant instant);
void member(base::JsonWriter& writer, const char* name, const std::optional<base::Instant>& instant);

}  // namespace view
