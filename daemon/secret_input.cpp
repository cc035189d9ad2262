#include "secret_input.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <termios.h>
#include <unistd.h>

#include <fstream>
#include <iostream>

#include "base/text.h"
#include "command_line.h"

namespace app {
namespace {

constexpr std::size_t kLargestFile = 16UL * 1024 * 1024;

/// Typing is not shown while it lives.
class HiddenInput {
 public:
  HiddenInput() {
    ::tcgetattr(STDIN_FILENO, &before_);
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~HiddenInput() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
  HiddenInput(const HiddenInput&) = delete;
  HiddenInput& operator=(const HiddenInput&) = delete;

 private:
  termios before_{};
};

base::Secret ask_hidden(const char* what) {
  fmt::print(stderr, "{}: ", what);
  std::string line;
  {
    const HiddenInput hidden;
    std::getline(std::cin, line);
  }
  fmt::print(stderr, "\n");
  base::Secret secret{std::string(base::trim(line))};
  ::OPENSSL_cleanse(line.data(), line.size());
  return secret;
}

}  // namespace

base::Secret read_secret_file(const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& input = path == "-" ? std::cin : file;
  if (!input) throw CommandError(kExitNotFound, fmt::format("cannot read {}", path));
  std::string text;
  text.reserve(4096);
  for (char chunk[4096]; input.read(chunk, sizeof chunk) || input.gcount() > 0;) {
    text.append(chunk, static_cast<std::size_t>(input.gcount()));
    ::OPENSSL_cleanse(chunk, sizeof chunk);
    if (text.size() > kLargestFile) throw CommandError(kExitFailure, fmt::format("{} is larger than 16 MiB", path));
  }
  return base::Secret(std::move(text));
}

xads::AccessToken read_access_token(const std::string& file) {
  if (file == "-" && ::isatty(STDIN_FILENO) != 0)
    return {ask_hidden("access token"), ask_hidden("access token secret")};
  const base::Secret text = read_secret_file(file);
  const auto lines = base::split(base::trim(text.reveal()), '\n');
  if (lines.size() != 2) {
    throw CommandError(kExitUsage,
                       "two lines are needed, the access token and its secret, in the file or on standard input");
  }
  return {base::Secret(std::string(base::trim(lines[0]))), base::Secret(std::string(base::trim(lines[1])))};
}

}  // namespace app
