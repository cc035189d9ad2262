#pragma once

#include <functional>
#include <string>
#include <vector>

#include "store/batch.h"
#include "store/sqlite.h"

namespace store {

/// Sweeps over the accounts of tokens that are not complete, and requests for sweeps; of live tokens only. What is
/// written about another token is dropped. Everything that writes requires a transaction.
class DiscoveryTable {
 public:
  explicit DiscoveryTable(Database& database);

  void take_step(const DiscoveryStep& step);
  /// In the order in which the tokens were added.
  void stream(const std::function<void(OpenSweep sweep)>& take) const;

  /// False when there is no live token of this name.
  bool request(const std::string& token_name);
  bool has_requests() const;
  /// Requested, or not complete; of any token when the name is empty.
  bool under_way(const std::string& token_name) const;
  std::vector<audit::TokenId> take_requests();

  /// The token was removed: nothing of it is asked any more.
  void forget(const std::string& token_name);

 private:
  Database& database_;
  Statement upsert_;
  Statement see_;
  Statement complete_;
};

}  // namespace store
