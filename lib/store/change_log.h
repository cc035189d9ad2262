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
class ChangeLog {
 public:
  explicit ChangeLog(Database& database);

  /// In this order. Requires a transaction.
  void append(const std::vector<verdict::Change>& changes);
  std::vector<HistoryRow> read(const HistoryQuery& query) const;
  /// See Store.
  std::vector<HistoryRow> last_changes_before(const std::string& account, base::Instant at) const;
  ChainCheck verify() const;

 private:
  Database& database_;
  Statement insert_;
};

}  // namespace store
