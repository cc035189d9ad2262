#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "config.h"
#include "output.h"

namespace app {
namespace {

constexpr std::string_view kStarter =
#include "embedded/starter.inc"
    ;

/// Whoever may look into the folder may read the file: root writes it for the daemon's user, whatever umask root has.
bool share_with_folder(int file, const std::string& path) {
  const auto folder = std::filesystem::absolute(path).parent_path();
  struct stat status {};
  if (::geteuid() != 0) return true;
  return ::stat(folder.c_str(), &status) == 0 && ::fchown(file, 0, status.st_gid) == 0 && ::fchmod(file, 0640) == 0;
}

/// Never into a file that exists.
void write_new_file(const std::string& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (file < 0 && errno == EEXIST)
    throw CommandError(kExitFailure, fmt::format("{} exists and is not overwritten; name another file", path));
  const auto fail = [&](const char* what) {
    const int error = errno;
    const bool permission = error == EACCES || error == EPERM || error == EROFS;
    throw CommandError(permission ? kExitNotPermitted : kExitFailure,
                       fmt::format("cannot {} {}: {}", what, path, std::strerror(error)));
  };
  if (file < 0) fail("create");
  const bool complete = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool kept = complete && share_with_folder(file, path) && ::fsync(file) == 0;
  if (::close(file) != 0 || !kept) {
    ::unlink(path.c_str());
    fail("write");
  }
}

int init(const Invocation& called, const std::string& given) {
  const std::string path = given.empty() ? called.settings_file : given;
  write_new_file(path, kStarter);
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      member(writer, "written", std::string_view(path));
      writer.EndObject();
    });
    return kExitOk;
  }
  fmt::print(
      "{} is written. Next:\n"
      "  1. make the key that seals the tokens: adsauditd key init FILE\n"
      "  2. put the app's consumer key and secret, and the Slack URL, into files of their own\n"
      "  3. name the files there (${{cred:name}}, ${{file:/path}}), then: adsauditd config check\n",
      path);
  return kExitOk;
}

}  // namespace

void add_config_init(CLI::App& config, Invocation& invocation) {
  CLI::App* verb =
      config.add_subcommand("init", "Write a settings file to start from, in which every key is explained");
  auto path = std::make_shared<std::string>();
  verb->add_option("PATH", *path, "Where to; the file of --config when left out. Nothing is overwritten");
  verb->footer("Example: adsauditd config init ./adsauditd.yaml");
  verb->callback(
      [&invocation, path] { invocation.verb = [path](const Invocation& called) { return init(called, *path); }; });
}

}  // namespace app
