#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "store/sqlite.h"

namespace store {

/// Incidents; at most one open for each key. Everything that writes requires a transaction.
class IncidentTable {
 public:
  explicit IncidentTable(Database& database);

  /// Adds or replaces. Resolved ones are written first, so that one batch can resolve a problem and open it anew.
  void put(const std::vector<verdict::Incident>& incidents);
  /// The latest opened first.
  std::vector<verdict::Incident> read(const IncidentQuery& query) const;
  std::map<verdict::Cause, std::uint64_t> count_open() const;
  std::optional<verdict::Incident> find(const verdict::IncidentId& id) const;
  /// Those that are open, those that were resolved since then and those that a telling names, the latest opened first.
  void stream(base::Instant resolved_since, const std::function<void(verdict::Incident incident)>& take) const;

 private:
  void put(const verdict::Incident& incident);

  Database& database_;
  Statement upsert_;
};

}  // namespace store
