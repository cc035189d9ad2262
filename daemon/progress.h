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
  /// Wipes the line.
  void end();

 private:
  bool shown_;
  bool dirty_ = false;
};

}  // namespace app
