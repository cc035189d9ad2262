#include "store/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/crash_point.h"
#include "base/encoding.h"
#include "base/ensure.h"

namespace store {
namespace {

bool is_of_room_or_right(int system_error) {
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EROFS || system_error == EFBIG ||
         system_error == EACCES;
}

/// What the system said last about one of SQLite's files, 0 when it has said nothing.
int system_error_of_file(sqlite3* handle, int which) {
  sqlite3_file* file = nullptr;
  int error = 0;
  if (::sqlite3_file_control(handle, "main", which, &file) != SQLITE_OK || file == nullptr) return 0;
  if (file->pMethods == nullptr || file->pMethods->xFileControl == nullptr) return 0;  // not open, or in memory
  return file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error) == SQLITE_OK ? error : 0;
}

/// Whether waiting and trying again may help. `file_error`: what the system said last about the file that was written.
/// It is asked about writes only, because a file remembers it long after. A failed fsync never counts, whatever the
/// reason: what the kernel still holds is unknown then.
bool is_want_of_room(sqlite3* handle, int extended_code, int file_error) {
  switch (extended_code) {
    case SQLITE_READONLY_DBMOVED:  // another file is there now: only a new start helps
      return false;
    case SQLITE_IOERR_SHMSIZE:  // the index of the log cannot grow; why is not kept
      return true;
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_TRUNCATE:
      return is_of_room_or_right(file_error);
    case SQLITE_IOERR_DELETE:
    case SQLITE_IOERR_SHMOPEN:
      return is_of_room_or_right(::sqlite3_system_errno(handle));
    default:
      break;
  }
  const int code = extended_code & 0xff;
  if (code == SQLITE_CANTOPEN) return is_of_room_or_right(::sqlite3_system_errno(handle));
  return code == SQLITE_FULL || code == SQLITE_READONLY;
}

/// Of a statement's write: to the log, or to the database before there is one. sqlite3_system_errno() would not do: a
/// COMMIT that fails does not set it.
int file_error_of_statement(sqlite3* handle) {
  const int error = system_error_of_file(handle, SQLITE_FCNTL_JOURNAL_POINTER);
  return error != 0 ? error : system_error_of_file(handle, SQLITE_FCNTL_FILE_POINTER);
}

/// As SQLite's own hook, which forgets that copying failed: after a failed fsync nothing may go on as if it had not. A
/// log that cannot be copied for want of room, or because of a reader, grows until it can.
int copy_log(void* pages, sqlite3* handle, const char* name, int length) {
  if (length < static_cast<int>(reinterpret_cast<std::intptr_t>(pages))) return SQLITE_OK;
  base::crash_point("checkpoint.before");
  const int code = ::sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  base::crash_point("checkpoint.after");
  const bool busy = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
  const int file_error = system_error_of_file(handle, SQLITE_FCNTL_FILE_POINTER);
  return busy || is_want_of_room(handle, code, file_error) ? SQLITE_OK : code;
}

std::array<unsigned char, kIdTimeSize> time_bytes(base::Instant instant) {
  std::array<unsigned char, kIdTimeSize> bytes;
  auto rest = static_cast<std::uint64_t>(base::to_epoch_ms(instant));
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, rest >>= 8) *byte = static_cast<unsigned char>(rest);
  return bytes;
}

std::string file_of(sqlite3* handle) {
  const char* name = ::sqlite3_db_filename(handle, "main");
  return name == nullptr || *name == '\0' ? ":memory:" : name;
}

}  // namespace

void throw_sqlite_error(sqlite3* handle, std::string_view doing) {
  const int code = ::sqlite3_extended_errcode(handle);
  const auto what = fmt::format("{}: {}: {} (SQLite error {})", file_of(handle), doing, ::sqlite3_errmsg(handle), code);
  if (is_want_of_room(handle, code, file_error_of_statement(handle)))
    throw FullStore(what + "; make room on the disk, and see that the file may be written");
  if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB)
    throw UnusableStore(what + "; put a backup in its place");
  throw std::runtime_error(what);
}

Database::Database(std::string path) : path_(std::move(path)) {
  sqlite3* handle = nullptr;
  const int create = in_memory() ? SQLITE_OPEN_CREATE : 0;  // a file is made by us, with its mode
  const int code = ::sqlite3_open_v2(
      path_.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | create, nullptr);
  handle_.reset(handle);
  if (handle == nullptr) throw std::runtime_error(path_ + ": no memory to open the database");
  if (code != SQLITE_OK) throw_sqlite_error(handle, "cannot open");
}

void Database::Close::operator()(sqlite3* handle) const {
  ENSURE(::sqlite3_close(handle) == SQLITE_OK);  // refused while statements of it live
}

