#include "config_access.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "command_line.h"
#include "settings/settings.h"

namespace app {
namespace {

struct User {
  uid_t user;
  gid_t group;
};

/// Whether the mode grants this: S_IROTH or S_IXOTH, in the place of user, group or others.
bool may(const User& user, const std::string& path, mode_t right) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return true;  // loading has told
  if (status.st_uid == user.user) return (status.st_mode & (right << 6U)) != 0;
  if (status.st_gid == user.group) return (status.st_mode & (right << 3U)) != 0;
  return (status.st_mode & right) != 0;
}

/// The first thing that stands between the user and the file, and what to do; empty when nothing does.
std::string obstacle(const User& user, const std::filesystem::path& file) {
  std::filesystem::path folder;
  for (const auto& part : file.parent_path()) {
    folder /= part;
    if (!may(user, folder.string(), S_IXOTH))
      return fmt::format("cannot look into {0}; run: chgrp {1} {0} && chmod g+rx {0}", folder.string(), kDaemonUser);
  }
  if (may(user, file.string(), S_IROTH)) return "";
  return fmt::format("cannot read it; run: chgrp {0} {1} && chmod g+r {1}", kDaemonUser, file.string());
}

}  // namespace

std::vector<settings::Complaint> find_hidden(const std::string& settings_file) {
  const passwd* const entry = ::getpwnam(kDaemonUser);
  if (::geteuid() != 0 || entry == nullptr || settings_file != Invocation().settings_file) return {};
  const User user{entry->pw_uid, entry->pw_gid};
  std::vector<settings::Complaint> complaints;
  for (const std::string& file : settings::files_of(settings_file)) {
    if (auto words = obstacle(user, file); !words.empty())
      complaints.push_back(
          {file, 0, 0, "", fmt::format("the daemon, which runs as the user {}, {}", kDaemonUser, words), "", true});
  }
  return complaints;
}

}  // namespace app
