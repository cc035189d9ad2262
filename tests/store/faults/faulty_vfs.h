#pragma once

#include <sqlite3.h>

#include <memory>
#include <vector>

/// Files that fail on demand, below SQLite.
namespace faulty {

/// The calls of SQLite's VFS that may fail. What gives a lock back, closes or asks without touching a file is not
/// among them.
enum class Deed { kOpen, kRead, kWrite, kSync, kTruncate, kSize, kLock, kMapIndex, kLockIndex, kRemove, kLook };

enum class Kind {
  kBroken,      ///< EIO from any call; nothing is read or written
  kNoSpace,     ///< ENOSPC; nothing is written
  kShortWrite,  ///< ENOSPC after the first half was written
  kTornWrite,   ///< EIO after the first half was written
  kFailedSync,  ///< EIO from fsync, and the kernel forgets that these pages want writing: see FaultyVfs::cut_power()
  kReadOnly,    ///< EROFS, as the system says it
  kForbidden,   ///< SQLITE_READONLY, as SQLite says it
};
bool applies(Kind kind, Deed deed);

class State;

/// Stands before SQLite's own VFS as long as it lives, for every database that is opened in that time; none may be open
/// when it is made or ends. It knows what lies on the disk, as opposed to what the kernel would show: a write is there
/// after the next sync of its file that succeeds. One at a time, one thread.
class FaultyVfs {
 public:
  FaultyVfs();
  ~FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;

  /// The `number`th call from the start on fails, counted from 1; `lasting`: and all after it to which `kind` applies.
  void fail(Kind kind, std::size_t number, bool lasting);
  /// Nothing fails any more.
  void heal();
  /// Calls that failed so far.
  int failures() const;
  /// All calls so far.
  const std::vector<Deed>& calls() const;
  /// The machine is without power from now on: whatever is still done to the files reaches the disk no more.
  void cut_power();
  /// Puts into the files what lies on the disk, and the power is back. All of them must be closed.
  void restore_disk();

 private:
  std::unique_ptr<State> state_;
  std::unique_ptr<sqlite3_vfs> vfs_;
};

}  // namespace faulty
