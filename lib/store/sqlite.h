#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"
#include "store/store.h"

struct sqlite3;
struct sqlite3_stmt;

namespace store {

/// The time that an id begins with, see base::make_id_bytes(); bytes.
constexpr std::size_t kIdTimeSize = 6;

/// Throws what an SQLite error code means to the caller: FullStore (no room, no right to write), UnusableStore
/// (damaged, no database at all), std::runtime_error for the rest. `doing` starts the message.
[[noreturn]] void throw_sqlite_error(sqlite3* handle, std::string_view doing);

/// One connection to a database; closed with the object, after its statements. One thread at a time.
class Database {
 public:
  /// Opens an existing file (an empty one is an empty database), or ":memory:".
  explicit Database(std::string path);

  /// Runs one or more statements without parameters. `doing` starts the message of what it throws.
  void run(const std::string& sql, std::string_view doing = "cannot run a statement");
  /// The first number, or the first text, that `sql` gives. Runs it to its end.
  std::int64_t number(const std::string& sql);
  std::string text(const std::string& sql);
  /// From now on a commit that leaves the write-ahead log with `pages` or more copies it into the database. When that
  /// fails for another reason than want of room or a reader, the commit throws std::runtime_error, and is kept.
  void checkpoint_every(int pages);
  /// Writes the file anew, by way of a temporary file: memory would have to hold the whole database.
  void vacuum();

  /// As it was given to the constructor.
  const std::string& path() const { return path_; }
  bool in_memory() const { return path_ == ":memory:"; }
  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement. Parameters are bound from left to right, columns are counted from 0. A statement that is kept
/// is for writing, with run(); one that reads is local to its reader, so that no read outlives it and holds the log.
class Statement {
 public:
  /// The database must outlive the statement.
  Statement(const Database& database, std::string_view sql);

  template <std::integral Number>
  Statement& bind(Number number) {
    return bind_number(static_cast<std::int64_t>(number));
  }
  Statement& bind(std::string_view text);
  Statement& bind(base::Instant instant) { return bind_number(base::to_epoch_ms(instant)); }
  Statement& bind(const std::optional<base::Instant>& instant) { return instant ? bind(*instant) : bind_null(); }
  /// As 16 bytes.
  template <class Tag>
  Statement& bind(const base::Id<Tag>& id) {
    return bind_bytes(bytes_of(id.bytes()));
  }
  /// Without the time that it begins with when that is `made_at`, which the row holds anyway.
  template <class Tag>
  Statement& bind(const base::Id<Tag>& id, base::Instant made_at) {
    return bind_bytes(short_form(id.bytes(), made_at));
  }
  Statement& bind_bytes(std::string_view bytes);
  Statement& bind_null();

  /// Runs a statement that gives no rows; it may then be bound and run again.
  void run();
  /// Moves to the next row; false after the last, and the statement may then be bound and run again.
  bool next();
  /// Leaves the rows that were not asked for; the statement may then be bound and run again.
  void leave();

  enum class Kind { kNull, kNumber, kText, kBytes };
  Kind kind(int column) const;
  bool null(int column) const { return kind(column) == Kind::kNull; }
  std::int64_t number(int column) const;
  std::string text(int column) const { return std::string(view(column)); }
  std::string bytes(int column) const { return std::string(view(column)); }
  /// A text or bytes, until the statement moves on. Empty for NULL.
  std::string_view view(int column) const;
  base::Instant time(int column) const { return base::from_epoch_ms(number(column)); }
  std::optional<base::Instant> optional_time(int column) const;
  template <class Id>
  Id id(int column) const {
    return Id::from_bytes(id_bytes(column, base::Instant()));
  }
  /// What bind() with `made_at` wrote.
  template <class Id>
  Id id(int column, base::Instant made_at) const {
    return Id::from_bytes(id_bytes(column, made_at));
  }
  /// The value, or UnusableStore: what we wrote ourselves must be readable.
  template <class T>
  T read_back(base::Result<T> result) const {
    if (!result) throw_unreadable(result.error());
    return std::move(result).value();
  }
  template <class T>
  T read_back(std::optional<T> value, std::string_view text) const {
    if (!value) throw_unreadable("\"" + std::string(text) + "\" is not known to this version");
    return *std::move(value);
  }

 private:
  Statement& bind_number(std::int64_t number);
  Statement& bound(int code);
  static std::string_view bytes_of(const base::IdBytes& bytes);
  static std::string_view short_form(const base::IdBytes& bytes, base::Instant made_at);
  base::IdBytes id_bytes(int column, base::Instant made_at) const;
  [[noreturn]] void throw_unreadable(const std::string& why) const;

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int parameter_ = 0;  ///< how many are bound
};

/// Rolls back unless committed. A writer holds the right to write from the start (BEGIN IMMEDIATE), so that it waits
/// there for its turn and never fails half-way; a reader sees one state of the database until its end.
class Transaction {
 public:
  enum class Intent { kWrite, kRead };
  explicit Transaction(Database& database, Intent intent = Intent::kWrite);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// `what` is in the message of what it throws: "cannot commit ...".
  void commit(std::string_view what);

 private:
  Database& database_;
};

}  // namespace store
