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

void Progress::show_share(const std::string& step, std::size_t done, std::size_t total) {
  constexpr std::size_t kWidth = 20;
  const std::size_t percent = total == 0 ? 100 : done * 100 / total;
  std::string share = fmt::format("{} {}", step, percent);
  if (!shown_ || share == last_share_) return;
  last_share_ = std::move(share);
  const std::string bar(percent * kWidth / 100, '#');
  show(fmt::format("{} [{:<{}}] {} of {}", step, bar, kWidth, done, total));
}

void Progress::end() {
  if (dirty_) fmt::print(stderr, "\r\033[K");
  dirty_ = false;
  last_share_.clear();
}

}  // namespace app
