#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace store {

/// The real path of a file that exists or not: two names of one file must lead to one lock. Throws std::runtime_error
/// when its directory does not exist.
std::string real_path(const std::string& path);

/// Makes an empty file, mode 0600; false when it exists already. Root gives it to the owner of the directory, so that a
/// command that root runs before the daemon's first start does not shut the daemon out. Throws std::runtime_error.
bool create_private_file(const std::string& path);
/// Throws UnusableStore when the file is not a plain file, or when group or others have any right on it.
void require_private_file(const std::string& path);
/// Waits until the file's bytes are on the disk. Throws std::runtime_error.
void sync_file(const std::string& path);
/// Asks the kernel to forget what it holds of the file and need not write, so that the next reader sees the disk: after
/// an fsync that failed the two may differ for good (https://wiki.postgresql.org/wiki/Fsync_Errors). No connection of
/// this process may have the file open: its locks would be lost. Nothing happens when there is no such file.
void forget_cached(const std::string& path);

/// A lock of the kernel on a file (flock): it ends with its holder, however that ends, so a file left behind means
/// nothing.
class FileLock {
 public:
  /// Nothing when another holder keeps it longer than `patience`. Throws std::runtime_error when the file cannot be
  /// made.
  static std::optional<FileLock> take(const std::string& path, base::Duration patience);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;  ///< -1 after a move
};

}  // namespace store
