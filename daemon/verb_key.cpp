#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/encoding.h"
#include "base/random.h"
#include "base/secret.h"
#include "command_line.h"
#include "key.h"
#include "output.h"

namespace app {
namespace {

base::Secret fresh_key() {
  std::array<unsigned char, 32> bytes;
  base::SystemRandom().fill(bytes);
  base::Secret key(base::to_base64(base::as_view(bytes)) + "\n");
  ::OPENSSL_cleanse(bytes.data(), bytes.size());
  return key;
}

/// Creates the file, and never writes into one that exists: what an older key has sealed would be lost.
void write_new_file(const std::string& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0400);
  if (file < 0 && errno == EEXIST) {
    throw CommandError(kExitFailure,
                       fmt::format("{} exists and is not overwritten: secrets may be sealed with it", path));
  }
  const auto fail = [&](const char* what, int error) {
    const ExitCode code = error == EACCES || error == EPERM || error == EROFS ? kExitNotPermitted : kExitFailure;
    throw CommandError(code, fmt::format("cannot {} {}: {}", what, path, std::strerror(error)));
  };
  if (file < 0) fail("create", errno);
  const bool complete =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  if (complete) return;
  ::unlink(path.c_str());
  fail("write", error);
}

}  // namespace

void add_key(CLI::App& app, Invocation& invocation) {
  CLI::App* key = app.add_subcommand("key", "The key that seals secrets in the database");
  key->require_subcommand(1);
  CLI::App* init = key->add_subcommand("init", "Write a fresh key, mode 0400; an existing file is never overwritten");
  init->footer("Example: adsauditd key init /etc/adsauditd/credentials/adsauditd.key");
  add_key_rotate(*key, invocation);
  auto path = std::make_shared<std::string>();
  init->add_option("FILE", *path, "Where the key goes")->required();
  init->footer("Example: adsauditd key init /etc/adsauditd/credentials/adsauditd.key");
  init->callback([&invocation, path] {
    invocation.verb = [path](const Invocation& called) {
      write_new_file(*path, fresh_key().reveal());
      if (called.json) {
        print_json([&](base::JsonWriter& writer) {
          writer.StartObject();
          member(writer, "key_file", std::string_view(*path));
          writer.EndObject();
        });
      } else {
        fmt::print("wrote a fresh key to {} (mode 0400); keep a copy where the database's backups are not\n", *path);
      }
      return kExitOk;
    };
  });
}

}  // namespace app
