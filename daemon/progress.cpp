#include "progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/text.h"

namespace app {

Progress::Progress(bool shown) : shown_(shown && ::isatty(STDERR_FILENO) != 0) {}
Progress::~Progress() { end(); }

void Progress::show(const std::string& text) {
  if (!shown_) return;
  fmt::print(stderr, "\r{}\033[K", base::clean_text(text));
  dirty_ = true;
}

void Progress::end() {
  if (dirty_) fmt::print(stderr, "\r\033[K");
  dirty_ = false;
}

}  // namespace app
