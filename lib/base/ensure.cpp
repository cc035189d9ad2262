#include "base/ensure.h"

#include <cstdio>
#include <cstdlib>

namespace base {

void broken_promise(const char* promise, const char* file, int line) {
  (void)std::fprintf(stderr, "adsauditd: bug: %s does not hold at %s:%d\n", promise, file, line);
  std::abort();
}

}  // namespace base
