#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "verdict/incident.h"

namespace verdict {

/// The incidents that are open, each under its key, in the order of the keys. Finds those of one token or one ad
/// account in time proportional to what it finds, because it is asked after every answer that matters and hundreds of
/// thousands may be open at once. Iterators stay valid until their own incident is erased.
class OpenIncidents {
  using Map = std::map<IncidentKey, Incident>;

 public:
  using iterator = Map::iterator;
  using const_iterator = Map::const_iterator;

  /// What was over for less than this comes again as the same trouble; what has come so often flaps.
  static constexpr base::Duration kRecent{30 * 60'000};
  static constexpr std::size_t kFlips = 2;
  static constexpr std::size_t kMostFlips = 50;  ///< that are kept

  /// Keeps the incident that is there, if one is, and says whether it was none.
  std::pair<iterator, bool> emplace(const IncidentKey& key, Incident incident);
  void erase(const IncidentKey& key);
  /// An incident was over at resolved_at: should it come again soon, take_recent() tells.
  void remember(const Incident& incident);
  /// When this trouble was over lately, oldest first; empty when it was not.
  std::vector<base::Instant> take_recent(const IncidentKey& key, base::Instant now);
  void forget_before(base::Instant then);

  /// What people were told last of one that flaps; without a finding: nobody knows any more, it flapped before a
  /// restart.
  struct Told {
    std::optional<Finding> finding;
  };
  /// Null when there is nothing that people were spared.
  const Told* told(const IncidentKey& key) const;
  void forget_told(const IncidentKey& key) { told_.erase(key); }
  /// take_due() gives this key at `due`, whether it is still open or not. One that flaps when it is put in is due when
  /// its last turn is no longer recent.
  void look_again(const IncidentKey& key, base::Instant due) { due_.emplace(due, key); }
  std::vector<IncidentKey> take_due(base::Instant now);

  iterator find(const IncidentKey& key) { return incidents_.find(key); }
  const_iterator find(const IncidentKey& key) const { return incidents_.find(key); }
  bool contains(const IncidentKey& key) const { return incidents_.contains(key); }
  std::size_t size() const { return incidents_.size(); }
  bool empty() const { return incidents_.empty(); }
  iterator begin() { return incidents_.begin(); }
  iterator end() { return incidents_.end(); }
  const_iterator begin() const { return incidents_.begin(); }
  const_iterator end() const { return incidents_.end(); }

  /// Keys of Scope::kToken about this token.
  std::vector<IncidentKey> about_token(const audit::TokenId& token) const;
  /// Keys of Scope::kAccount and Scope::kProbe on this ad account.
  std::vector<IncidentKey> on_account(const std::string& account) const;

 private:
  struct ByAccount {
    bool operator()(const IncidentKey& left, const IncidentKey& right) const {
      const auto order = left.account <=> right.account;
      return order != 0 ? order < 0 : left < right;
    }
  };

  struct Past {
    base::Instant resolved_at;
    std::vector<base::Instant> flips;
  };

  void watch(const Incident& incident);

  Map incidents_;
  std::map<IncidentKey, Past> recent_;
  std::set<std::pair<base::Instant, IncidentKey>> recent_by_end_;  ///< resolved_at of each in recent_
  std::map<IncidentKey, Told> told_;
  std::set<std::pair<base::Instant, IncidentKey>> due_;
  std::set<IncidentKey, ByAccount> on_accounts_;  ///< the keys that on_account() tells
};

}  // namespace verdict
