#include "check.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "load.h"
#include "store/sqlite_store.h"

namespace power_cut {
namespace {

constexpr std::string_view kTables[] = {"changes", "incidents", "bodies", "deliveries", "delivery_attempts"};

/// Looks for single rows, through the store where it gives them, else behind its back.
class Search {
 public:
  Search(store::Store& store, const store::Database& witness) : store_(store), witness_(witness) {}

  /// How many rows of the batch are there.
  std::uint64_t count(const store::Batch& batch) {
    std::uint64_t found = 0;
    for (const auto& change : batch.changes) found += there(change, batch.deliveries.front().sequence);
    for (const auto& delivery : batch.deliveries) found += there(delivery);
    for (const auto& incident : batch.incidents) found += store_.find_incident(incident.id) == incident;
    for (const auto& body : batch.bodies) found += there(body);
    for (const auto& attempt : batch.attempts) found += there(attempt);
    return found;
  }

 private:
  /// The change log holds nothing but one change for each alert.
  bool there(const verdict::Change& change, std::uint64_t number) {
    store::HistoryQuery query;
    query.after_number = number - 1;
    query.limit = 1;
    const auto rows = store_.history(query);
    return rows.size() == 1 && rows[0].number == number && rows[0].change == change;
  }
  bool there(const alert::Body& body) {
    store::Statement row(witness_, "SELECT bytes FROM bodies WHERE alert = ? AND channel = ?");
    return row.bind(body.alert).bind(alert::to_text(body.channel)).next() && row.view(0) == body.bytes;
  }
  /// Without its state, which attempts change.
  bool there(const alert::Delivery& delivery) {
    store::Statement row(witness_,
                         "SELECT count(*) FROM deliveries WHERE id = ? AND alert = ? AND sequence = ? "
                         "AND destination = ? AND channel = ? AND order_key = ? AND created_at = ?");
    row.bind(delivery.id).bind(delivery.alert).bind(delivery.sequence).bind(delivery.destination);
    row.bind(alert::to_text(delivery.channel)).bind(delivery.order_key).bind(delivery.created_at);
    return row.next() && row.number(0) == 1;
  }
  /// With what it made of its delivery.
  bool there(const alert::DeliveryAttempt& attempt) {
    store::Statement row(witness_,
                         "SELECT count(*) FROM delivery_attempts a JOIN deliveries d ON d.id = a.delivery "
                         "WHERE d.id = ? AND at = ? AND http_status = ? AND outcome = ? AND took_ms = ? "
                         "AND state = ? AND attempts = ? AND next_attempt_at = ?");
    row.bind(attempt.delivery.id).bind(attempt.at).bind(attempt.http_status).bind(attempt.outcome);
    row.bind(attempt.took.count()).bind(alert::to_text(attempt.delivery.state)).bind(attempt.delivery.attempts);
    row.bind(attempt.delivery.next_attempt_at);
    return row.next() && row.number(0) == 1;
  }

  store::Store& store_;
  const store::Database& witness_;
};

std::int64_t count_of(store::Database& witness, std::string_view table) {
  return witness.number(fmt::format("SELECT count(*) FROM {}", table));
}

/// Parts of commits: changes without one of what was committed with them, or the other way round.
bool torn(store::Database& witness) {
  const auto changes = count_of(witness, "changes");
  constexpr const char* kMatched = "SELECT count(*) FROM changes c JOIN deliveries d ON d.sequence = c.number";
  return witness.number(kMatched) != changes || count_of(witness, "deliveries") != changes ||
         count_of(witness, "incidents") != changes || count_of(witness, "bodies") != changes ||
         count_of(witness, "delivery_attempts") % std::int64_t{kAlerts} != 0;
}

std::string soundness_of(store::Store& store, store::Database& witness) {
  std::vector<std::string> complaints;
  if (const auto verdict = witness.text("PRAGMA integrity_check(1)"); verdict != "ok") complaints.push_back(verdict);
  if (const auto orphans = witness.number("SELECT count(*) FROM pragma_foreign_key_check"); orphans > 0)
    complaints.push_back(fmt::format("{} rows refer to rows that are not there", orphans));
  if (const auto chain = store.verify_chain(); chain.broken_at)
    complaints.push_back(fmt::format("the hash chain breaks at change {}", *chain.broken_at));
  if (torn(witness)) complaints.push_back("there are changes without their delivery, or other parts of commits");
  return complaints.empty() ? "ok" : fmt::format("{}", fmt::join(complaints, "; "));
}

void examine(const std::string& path, std::uint64_t last_acknowledged, Findings& findings) {
  base::SystemRandom random;
  const auto store = store::open_sqlite({path}, random, kStart);
  store::Database witness(path);
  Search search(*store, witness);
  for (std::uint64_t number = 1; number <= last_acknowledged; ++number)
    findings.found += search.count(batch_of(number));
  for (const auto table : kTables) findings.rows += static_cast<std::uint64_t>(count_of(witness, table));
  findings.soundness = soundness_of(*store, witness);
}

}  // namespace

Findings check(const std::string& path, std::uint64_t last_acknowledged) {
  Findings findings;
  for (std::uint64_t number = 1; number <= last_acknowledged; ++number)
    findings.acknowledged += rows_of(batch_of(number));
  try {
    examine(path, last_acknowledged, findings);
  } catch (const store::UnusableStore& error) {  // what we are here to find
    findings.soundness = error.what();
  }
  return findings;
}

}  // namespace power_cut
