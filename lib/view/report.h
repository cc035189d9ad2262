#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/store.h"
#include "view/json_rows.h"
#include "view/stretch.h"

namespace view {

/// What a report is to be about.
struct ReportQuery {
  Stretch span;                      ///< not after `now`
  base::Instant now;                 ///< UTC
  base::Duration bound{0};           ///< the detection bound of the settings, of the pair that is asked least often
  std::string token;                 ///< a name; empty: all
  std::string account;               ///< empty: all
  base::Duration incidents_kept{0};  ///< since they were resolved; 0: for ever
  std::string version;               ///< of the program
  std::string database;              ///< its path
  /// See complete_since(): before it the log has gaps.
  std::optional<base::Instant> complete_since;
};

/// From `at` on this was the answer; empty: the token was not kept any more.
struct Step {
  base::Instant at;          ///< UTC
  std::string answer;        ///< as verdict::to_text() writes it
  std::uint64_t number = 0;  ///< of the entry of the log that says so
};

/// One token on one ad account.
struct ReportPair {
  std::string token;
  std::string account;
  std::vector<Step> steps;  ///< the one that held when the span began, if any, and those of the span
  std::string approval;     ///< who made the answer at the end the normal one, and why; empty: nobody had to
  /// UTC, when the answer at the end of the span was last heard, not after that end. Nothing: nobody can tell.
  std::optional<base::Instant> evidence_at;
  Coverage coverage;

  /// The last step, if the token had an answer at the end of the span.
  const Step* at_end() const;
  /// The step that held when the span began, if the token had an answer then.
  const Step* at_start(const Stretch& span) const;
};

struct ReportToken {
  std::string kind;  ///< "advertiser"; empty when nobody can tell
  std::string app;
};

/// An incident that was open at some time of the span.
struct ReportIncident {
  verdict::Incident incident;
  base::Duration in_span{0};  ///< how long it was open within the span
  bool open_at_start = false;
  bool open_at_end = false;
  /// At most this long nobody knew: from the last good answer until it was opened. Only of those opened in the span,
  /// and of causes that begin at one moment.
  std::optional<base::Duration> noticed_within;
};

/// An operator's word.
struct Approval {
  base::Instant at;   ///< UTC
  std::string kind;   ///< "accepted", "announced", "came", "given_up", "acknowledged", "muted"
  std::string by;     ///< empty where `text` says it
  std::string about;  ///< "brand-a on 18ce54d4x5t", an incident, what a mute fits
  std::string text;   ///< the reason; of "accepted", "came" and "given_up" the whole word as the log keeps it
};

/// What an access review reads: values only, in the order in which they are shown.
struct Report {
  ReportQuery query;
  store::ChainCheck chain;
  std::optional<store::HistoryRow> first;  ///< of the span, whatever the filter
  std::optional<store::HistoryRow> last;
  std::vector<ReportPair> pairs;           ///< by account, then token; those that had an answer before the span's end
  std::vector<store::HistoryRow> changes;  ///< of the span, oldest first
  std::vector<ReportIncident> incidents;   ///< latest opened first
  std::vector<Approval> approvals;         ///< of the span, oldest first
  std::vector<store::HourRow> hours;       ///< of the span: how the daemon fared, whatever the filter
  std::map<std::string, ReportToken> tokens;         ///< by name
  std::map<std::string, std::string> account_names;  ///< by id
  TokenNames token_names;
  Coverage coverage;                ///< of all pairs together
  std::vector<std::string> limits;  ///< what it cannot tell, a sentence each
};

/// Reads beside a daemon that may be writing: entries that come meanwhile are later than the span.
Report read_report(store::Store& store, const ReportQuery& query);

/// What the rest of the report cannot tell, a sentence each.
std::vector<std::string> limits_of(const Report& report);
/// Who and why, of an entry that an operator's word made; empty for others.
std::string approval_of(const verdict::Change& change);
/// How old the evidence was at the end of the span; nothing: nobody can tell.
std::optional<base::Duration> evidence_age(const ReportPair& pair, const Stretch& span);

}  // namespace view
