#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "audit/budget.h"
#include "audit/schedule.h"
#include "base/clock.h"
#include "base/random.h"
#include "service/announcer.h"
#include "service/options.h"
#include "service/roster.h"
#include "store/store.h"
#include "verdict/reconcile.h"
#include "xads/observation.h"

namespace service {

/// Ask what this token may do on this account.
struct AuditWork {
  audit::ProbeId probe;
  audit::TokenId token;
  std::string account;
};
/// Ask the identity host whether this token lives.
struct IdentityWork {
  audit::TokenId token;
};
/// Ask which accounts this token can reach, from `cursor` on.
struct DiscoveryWork {
  audit::TokenId token;
  std::string cursor;
};
using Work = std::variant<AuditWork, IdentityWork, DiscoveryWork>;

/// All decisions of the day, with their state, and no I/O: which question is due, what an answer means, what is to be
/// written. What it decides is true only once the batch is committed. Loop thread only.
class Engine {
 public:
  /// `random` must outlive the engine.
  Engine(AuditOptions options, Announcer announcer, base::Random& random);

  /// Takes up where the last process stopped. Call once, before set_tokens().
  void restore(store::Snapshot snapshot, base::Moment now);
  /// From now on exactly these tokens are watched: new pairs get probes, gone ones end, their incidents with them.
  /// Those in `kept` are not asked (their app is not in the settings), but nothing of them ends.
  void set_tokens(const std::vector<WatchedToken>& watched, const std::set<audit::TokenId>& kept, base::Moment now);
  /// The token's secret was replaced: ask all its pairs soon.
  void recheck_token(const audit::TokenId& token, base::Moment now);

  /// Narrows the schedule to the pairs that fit (an empty name fits all) and makes them due now.
  void focus(const std::string& token_name, const std::string& account, base::Moment now);
  /// Pairs and discoveries in focus that still wait for their answer or its confirmation.
  std::size_t unsettled() const { return unsettled_.size() + undiscovered_.size(); }
  /// Pairs in focus that got no answer that settles them, however often they were asked.
  std::size_t asked_in_vain() const { return vain_.size(); }

  /// The next question, its call already spent from the budget; nothing when none is due or may be asked.
  std::optional<Work> take_work(base::Moment now);
  /// Steady time at which take_work() may have something.
  std::optional<base::Instant> next_due() const;

  void finish(const AuditWork& work, const xads::Observation& observation, base::Moment now);
  void finish(const IdentityWork& work, xads::IdentityAnswer answer, base::Moment now);
  void finish(const DiscoveryWork& work, const xads::AccountsObservation& observation, base::Moment now);
  /// The question could not be asked or was given up (shutdown): it waits again.
  void abandon(const Work& work, base::Moment now);

  /// Adds the open runs and buckets that the database does not know yet.
  void flush(base::Moment now);
  /// What is to be committed, in one transaction.
  store::Batch take_batch();
  bool has_batch() const { return !batch_.empty(); }

  const Roster& roster() const { return roster_; }
  const verdict::OpenIncidents& open_incidents() const { return open_; }

 private:
  struct Discovery {
    base::Instant due;
    std::string cursor;
    bool running = false;
  };

  struct Focus {
    std::string token, account;  ///< empty: any
  };

  void watch_accounts(const WatchedToken& watched, base::Moment now);
  void schedule(ProbeEntry& entry, base::Moment now);
  bool in_focus(const audit::Probe& probe) const;
  void settle(const ProbeEntry& entry, bool confirm_again);
  void add_pair(const WatchedToken& watched, const std::string& account, base::Moment now);
  void end_probe(const audit::ProbeId& probe);
  void end_token(const audit::TokenId& token, base::Moment now);

  std::optional<Work> take_identity(base::Moment now);
  std::optional<Work> take_discovery(base::Moment now);
  std::optional<Work> take_audit(base::Moment now);

  void apply(ProbeEntry& entry, verdict::Judgement judgement, base::Moment now);
  void record_move(ProbeEntry& entry, const verdict::Judgement& judgement, const verdict::Baseline& before,
                   base::Moment now);
  void follow_up(const ProbeEntry& entry, const verdict::Judgement& judgement, base::Moment now);
  void reassess(const audit::TokenId& token, const std::string& account, base::Moment now);
  void announce(const std::vector<verdict::IncidentStep>& steps, base::Moment now);
  verdict::Neighbours neighbours_of(const ProbeEntry& entry) const;
  std::vector<audit::ProbeId> vouchers_of(const audit::TokenId& token) const;
  void hasten(const std::vector<audit::ProbeId>& probes, base::Moment now);
  base::Instant next_time(const xads::Observation& observation, bool confirm_again, base::Moment now);
  void learn_limits(const audit::TokenId& token, const std::string& account, audit::Endpoint endpoint,
                    const xads::RateLimits& limits, const xads::Answer& answer,
                    std::optional<base::Instant> server_date, base::Moment now);

  AuditOptions options_;
  Announcer announcer_;
  base::Random& random_;
  Roster roster_;
  audit::Schedule schedule_;
  audit::Budget budget_;
  verdict::OpenIncidents open_;
  std::map<audit::TokenId, base::Instant> identity_wanted_;  ///< steady time from which it may be asked
  std::map<audit::TokenId, Discovery> discoveries_;
  std::optional<Focus> focus_;
  std::set<audit::ProbeId> unsettled_, vain_;
  std::set<audit::TokenId> undiscovered_;
  bool clock_fine_ = true;
  store::Batch batch_;
};

}  // namespace service
