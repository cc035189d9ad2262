#pragma once

#include <sqlite3.h>

#include <map>
#include <set>
#include <string>

namespace faulty {

/// What lies on the disk while the kernel shows more. Pages of 4 KiB, as Linux keeps them: a sync writes the pages that
/// were touched since the last one; one that fails leaves them unwritten and forgets that they were touched. A file's
/// removal is there at once.
class Disk {
 public:
  /// Of a file that is open through `file`. Known ones are left as they are.
  void know(const std::string& path, sqlite3_file* file);
  void touch(const std::string& path, sqlite3_int64 offset, sqlite3_int64 size);
  void sync(const std::string& path, sqlite3_file* file);
  void fail_to_sync(const std::string& path);
  void forget(const std::string& path);
  /// The kernel's copy of a file that is not open follows the disk, where it need not be written.
  void forget_cached(const std::string& path) const;
  /// Nothing that happens from now on reaches the disk.
  void cut_power() { off_ = true; }
  /// Writes what is on the disk into the files themselves; the power is back then.
  void restore();

 private:
  struct File {
    std::string written;
    std::set<sqlite3_int64> touched;  ///< numbers of pages
  };
  std::map<std::string, File> files_;
  bool off_ = false;
};

}  // namespace faulty
