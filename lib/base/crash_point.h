#pragma once

#ifdef ADSAUDITD_CRASH_POINTS

#include <string_view>

namespace base {

/// Ends the process at once, as kill -9 would, when the environment says so: ADSAUDITD_CRASH_AT=NAME on the first pass
/// of that point, NAME:3 on the third. ADSAUDITD_CRASH_LIST=FILE adds the name of each point to that file when it is
/// passed first. Safe from any thread.
void crash_point(std::string_view name);

}  // namespace base

#define CRASH_POINT(name) ::base::crash_point(name)

#else

/// A place where a test may end the process, in builds with the CMake option ADSAUDITD_CRASH_POINTS. Nothing in all
/// others: the name is not even computed.
#define CRASH_POINT(name) static_cast<void>(0)

#endif
