#pragma once

#include <string>

namespace app {

/// A line on the terminal that moves on with the work; nothing where standard error is no terminal.
class Progress {
 public:
  explicit Progress(bool shown);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const std::string& text);
  /// A bar: so many of so many, when that is another percentage than before. "checking [#####               ] 25,000 of
  /// 100,000"
  void show_share(const std::string& step, std::size_t done, std::size_t total);
  /// Wipes the line.
  void end();

 private:
  bool shown_;
  bool dirty_ = false;
  std::string last_share_;
};

}  // namespace app