void Database::run(const std::string& sql, std::string_view doing) {
  if (::sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    throw_sqlite_error(handle(), doing);
}

std::int64_t Database::number(const std::string& sql) {
  Statement statement(*this, sql);
  ENSURE(statement.next());
  const auto number = statement.number(0);
  while (statement.next()) continue;  // what it writes is written at its end
  return number;
}

std::string Database::text(const std::string& sql) {
  Statement statement(*this, sql);
  ENSURE(statement.next());
  auto text = statement.text(0);
  while (statement.next()) continue;
  return text;
}

void Database::vacuum() {
  struct BackToMemory {
    sqlite3* handle;
    ~BackToMemory() { ::sqlite3_exec(handle, "PRAGMA temp_store = MEMORY", nullptr, nullptr, nullptr); }
  };
  run("PRAGMA temp_store = FILE");
  const BackToMemory afterwards{handle()};
  run("VACUUM");
}

void Database::checkpoint_every(int pages) {
  ::sqlite3_wal_hook(handle(), copy_log, reinterpret_cast<void*>(static_cast<std::intptr_t>(pages)));
}

Statement::Statement(const Database& database, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (::sqlite3_prepare_v2(database.handle(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr) !=
      SQLITE_OK)
    throw_sqlite_error(database.handle(), "cannot prepare a statement");
  statement_.reset(statement);
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { ::sqlite3_finalize(statement); }

Statement& Statement::bound(int code) {
  if (code != SQLITE_OK) throw_sqlite_error(::sqlite3_db_handle(statement_.get()), "cannot bind a parameter");
  return *this;
}

Statement& Statement::bind_number(std::int64_t number) {
  return bound(::sqlite3_bind_int64(statement_.get(), ++parameter_, number));
}

Statement& Statement::bind(std::string_view text) {
  const char* bytes = text.data() == nullptr ? "" : text.data();  // a null pointer would bind NULL
  return bound(
      ::sqlite3_bind_text64(statement_.get(), ++parameter_, bytes, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

Statement& Statement::bind_bytes(std::string_view bytes) {
  const char* start = bytes.data() == nullptr ? "" : bytes.data();
  return bound(::sqlite3_bind_blob64(statement_.get(), ++parameter_, start, bytes.size(), SQLITE_TRANSIENT));
}

Statement& Statement::bind_null() { return bound(::sqlite3_bind_null(statement_.get(), ++parameter_)); }

void Statement::run() { ENSURE(!next()); }

bool Statement::next() {
  ENSURE(parameter_ == ::sqlite3_bind_parameter_count(statement_.get()));
  const int code = ::sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  parameter_ = 0;
  sqlite3* handle = ::sqlite3_db_handle(statement_.get());
  if (code == SQLITE_DONE) {
    ::sqlite3_reset(statement_.get());
    return false;
  }
  try {
    throw_sqlite_error(handle, "cannot run a statement");
  } catch (...) {
    ::sqlite3_reset(statement_.get());  // only now: it would change the error that is reported
    throw;
  }
}

void Statement::leave() {
  parameter_ = 0;
  ::sqlite3_reset(statement_.get());
}

Statement::Kind Statement::kind(int column) const {
  switch (::sqlite3_column_type(statement_.get(), column)) {
    case SQLITE_NULL:
      return Kind::kNull;
    case SQLITE_INTEGER:
      return Kind::kNumber;
    case SQLITE_BLOB:
      return Kind::kBytes;
    default:
      return Kind::kText;  // our tables hold no fractions; one that was planted reads as its digits
  }
}

std::int64_t Statement::number(int column) const { return ::sqlite3_column_int64(statement_.get(), column); }

std::string_view Statement::view(int column) const {
  const void* start = ::sqlite3_column_blob(statement_.get(), column);
  const int size = ::sqlite3_column_bytes(statement_.get(), column);
  return start == nullptr ? std::string_view()
                          : std::string_view(static_cast<const char*>(start), static_cast<std::size_t>(size));
}

std::optional<base::Instant> Statement::optional_time(int column) const {
  if (null(column)) return std::nullopt;
  return time(column);
}

std::string_view Statement::bytes_of(const base::IdBytes& bytes) { return base::as_view(bytes); }

std::string_view Statement::short_form(const base::IdBytes& bytes, base::Instant made_at) {
  const auto whole = bytes_of(bytes);
  return base::id_bytes_made_at(bytes) == made_at ? whole.substr(kIdTimeSize) : whole;
}

base::IdBytes Statement::id_bytes(int column, base::Instant made_at) const {
  base::IdBytes bytes;
  const auto stored = view(column);
  const auto missing = bytes.size() - stored.size();
  if (stored.size() > bytes.size() || (missing != 0 && missing != kIdTimeSize)) throw_unreadable("an id has 16 bytes");
  if (missing != 0) std::ranges::copy(time_bytes(made_at), bytes.begin());
  std::memcpy(bytes.data() + missing, stored.data(), stored.size());
  return bytes;
}

void Statement::throw_unreadable(const std::string& why) const {
  throw UnusableStore(fmt::format("{}: a row cannot be read back: {}; put a backup in its place",
                                  file_of(::sqlite3_db_handle(statement_.get())), why));
}

Transaction::Transaction(Database& database, Intent intent) : database_(database) {
  database_.run(intent == Intent::kWrite ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  // SQLite rolls back by itself after some errors. A rollback that fails leaves the journal to the next opening.
  if (::sqlite3_get_autocommit(database_.handle()) == 0)
    ::sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit(std::string_view what) {
  base::crash_point(fmt::format("commit.{}.before", what));
  database_.run("COMMIT", fmt::format("cannot commit {}", what));
  base::crash_point(fmt::format("commit.{}.after", what));
}

}  // namespace store
