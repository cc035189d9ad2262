#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <exception>

#include "command_line.h"
#include "store/store.h"

namespace {

/// Secrets are in this process: no core file, no debugger of the same user.
void keep_memory_private() {
#ifndef __SANITIZE_ADDRESS__  // its leak check reads the process the way a debugger does
  ::prctl(PR_SET_DUMPABLE, 0);
#endif
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

/// A connection each: as many as the machine lets us have.
void allow_many_connections() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

int complain(int code, const char* message) {
  if (*message != '\0') fmt::print(stderr, "adsauditd: {}\n", message);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));  // a peer that hangs up costs one request, not the process
  static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));  // a file that may not grow is as a disk that is full
  keep_memory_private();
  allow_many_connections();
  try {
    return app::run_command(argc, argv);
  } catch (const app::UsageError& error) {
    return complain(app::kExitUsage, error.what());
  } catch (const app::CommandError& error) {
    return complain(error.code, error.what());
  } catch (const store::LockedStore& error) {
    return complain(app::kExitLocked, error.what());
  } catch (const store::UnusableStore& error) {
    return complain(app::kExitStoreUnusable, error.what());
  } catch (const std::exception& error) {
    return complain(app::kExitFailure, error.what());
  }
}
