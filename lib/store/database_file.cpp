#include "store/database_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "store/store.h"

namespace store {
namespace {

constexpr mode_t kPrivate = 0600;
constexpr base::Duration kLockPause{20};

[[noreturn]] void throw_system_error(const std::string& path, std::string_view doing) {
  throw std::system_error(errno, std::generic_category(), fmt::format("{}: {}", path, doing));
}

/// Owns a file descriptor; -1 when the file did not open.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, kPrivate)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

void give_to_owner_of_directory(int descriptor, const std::string& path) {
  if (::geteuid() != 0) return;
  struct stat directory {};
  const auto parent = std::filesystem::path(path).parent_path();
  if (::stat(parent.c_str(), &directory) != 0 || ::fchown(descriptor, directory.st_uid, directory.st_gid) != 0)
    throw_system_error(path, "cannot give the file to the owner of its directory");
}

}  // namespace

std::string real_path(const std::string& path) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path);
  const auto directory = std::filesystem::canonical(absolute.parent_path(), error);
  if (error)
    throw std::runtime_error(fmt::format("{}: the directory {} cannot be used: {}; make it, or set store.path", path,
                                         absolute.parent_path().string(), error.message()));
  const auto file = directory / absolute.filename();
  const auto followed = std::filesystem::canonical(file, error);  // when it exists
  return error ? file.string() : followed.string();
}

bool create_private_file(const std::string& path) {
  const Descriptor file(path, O_RDWR | O_CREAT | O_EXCL);
  if (file.number() < 0 && errno == EEXIST) return false;
  if (file.number() < 0) throw_system_error(path, "cannot make the file");
  give_to_owner_of_directory(file.number(), path);
  return true;
}

void require_private_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw_system_error(path, "cannot look at the file");
  if (!S_ISREG(status.st_mode)) throw UnusableStore(path + ": not a file; set store.path to a file");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    throw UnusableStore(fmt::format("{}: others than its owner may use it (mode {:04o}); run: chmod 600 {}", path,
                                    status.st_mode & 07777U, path));
}

void sync_file(const std::string& path) {
  const Descriptor file(path, O_RDONLY);
  if (file.number() < 0 || ::fsync(file.number()) != 0) throw_system_error(path, "cannot write the file to the disk");
}

void forget_cached(const std::string& path) {
  const Descriptor file(path, O_RDONLY);
  if (file.number() >= 0) ::posix_fadvise(file.number(), 0, 0, POSIX_FADV_DONTNEED);
}

std::optional<FileLock> FileLock::take(const std::string& path, base::Duration patience) {
  Descriptor file(path, O_RDWR | O_CREAT);
  if (file.number() < 0) throw_system_error(path, "cannot make the lock file");
  struct stat status {};
  if (::fstat(file.number(), &status) == 0 && status.st_uid == ::geteuid() && status.st_nlink == 1)
    give_to_owner_of_directory(file.number(), path);
  for (base::Duration waited{0};; waited += kLockPause) {
    if (::flock(file.number(), LOCK_EX | LOCK_NB) == 0) return FileLock(file.release());
    if (errno != EWOULDBLOCK && errno != EINTR) throw_system_error(path, "cannot lock the file");
    if (waited >= patience) return std::nullopt;
    std::this_thread::sleep_for(kLockPause);
  }
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace store
