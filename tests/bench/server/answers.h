#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bench {

using Clock = std::chrono::steady_clock;

struct AnswerOptions {
  int limit = 100'000'000;  ///< calls per account and window, as the headers tell; far above what any client does
  int window_seconds = 900;
  bool enforce = false;  ///< count calls per account and answer 429 above the limit
};

/// What the server says and counts. An answer has the headers and the size (about 1.2 KB) of a real one.
class Answers {
 public:
  explicit Answers(AnswerOptions options) : options_(options) {}

  /// The whole answer to a request for `target`, valid until the next call.
  std::string_view answer(std::string_view target, Clock::time_point now);
  /// The account's permissions are others from now on: less at the first call, as before at the second, and so on.
  void flip(const std::string& account);
  /// When the first answer after the latest flip was made, in ms since the epoch; 0: not yet.
  std::int64_t told_at(const std::string& account) const;

  std::uint64_t throttled() const { return throttled_; }
  /// The most calls that were made in one window of one account, refused ones included.
  int largest_window() const { return largest_window_; }

 private:
  struct Flip {
    bool reduced = false;
    std::int64_t told_at = 0;
  };
  struct Window {
    Clock::time_point ends{};
    int used = 0;
  };

  bool spend(const std::string& account, Clock::time_point now);
  void renew_head(Clock::time_point now);
  void compose(std::string_view status, std::string_view body);
  std::string_view permissions_of(std::string_view account);

  AnswerOptions options_;
  std::unordered_map<std::string, Flip> flips_;
  std::unordered_map<std::string, Window> windows_;
  std::uint64_t throttled_ = 0;
  int largest_window_ = 0;
  std::string head_;  ///< headers after the status line, made anew each second because of the date
  Clock::time_point head_until_{};
  std::string body_, answer_;
};

/// Wall time in ms since the epoch, as other processes know it.
std::int64_t epoch_ms();

}  // namespace bench
