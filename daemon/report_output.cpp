#include "report_output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "command_line.h"

namespace app {
namespace {

[[noreturn]] void fail(const std::string& path, int error) {
  const bool permission = error == EACCES || error == EPERM || error == EROFS;
  throw CommandError(permission ? kExitNotPermitted : kExitFailure,
                     fmt::format("cannot write {}: {}", path, std::strerror(error)));
}

/// Whoever names a device or a link means what it stands for, and that must not be replaced.
void require_replaceable(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    throw CommandError(kExitFailure, fmt::format("{} is not a regular file and is not replaced; name another one, or "
                                                 "leave --output out for standard output",
                                                 path));
}

[[noreturn]] void refuse(const std::string& path) {
  throw CommandError(kExitFailure, fmt::format("{} is there already and is not overwritten; name another one, or add "
                                               "--force",
                                               path));
}

/// False, with errno, when it does not get its name.
bool give_name(const std::string& unfinished, const std::string& path, Replace replace) {
  if (replace == Replace::kAllowed) return std::rename(unfinished.c_str(), path.c_str()) == 0;
  if (::link(unfinished.c_str(), path.c_str()) != 0) {  // never in place of something
    if (errno == EEXIST) refuse(path);
    return false;
  }
  return ::unlink(unfinished.c_str()) == 0;
}

bool make_durable(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) return false;
  const bool kept = ::fsync(file) == 0;
  return ::close(file) == 0 && kept;
}

}  // namespace

void write_private_file(const std::string& path, const std::function<void(std::ostream&)>& write, Replace replace) {
  require_replaceable(path);
  if (replace == Replace::kRefused && ::access(path.c_str(), F_OK) == 0) refuse(path);
  std::string unfinished = path + ".XXXXXX";  // mkstemp() makes it with mode 0600
  const int file = ::mkstemp(unfinished.data());
  if (file < 0) fail(path, errno);
  ::close(file);
  try {
    std::ofstream out(unfinished, std::ios::binary);
    write(out);
    out.close();
    if (!out) fail(path, errno == 0 ? EIO : errno);
    if (!make_durable(unfinished, O_RDONLY) || !give_name(unfinished, path, replace)) fail(path, errno);
  } catch (...) {
    ::unlink(unfinished.c_str());
    throw;
  }
  make_durable(std::filesystem::absolute(path).parent_path().string(), O_RDONLY | O_DIRECTORY);
}

}  // namespace app
