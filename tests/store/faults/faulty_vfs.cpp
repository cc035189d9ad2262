#include "faulty_vfs.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>

#include "base/ensure.h"
#include "disk.h"

namespace faulty {

/// What a call that fails gives, and what the system says then.
struct Failure {
  int code = SQLITE_OK;
  int system_error = 0;
};

class State {
 public:
  explicit State(sqlite3_vfs* below) : vfs(below) {}

  /// Counts a call; gives a failure when it is to fail.
  std::optional<Failure> enter(Deed deed);

  sqlite3_vfs* const vfs;  ///< the real one
  Disk disk;
  std::vector<Deed> calls;
  std::optional<Kind> kind;
  std::size_t first = 0;  ///< the number of the call that fails
  bool lasting = false;
  int failures = 0;
  int last_error = 0;  ///< for xGetLastError: of the latest call that failed
};

namespace {

State* present = nullptr;  ///< of the VFS that lives

/// What SQLite's VFS for Unix answers when the system gives `error` to a call. A full disk is a code of its own there.
Failure failure_of(Deed deed, int error) {
  switch (deed) {
    case Deed::kOpen:
      return {SQLITE_CANTOPEN, error};
    case Deed::kRead:
      return {SQLITE_IOERR_READ, error};
    case Deed::kWrite:
      return error == ENOSPC ? Failure{SQLITE_FULL, 0} : Failure{SQLITE_IOERR_WRITE, error};
    case Deed::kSync:
      return {SQLITE_IOERR_FSYNC, error};
    case Deed::kTruncate:
      return {SQLITE_IOERR_TRUNCATE, error};
    case Deed::kSize:
      return {SQLITE_IOERR_FSTAT, error};
    case Deed::kLock:
      return {SQLITE_IOERR_LOCK, error};
    case Deed::kMapIndex:
      return {error == ENOSPC ? SQLITE_IOERR_SHMSIZE : SQLITE_IOERR_SHMMAP, error};
    case Deed::kLockIndex:
      return {SQLITE_IOERR_SHMLOCK, error};
    case Deed::kRemove:
      return {SQLITE_IOERR_DELETE, error};
    case Deed::kLook:
      return {SQLITE_IOERR_ACCESS, error};
  }
  ENSURE(false);
  return {};
}

int error_of(Kind kind) {
  switch (kind) {
    case Kind::kBroken:
    case Kind::kTornWrite:
    case Kind::kFailedSync:
      return EIO;
    case Kind::kNoSpace:
    case Kind::kShortWrite:
      return ENOSPC;
    case Kind::kReadOnly:
    case Kind::kForbidden:
      return EROFS;
  }
  ENSURE(false);
  return 0;
}

/// A file of ours; the memory behind it holds the real one.
struct File {
  sqlite3_file base;
  State* state;
  const char* path;  ///< nothing for a file without a name
  int last_error;    ///< sticks, as in SQLite's own
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
State& of(sqlite3_vfs* vfs) { return *static_cast<State*>(vfs->pAppData); }

/// The code of a call that fails here, or nothing when the real one is to be made.
std::optional<int> stopped(sqlite3_file* file, Deed deed) {
  const auto failure = of(file).state->enter(deed);
  if (!failure) return std::nullopt;
  of(file).last_error = failure->system_error;
  return failure->code;
}

int close_file(sqlite3_file* file) {
  auto* real = of(file).real();
  return real->pMethods == nullptr ? SQLITE_OK : real->pMethods->xClose(real);
}

int read_file(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  if (const auto code = stopped(file, Deed::kRead)) return *code;
  return of(file).real()->pMethods->xRead(of(file).real(), bytes, size, offset);
}

int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  auto& self = of(file);
  const auto code = stopped(file, Deed::kWrite);
  const bool half = code && (self.state->kind == Kind::kShortWrite || self.state->kind == Kind::kTornWrite);
  if (code && !half) return *code;
  const int length = half ? size / 2 : size;
  if (self.path != nullptr) self.state->disk.touch(self.path, offset, length);
  const int written = self.real()->pMethods->xWrite(self.real(), bytes, length, offset);
  return code.value_or(written);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (const auto code = stopped(file, Deed::kTruncate)) return *code;
  return of(file).real()->pMethods->xTruncate(of(file).real(), size);
}

int sync_file(sqlite3_file* file, int flags) {
  auto& self = of(file);
  const auto code = stopped(file, Deed::kSync);
  if (code && self.path != nullptr) self.state->disk.fail_to_sync(self.path);
  if (code) return *code;
  if (self.path != nullptr) self.state->disk.sync(self.path, self.real());
  return self.real()->pMethods->xSync(self.real(), flags);
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  if (const auto code = stopped(file, Deed::kSize)) return *code;
  return of(file).real()->pMethods->xFileSize(of(file).real(), size);
}

int lock_file(sqlite3_file* file, int level) {
  if (const auto code = stopped(file, Deed::kLock)) return *code;
  return of(file).real()->pMethods->xLock(of(file).real(), level);
}

int unlock_file(sqlite3_file* file, int level) { return of(file).real()->pMethods->xUnlock(of(file).real(), level); }

int see_reserved_lock(sqlite3_file* file, int* held) {
  return of(file).real()->pMethods->xCheckReservedLock(of(file).real(), held);
}

int control_file(sqlite3_file* file, int what, void* argument) {
  auto& self = of(file);
  if (what == SQLITE_FCNTL_LAST_ERRNO && self.last_error != 0) {
    *static_cast<int*>(argument) = self.last_error;
    return SQLITE_OK;
  }
  return self.real()->pMethods->xFileControl(self.real(), what, argument);
}

int sector_size(sqlite3_file* file) { return of(file).real()->pMethods->xSectorSize(of(file).real()); }

int characteristics(sqlite3_file* file) { return of(file).real()->pMethods->xDeviceCharacteristics(of(file).real()); }

int map_index(sqlite3_file* file, int region, int size, int extend, void volatile** memory) {
  *memory = nullptr;
  if (const auto code = stopped(file, Deed::kMapIndex)) return *code;
  return of(file).real()->pMethods->xShmMap(of(file).real(), region, size, extend, memory);
}

int lock_index(sqlite3_file* file, int offset, int count, int flags) {
  if ((flags & SQLITE_SHM_LOCK) != 0)
    if (const auto code = stopped(file, Deed::kLockIndex)) return *code;
  return of(file).real()->pMethods->xShmLock(of(file).real(), offset, count, flags);
}

void fence_index(sqlite3_file* file) { of(file).real()->pMethods->xShmBarrier(of(file).real()); }

int unmap_index(sqlite3_file* file, int remove) {
  return of(file).real()->pMethods->xShmUnmap(of(file).real(), remove);
}

/// Version 2: a database is never mapped into memory.
constexpr sqlite3_io_methods kMethods{
    2,          close_file,  read_file,         write_file,   truncate_file, sync_file,       size_of_file,
    lock_file,  unlock_file, see_reserved_lock, control_file, sector_size,   characteristics, map_index,
    lock_index, fence_index, unmap_index,       nullptr,      nullptr};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* given) {
  auto& state = of(vfs);
  auto& self = of(file);
  self = {{nullptr}, &state, path, 0};
  self.real()->pMethods = nullptr;
  if (const auto failure = state.enter(Deed::kOpen)) return failure->code;
  const int code = state.vfs->xOpen(state.vfs, path, self.real(), flags, given);
  if (self.real()->pMethods == nullptr) return code;
  self.base.pMethods = &kMethods;
  if (code == SQLITE_OK && path != nullptr) state.disk.know(path, self.real());
  return code;
}

int remove_file(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  auto& state = of(vfs);
  if (const auto failure = state.enter(Deed::kRemove)) return failure->code;
  const int code = state.vfs->xDelete(state.vfs, path, sync_directory);
  if (code == SQLITE_OK) state.disk.forget(path);
  return code;
}

int look_for_file(sqlite3_vfs* vfs, const char* path, int what, int* result) {
  auto& state = of(vfs);
  if (const auto failure = state.enter(Deed::kLook)) return failure->code;
  return state.vfs->xAccess(state.vfs, path, what, result);
}

int last_error(sqlite3_vfs* vfs, int size, char* text) {
  auto& state = of(vfs);
  return state.last_error != 0 ? state.last_error : state.vfs->xGetLastError(state.vfs, size, text);
}

}  // namespace

