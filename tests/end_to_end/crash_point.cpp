// Takes the place of base::crash_point() in a program that is linked with it: ends the process at once, as kill -9
// would, when the environment says so. ADSAUDITD_CRASH_AT=NAME ends it on the first pass of that point, NAME:3 on the
// third. ADSAUDITD_CRASH_LIST=FILE adds the name of each point to that file when it is passed first.

#include "base/crash_point.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>

#include "base/ensure.h"

namespace base {
namespace {

std::string from_environment(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

/// Where the process is to end.
struct End {
  std::string name;  ///< empty: nowhere
  int pass = 1;

  static End from_environment() {
    End end{base::from_environment("ADSAUDITD_CRASH_AT")};
    const auto colon = end.name.find(':');
    if (colon == std::string::npos) return end;
    const char* last = end.name.data() + end.name.size();
    ENSURE(std::from_chars(end.name.data() + colon + 1, last, end.pass).ptr == last);
    end.name.resize(colon);
    return end;
  }
};

class Points {
 public:
  void pass(std::string_view name) {
    const std::lock_guard lock(mutex_);
    const int passes = ++passes_[std::string(name)];
    if (passes == 1) note(name);
    if (name == end_.name && passes == end_.pass) ::kill(::getpid(), SIGKILL);
  }

 private:
  /// Other processes may write to the same file.
  void note(std::string_view name) const {
    if (list_.empty()) return;
    const std::string line = std::string(name) + "\n";
    const int file = ::open(list_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ENSURE(file >= 0 && ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
    ::close(file);
  }

  const End end_ = End::from_environment();
  const std::string list_ = from_environment("ADSAUDITD_CRASH_LIST");
  std::mutex mutex_;
  std::map<std::string, int> passes_;
};

}  // namespace

void crash_point(std::string_view name) {
  static Points points;
  points.pass(name);
}

}  // namespace base
