#pragma once

#include <termios.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/time.h"
#include "top_frame.h"

namespace app {

/// The terminal that standard output is, taken for a live view: its own screen, no echo, no line to be ended. The
/// destructor gives it back as it was.
class Terminal {
 public:
  /// Requires that standard input and output are one.
  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  struct Size {
    std::size_t width = 80;
    std::size_t height = 24;
  };
  static Size size();
  /// Whether both are terminals that can be written to anywhere.
  static bool usable();

  /// Draws what `make` gives for the terminal's size: at once, after each interval, when a key is pressed, and when the
  /// size changes. Ends at q, SIGINT, SIGTERM and SIGHUP.
  void show(base::Duration interval, const std::function<std::vector<Line>(Size size)>& make);

 private:
  boost::asio::io_context io_{1};
  boost::asio::signal_set ends_;
  termios before_{};
};

/// With colours, unless the operator does not want any (NO_COLOR) or the terminal has none.
std::string painted(const Line& line);

}  // namespace app