std::optional<Failure> State::enter(Deed deed) {
  calls.push_back(deed);
  const auto number = calls.size();
  if (!kind || !applies(*kind, deed) || number < first || (number > first && !lasting)) return std::nullopt;
  ++failures;
  auto failure = failure_of(deed, error_of(*kind));
  last_error = error_of(*kind);
  if (kind == Kind::kForbidden) failure.code = SQLITE_READONLY;
  return failure;
}

bool applies(Kind kind, Deed deed) {
  switch (kind) {
    case Kind::kBroken:
      return deed != Deed::kSync;
    case Kind::kNoSpace:
      return deed == Deed::kWrite || deed == Deed::kMapIndex || deed == Deed::kOpen;
    case Kind::kShortWrite:
    case Kind::kTornWrite:
    case Kind::kForbidden:
      return deed == Deed::kWrite;
    case Kind::kFailedSync:
      return deed == Deed::kSync;
    case Kind::kReadOnly:
      return deed == Deed::kWrite || deed == Deed::kTruncate || deed == Deed::kOpen || deed == Deed::kRemove;
  }
  ENSURE(false);
  return false;
}

FaultyVfs::FaultyVfs()
    : state_(std::make_unique<State>(::sqlite3_vfs_find(nullptr))), vfs_(std::make_unique<sqlite3_vfs>(*state_->vfs)) {
  vfs_->szOsFile += static_cast<int>(sizeof(File));
  vfs_->pNext = nullptr;
  vfs_->zName = "faulty";
  vfs_->pAppData = state_.get();
  vfs_->xOpen = open_file;
  vfs_->xDelete = remove_file;
  vfs_->xAccess = look_for_file;
  vfs_->xGetLastError = last_error;
  ENSURE(present == nullptr);
  present = state_.get();
  ENSURE(::sqlite3_vfs_register(vfs_.get(), 1) == SQLITE_OK);
}

FaultyVfs::~FaultyVfs() {
  ::sqlite3_vfs_unregister(vfs_.get());
  present = nullptr;
}

void FaultyVfs::fail(Kind kind, std::size_t number, bool lasting) {
  state_->kind = kind;
  state_->first = number;
  state_->lasting = lasting;
}

void FaultyVfs::heal() {
  state_->kind.reset();
  state_->last_error = 0;
}

int FaultyVfs::failures() const { return state_->failures; }

const std::vector<Deed>& FaultyVfs::calls() const { return state_->calls; }

void FaultyVfs::cut_power() { state_->disk.cut_power(); }

void FaultyVfs::restore_disk() { state_->disk.restore(); }

}  // namespace faulty

/// In this program the kernel's page cache is the one of the VFS that lives.
extern "C" int posix_fadvise(int descriptor, off_t, off_t, int advice) noexcept {
  if (faulty::present != nullptr && advice == POSIX_FADV_DONTNEED)
    faulty::present->disk.forget_cached(std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", descriptor)));
  return 0;
}
