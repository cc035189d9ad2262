#pragma once

#include <optional>
#include <vector>

#include "store/sqlite.h"

namespace store {

/// Mutes, those of the past too. Everything that writes requires a transaction.
class MuteTable {
 public:
  explicit MuteTable(Database& database);

  /// Requires an id that is not there yet.
  void add(const alert::Mute& mute);
  /// False when it is unknown, over or withdrawn.
  bool withdraw(const alert::MuteId& id, base::Instant now);
  /// The latest first; `after` given: only those that are not withdrawn and last longer (UTC).
  std::vector<alert::Mute> read(std::optional<base::Instant> after) const;

 private:
  Database& database_;
};

}  // namespace store
