#include "settings/source_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "settings/parse.h"

namespace settings {

base::Result<std::string> read_source_file(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return base::Failure{"is a directory; name the file in it"};
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return base::Failure{fmt::format("cannot be read: {}", std::strerror(errno))};
  std::string text(kMaxFileBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return base::Failure{fmt::format("cannot be read: {}", std::strerror(errno))};
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

}  // namespace settings
