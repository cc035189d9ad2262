#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite.h"

namespace store {

/// The bytes of a change that its hash covers: number, id, time, kind, token, account, before, after, HTTP status, code
/// and confirmations as they are read back, however they are stored, and, where there are grounds, their rule and each
/// witness; numbers and times in decimal digits, joined by join_fields().
std::string canonical_form(std::uint64_t number, const verdict::Change& change);

/// The permanent log. The hash of a row is SHA-256 of the hash of the row before (32 zero bytes before the first)
/// followed by the row's canonical form, so whoever alters, inserts or removes a row must compute all later hashes
/// again. Whoever renames a token or an account that a row names has altered that row. Rows cut off at the end leave no
/// trace in the log itself.
///
/// Rows may go when their time is over. Then an anchor keeps the hash of each missing row that the next one ties in to,
/// a figure the highest number that may be missing, and the log itself says in a row of the kind "pruned" that it
/// became shorter, and up to which number.
class ChangeLog {
 public:
  explicit ChangeLog(Database& database);

  /// In this order. Requires a transaction.
  void append(const std::vector<verdict::Change>& changes);
  std::vector<HistoryRow> read(const HistoryQuery& query) const;
  /// See Store.
  std::vector<HistoryRow> last_changes_before(const std::string& account, base::Instant at) const;
  ChainCheck verify() const;

  struct Swept {
    std::uint64_t deleted = 0;
    std::uint64_t looked_at = 0;  ///< number of the last row that was looked at
    bool over = false;            ///< there are no more
  };
  /// Looks at `most` rows after number `after` and deletes those older than `limit`, but for what still tells who has
  /// access: the latest answer of each pair before `limit`, unless its token was removed before it. `note` is the id of
  /// the row that says so, if one is needed. Requires a transaction.
  Swept prune(std::uint64_t after, base::Instant limit, int most, const verdict::ChangeId& note, base::Instant now);

 private:
  std::uint64_t last_before(base::Instant limit) const;
  void note_pruning(std::uint64_t last, const verdict::ChangeId& note, base::Instant now);

  Database& database_;
  Statement insert_;
};

}  // namespace store
