#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alert/delivery.h"
#include "alert/record.h"
#include "alert/telling.h"
#include "audit/budget.h"
#include "audit/probe.h"
#include "verdict/baseline.h"
#include "verdict/incident.h"
#include "verdict/operator_word.h"

namespace store {

/// A run that ended: the observation history of a probe.
struct ClosedRun {
  audit::ProbeId probe;
  verdict::Run run;
  bool operator==(const ClosedRun&) const = default;
};

/// The open run of a known probe grew: nothing else of it changed. Small, because there is one for every pair every
/// few minutes.
struct GrownRun {
  audit::ProbeId probe;
  base::Instant last_seen;  ///< UTC
  std::uint64_t count = 0;
  std::optional<base::Instant> last_good_at;  ///< UTC
  bool operator==(const GrownRun&) const = default;
};

/// What GET accounts said of an ad account.
struct AccountFacts {
  std::string id;
  std::string name;
  std::string approval_status;
  bool deleted = false;
  bool operator==(const AccountFacts&) const = default;
};

/// A page of a token's list of accounts was read. With a cursor the sweep goes on after it, also after a crash; without
/// one it is complete, and nothing of it is kept.
struct DiscoveryStep {
  audit::TokenId token;
  std::string cursor;
  std::vector<std::string> seen;  ///< accounts of this page
  bool operator==(const DiscoveryStep&) const = default;
};

/// A rate-limit bucket under its stable name: "account/<id>/access", "token/<token id>/accounts", ...
struct BucketRow {
  std::string name;
  audit::BucketState state;
  bool forgotten = false;  ///< full, with nothing learned: the row goes away
  bool operator==(const BucketRow&) const = default;
};

/// A figure of the running daemon, for `status` and metrics: "pairs_waiting", "lateness_p99_ms", ...
using Gauge = std::pair<std::string, std::int64_t>;

/// Everything that belongs together: committed in one transaction, all of it or nothing.
struct Batch {
  std::vector<audit::Token> tokens;          ///< facts of known tokens that changed (user_id, labels); never secrets
  std::vector<AccountFacts> accounts;        ///< added or replaced
  std::vector<verdict::ProbeState> probes;   ///< new or changed probes, with their open run and suspicion
  std::vector<GrownRun> grown_runs;          ///< after `probes`
  std::vector<audit::ProbeId> ended_probes;  ///< no longer asked; their history stays
  std::vector<ClosedRun> closed_runs;
  std::vector<verdict::Change> changes;  ///< appended to the chained log in this order
  std::vector<DiscoveryStep> discovery_steps;
  std::vector<verdict::Incident> incidents;
  std::vector<alert::Record> alerts;  ///< new ones
  std::vector<alert::Body> bodies;
  std::vector<alert::Delivery> deliveries;
  std::vector<alert::DeliveryAttempt> attempts;
  std::vector<verdict::PlannedChange> planned_changes;  ///< known ones, in their new state
  std::vector<alert::Telling> tellings;                 ///< in their new state; after `incidents`
  std::vector<verdict::IncidentId> done_acceptances;    ///< the word on these was taken up or refused: it goes away
  std::vector<verdict::IncidentId> done_acknowledgements;
  std::vector<alert::TestId> done_tests;
  std::optional<base::Instant> mutes_listed_at;  ///< UTC: people were told which mutes are in force
  std::vector<BucketRow> buckets;
  std::vector<Gauge> gauges;  ///< each replaces the one of its name
  /// Of the latest alert made, also when it has no recipient and so no delivery; 0 when no alert was made.
  std::uint64_t last_sequence = 0;
  /// False: a process is at work and may end at any moment. True: it ended in order, and all that it knew is written.
  std::optional<bool> ended_in_order;

  bool empty() const;
};

}  // namespace store
