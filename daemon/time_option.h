#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace app {

/// A point in time as people write it: 2026-11-23T10:15:00Z, with an offset like +02:00 instead of the Z, or a date
/// alone, which is its first moment in UTC. Throws UsageError, which names the option.
base::Instant instant_of(const std::string& text, const char* option);
/// Nothing for an option that was not given.
std::optional<base::Instant> instant_if_given(const std::string& text, const char* option);
/// A point in time, or a duration from `now` on: "2h". Throws UsageError unless it lies after `now`.
base::Instant deadline_of(const std::string& text, const char* option, base::Instant now);

}  // namespace app
