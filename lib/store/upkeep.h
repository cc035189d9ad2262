#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/store.h"

namespace store {

// Care of a database's file, beside a daemon that may be running. What reads does not touch the schema, so a database
// of an older version can be saved before its upgrade.

/// Writes a copy of one state of the database to `target`, one file, mode 0600, checked as check() does, and on the
/// disk under its name only when it is whole. Readers and writers go on meanwhile. Returns its size in bytes.
/// Throws std::system_error with EEXIST when there is something of that name, UnusableStore when the copy is damaged.
std::uint64_t back_up(const std::string& path, const std::string& target);

/// What is wrong with a database.
struct Health {
  int schema = 0;                        ///< version
  std::vector<std::string> damages;      ///< SQLite's own words, the first hundred
  std::uint64_t broken_references = 0;   ///< rows that name a row that is not there
  std::optional<ChainCheck> chain;       ///< nothing for an older schema
  std::uint64_t secrets = 0;             ///< tokens whose secrets were opened
  std::vector<std::string> sealed_shut;  ///< names of tokens whose secrets no key opens
  bool well() const;
};
/// Reads every page. Secrets are opened when `options` has a key.
Health check(const StoreOptions& options);

/// How a key fits.
struct KeyTrial {
  std::uint64_t tokens = 0;         ///< that are there
  std::uint64_t opened = 0;         ///< of those that were tried
  std::optional<std::string> shut;  ///< the name of one whose secrets it does not open
};
/// Tries the key of `options` on the secrets of at most `most` tokens (some microseconds each). For a database of the
/// newest schema. Throws UnusableStore when the key is none, or another one than sealed them.
KeyTrial try_key(const StoreOptions& options, std::uint64_t most);

struct TableFigures {
  std::string name;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;                ///< with its indexes
  std::optional<base::Instant> oldest{};  ///< UTC; nothing for a table without times, or without rows
  std::optional<base::Instant> newest{};
};
struct Figures {
  int schema = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t log_bytes = 0;  ///< of the write-ahead log
  std::uint64_t page_bytes = 0;
  std::uint64_t pages = 0;
  std::uint64_t free_pages = 0;             ///< of these, ready to be used again or given back
  bool gives_back = false;                  ///< pages that are free can be given back in small steps
  std::optional<base::Instant> created_at;  ///< UTC
  std::optional<std::uint64_t> changes_pruned_to;
  std::vector<std::string> keys;     ///< ids of those that seal
  std::vector<TableFigures> tables;  ///< the largest first
};
/// Reads every page.
Figures figures(const std::string& path);

/// What can be told of a database at once, whatever its size.
struct Glance {
  int schema = 0;
  int newest_schema = 0;  ///< that this program makes
  std::uint64_t file_bytes = 0;
  std::uint64_t log_bytes = 0;   ///< of the write-ahead log
  std::uint64_t free_bytes = 0;  ///< of the file, ready to be used again
  bool every_page = false;       ///< all pages were looked at
  std::string damage;            ///< SQLite's own words, the first; empty: none was seen
};
/// Looks at every page of a file of at most `most_bytes` (some 0.5 s for each GiB), and at none of a larger one. Throws
/// as open_sqlite() does for a file that is not ours or too new.
Glance glance(const std::string& path, std::uint64_t most_bytes);

}  // namespace store
