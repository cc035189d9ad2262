#pragma once

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/secret.h"
#include "base/time.h"

namespace settings {

/// A value as it would stand in the file; empty where nothing would, or where only its form knows how.
template <class V>
std::string value_text(const V& value) {
  if constexpr (std::is_same_v<V, std::string>)
    return value;
  else if constexpr (std::is_same_v<V, bool>)
    return value ? "true" : "false";
  else if constexpr (std::is_same_v<V, double>)
    return fmt::format("{:g}%", value * 100);
  else if constexpr (std::is_integral_v<V>)
    return std::to_string(value);
  else if constexpr (std::is_same_v<V, base::Duration>)
    return base::to_text(value);
  else
    return {};
}

}  // namespace settings
