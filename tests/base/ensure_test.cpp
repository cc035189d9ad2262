#include "base/ensure.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

namespace {

struct Ending {
  int status;
  std::string said;  ///< on standard error
};

/// Lets a child break a promise and watches it end.
template <class Body>
Ending run_in_child(Body body) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // doctest catches it otherwise
    ::dup2(ends[1], STDERR_FILENO);
    body();
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string said(1000, '\0');
  const auto length = ::read(ends[0], said.data(), said.size());
  said.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return {status, said};
}

}  // namespace

TEST_CASE("ensure: a broken promise is named and ends the process") {
  const Ending ending = run_in_child([] { ENSURE(1 + 1 == 3); });
  CHECK(WIFSIGNALED(ending.status));
  CHECK(WTERMSIG(ending.status) == SIGABRT);
  CHECK(ending.said.starts_with("adsauditd: bug: 1 + 1 == 3 does not hold at "));
  CHECK(ending.said.find("ensure_test.cpp:") != std::string::npos);
}

TEST_CASE("ensure: a kept promise costs nothing and is evaluated once") {
  int evaluated = 0;
  ENSURE(++evaluated == 1);
  CHECK(evaluated == 1);
}
