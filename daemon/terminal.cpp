#include "terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string_view>

namespace app {
namespace {

// XTerm's control sequences, which all terminals of today know.
constexpr std::string_view kOwnScreen = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view kBack = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view kHome = "\x1b[H";
constexpr std::string_view kClear = "\x1b[J";
constexpr std::string_view kPlain = "\x1b[0m";

bool dumb() {
  const char* kind = std::getenv("TERM");
  return kind == nullptr || std::string_view(kind) == "dumb";
}

bool coloured() {
  static const bool colours = [] {
    const char* none = std::getenv("NO_COLOR");
    return (none == nullptr || *none == '\0') && !dumb();
  }();
  return colours;
}

std::string_view colour_of(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "";
    case Tone::kQuiet:
      return "\x1b[2m";
    case Tone::kHeading:
      return "\x1b[1m";
    case Tone::kWell:
      return "\x1b[1;32m";
    case Tone::kWarning:
      return "\x1b[33m";
    case Tone::kAlarm:
      return "\x1b[1;31m";
    case Tone::kBlind:
      return "\x1b[1;7m";
  }
  return "";
}

void draw(const std::vector<Line>& lines) {
  // Cleared first: behind a line as wide as the screen the cursor still stands on its last letter.
  std::string text(kHome);
  text += kClear;
  for (std::size_t place = 0; place < lines.size(); ++place) {
    if (place > 0) text += "\r\n";
    text += painted(lines[place]);
  }
  std::cout << text << std::flush;
}

}  // namespace

std::string painted(const Line& line) {
  const auto colour = coloured() ? colour_of(line.tone) : "";
  return colour.empty() ? line.text : std::string(colour) + line.text + std::string(kPlain);
}

bool Terminal::usable() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1 && !dumb(); }

Terminal::Size Terminal::size() {
  winsize seen{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &seen) != 0 || seen.ws_col == 0 || seen.ws_row == 0) return {};
  return {seen.ws_col, seen.ws_row};
}

Terminal::Terminal() : ends_(io_, SIGINT, SIGTERM, SIGHUP) {  // first: nothing may end it between what follows
  ::tcgetattr(STDIN_FILENO, &before_);
  termios raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  raw.c_cc[VSUSP] = _POSIX_VDISABLE;  // a shell would get back a terminal that is not its own
  ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  std::cout << kOwnScreen << std::flush;
}

Terminal::~Terminal() {
  std::cout << kBack << std::flush;
  ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

void Terminal::show(base::Duration interval, const std::function<std::vector<Line>(Size size)>& make) {
  boost::asio::signal_set sizes(io_, SIGWINCH);
  boost::asio::steady_timer timer(io_);
  boost::asio::posix::stream_descriptor keys(io_, ::dup(STDIN_FILENO));
  std::array<char, 16> pressed{};
  std::function<void()> on_time = [&] {
    draw(make(size()));
    timer.expires_after(interval);  // what waits is given up
    timer.async_wait([&](const boost::system::error_code& error) {
      if (!error) on_time();
    });
  };
  std::function<void()> on_size = [&] {
    sizes.async_wait([&](const boost::system::error_code& error, int) {
      if (error) return;
      on_time();
      on_size();
    });
  };
  std::function<void()> on_key = [&] {
    keys.async_read_some(boost::asio::buffer(pressed), [&](const boost::system::error_code& error, std::size_t count) {
      if (error || std::string_view(pressed.data(), count).find('q') != std::string_view::npos) return io_.stop();
      on_time();
      on_key();
    });
  };
  ends_.async_wait([&](const boost::system::error_code&, int) { io_.stop(); });
  on_time();
  on_size();
  on_key();
  io_.run();
}

}  // namespace app
