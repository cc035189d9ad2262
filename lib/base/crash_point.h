#pragma once

#include <string_view>

namespace base {

/// A place where a test may end the process. Does nothing, except in adsauditd-crash, which is linked with another
/// definition (tests/end_to_end/crash_point.cpp). Any thread.
void crash_point(std::string_view name);

}  // namespace base
