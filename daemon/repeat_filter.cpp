#include "repeat_filter.h"

#include <fmt/format.h>

namespace app {

RepeatFilter::Verdict RepeatFilter::take(int level, std::string_view text, base::Instant at) {
  const bool same = last_ && last_->level == level && last_->text == text;
  if (same && at - last_->at < kPatience && at >= last_->at) {
    ++last_->held_back;
    return {.passes = false};
  }
  auto verdict = end();
  verdict.passes = true;
  last_ = Last{level, std::string(text), at, 0};
  return verdict;
}

RepeatFilter::Verdict RepeatFilter::look(base::Instant at) {
  if (!last_ || last_->held_back == 0 || at - last_->at < kPatience) return {.passes = false};
  return end();
}

RepeatFilter::Verdict RepeatFilter::end() {
  Verdict verdict{.passes = false};
  if (last_) verdict.held_back = last_->held_back, verdict.level = last_->level;
  last_.reset();
  return verdict;
}

std::string repeat_text(std::size_t held_back) {
  return fmt::format("the line before came {} more time{}", held_back, held_back == 1 ? "" : "s");
}

}  // namespace app
