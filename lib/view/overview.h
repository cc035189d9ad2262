#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alert/alert.h"
#include "store/store.h"
#include "view/stretch.h"

namespace view {

/// What the settings of the running daemon say that the store does not know.
struct SiteOptions {
  std::string version;                              ///< of the program
  std::map<std::string, std::string> destinations;  ///< name to type: "ops" to "slack"
  base::Duration bound{0};  ///< within which a change is noticed, of the pair that is asked least often
};

/// From `at` on, UTC, this was the answer.
struct AnswerStep {
  base::Instant at;
  std::string answer;  ///< as verdict::to_text() writes it
  bool operator==(const AnswerStep&) const = default;
};

/// Some of the pairs, in their order.
struct PairPage {
  std::vector<store::PairRow> rows;
  std::optional<store::PairPlace> next;  ///< given to PairQuery::after it continues; nothing: these are the last
};
PairPage read_pairs(store::Store& store, store::PairQuery query);

/// A pair as it is shown: what was answered during the days before now, and the rate-limit windows that it shares.
struct PairView {
  store::PairRow row;
  std::vector<AnswerStep> steps;          ///< oldest first; the first may be before the strip begins
  std::vector<store::BucketRow> buckets;  ///< of its ad account and its token, as far as something is known of them
};

/// What holds the reader's eye first. Starting: no incident is open, and no daemon has told yet how it fares. Blind: of
/// some pairs no certain answer comes, or the daemon does not give a sign of life, so that nothing new is known at all.
enum class Health { kWell, kStarting, kIncidents, kBlind };

/// An incident in the words of its alerts.
struct IncidentView {
  alert::Alert alert;  ///< as if it were told now; its subject is app, token and ad account, not who else is hit
  alert::Wording wording;
  const verdict::Incident& incident() const { return alert.incident; }
};

/// The first page. Values only; lists are cut, and say how much there is in all.
struct Overview {
  base::Instant now;  ///< UTC
  SiteOptions options;
  Stretch strip;  ///< the time that the history strips show
  store::Totals totals;
  std::vector<IncidentView> incidents;         ///< open, the gravest first, then the latest; parts of others left out
  store::PairQuery asked;                      ///< which pairs
  std::vector<PairView> pairs;                 ///< in their order
  std::optional<store::PairPlace> next;        ///< given to PairQuery::after it continues; nothing: these are the last
  std::map<std::string, std::int64_t> gauges;  ///< of the daemon, see `status`; empty before it wrote any
  store::DeliveryCounts deliveries;
  std::map<std::string, store::DeliveryCounts> undelivered;  ///< by destination, those that have any

  std::uint64_t open_incidents() const;
  /// Since when the daemon has written no figures, where that is longer than it ever takes; nothing before its first.
  std::optional<base::Duration> silent_for() const;
  Health health() const;
  /// By severity, those with none left out.
  std::map<verdict::Severity, std::uint64_t> by_severity() const;
};

/// One incident: what is known of it, and who was told.
struct IncidentDetails {
  base::Instant now;  ///< UTC
  SiteOptions options;
  IncidentView incident;
  std::vector<store::AlertRow> alerts;  ///< the latest first, at most 100
};

/// One ad account.
struct AccountDetails {
  base::Instant now;  ///< UTC
  SiteOptions options;
  Stretch strip;
  store::AccountFacts account;
  std::vector<PairView> pairs;             ///< by name of the token, at most 200
  bool more_pairs = false;                 ///< there are others
  std::vector<IncidentView> incidents;     ///< also of its tokens; open ones first, then the latest
  std::vector<store::HistoryRow> changes;  ///< the latest first, at most 100
};

Overview read_overview(store::Store& store, const store::PairQuery& pairs, const SiteOptions& options,
                       base::Instant now);
std::optional<IncidentDetails> read_incident(store::Store& store, const verdict::IncidentId& id,
                                             const SiteOptions& options, base::Instant now);
/// Nothing when neither a pair nor a list of accounts has named it.
std::optional<AccountDetails> read_account(store::Store& store, const std::string& id, const SiteOptions& options,
                                           base::Instant now);

}  // namespace view
