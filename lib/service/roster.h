#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "audit/probe.h"
#include "base/clock.h"
#include "verdict/assess.h"
#include "verdict/baseline.h"

namespace service {

/// A token that is watched, and where.
struct WatchedToken {
  audit::Token token;
  std::vector<std::string> accounts;  ///< empty: discovered with GET accounts
};

/// A probe with what is remembered of it only while the process lives.
struct ProbeEntry {
  verdict::ProbeState state;
  // Steady times of this process, because a step of the wall clock must not make an answer new or old.
  std::optional<base::Instant> last_conclusive;
  std::optional<base::Instant> last_granted;
  base::Instant run_began = base::Instant::min();  ///< min: before this process
  base::Instant suspicion_began{};                 ///< or when a restored suspicion was restored
  int vain_attempts = 0;                           ///< answers without a statement since the last conclusive one
  bool urgent = false;                             ///< asked out of turn: may use the reserve
  bool unsaved = false;                            ///< its open run is longer than the database knows
};

/// Who is watched: tokens, their probes, and who is whose neighbour. Loop thread only.
class Roster {
 public:
  /// Adds a token, or takes over its new facts. The pinned user id is kept when the new one is empty.
  void put(const WatchedToken& watched);
  void remove(const audit::TokenId& token);
  const WatchedToken* token(const audit::TokenId& id) const;
  const WatchedToken* token_named(const std::string& name) const;
  const std::map<audit::TokenId, WatchedToken>& tokens() const { return tokens_; }
  void pin_user(const audit::TokenId& token, const std::string& user_id);

  /// Requires a known token and a pair that has no probe yet.
  ProbeEntry& add_probe(verdict::ProbeState state);
  void remove_probe(const audit::ProbeId& probe);
  ProbeEntry* probe(const audit::ProbeId& probe);
  const ProbeEntry* probe(const audit::ProbeId& probe) const;
  const ProbeEntry* probe_of(const audit::TokenId& token, const std::string& account) const;
  std::vector<audit::ProbeId> probes_of_token(const audit::TokenId& token) const;
  std::vector<audit::ProbeId> probes_of_account(const std::string& account) const;
  std::unordered_map<audit::ProbeId, ProbeEntry>& probes() { return probes_; }

  /// Input of the assessments.
  std::vector<const verdict::ProbeState*> states_of_token(const audit::TokenId& token) const;
  std::vector<verdict::Member> members_of_account(const std::string& account) const;

 private:
  bool granted_elsewhere(const audit::TokenId& token, const std::string& account) const;

  std::map<audit::TokenId, WatchedToken> tokens_;
  std::unordered_map<audit::ProbeId, ProbeEntry> probes_;
  std::map<audit::TokenId, std::map<std::string, audit::ProbeId>> by_token_;
  std::map<std::string, std::map<audit::TokenId, audit::ProbeId>> by_account_;
};

}  // namespace service
