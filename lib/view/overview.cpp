#include "view/overview.h"

#include <algorithm>
#include <span>

#include "view/subject.h"

namespace view {
namespace {

constexpr int kMostPairs = 50;  ///< of the first page
constexpr int kMostPairsOfAccount = 200;
constexpr int kMostIncidents = 50;
constexpr std::size_t kMostTokens = 20;
constexpr int kMostAlerts = 100;
constexpr int kMostChanges = 100;
constexpr int kMostSteps = 100;
/// The daemon writes its figures each two minutes.
constexpr base::Duration kSilent = std::chrono::minutes(5);
constexpr base::Duration kStrip = std::chrono::hours(24 * 30);

/// Entries of the change log that say what was answered from then on.
const std::vector<std::string>& answer_kinds() {
  static const std::vector<std::string> kinds{"first_seen", "changed", "accepted", "announced"};
  return kinds;
}

IncidentView view_of(store::Store& store, verdict::Incident incident, base::Instant now) {
  alert::Alert alert;
  alert.state = incident.resolved_at ? alert::State::kResolved : alert::State::kOpened;
  alert.at = now;
  alert.subject = subject_of(store, incident.finding.key);
  alert.incident = std::move(incident);
  auto wording = alert::wording_of(alert);
  return {std::move(alert), std::move(wording)};
}

/// The gravest first, then the latest.
std::vector<IncidentView> gravest(store::Store& store, base::Instant now) {
  std::vector<IncidentView> gravest;
  for (const auto severity : {verdict::Severity::kCritical, verdict::Severity::kWarning, verdict::Severity::kInfo}) {
    const int room = kMostIncidents - static_cast<int>(gravest.size());
    if (room <= 0) break;
    store::IncidentQuery query{.leave_out_parts = true, .limit = room};
    for (const auto cause : verdict::all_causes())
      if (verdict::severity_of(cause) == severity) query.causes.emplace_back(verdict::to_text(cause));
    for (auto& incident : store.incidents(query)) gravest.push_back(view_of(store, std::move(incident), now));
  }
  std::stable_sort(gravest.begin(), gravest.end(), [](const IncidentView& left, const IncidentView& right) {
    return verdict::severity_of(left.incident().finding) > verdict::severity_of(right.incident().finding);
  });
  return gravest;
}

std::vector<AnswerStep> steps_of(store::Store& store, const audit::ProbeId& probe, const Stretch& strip) {
  auto rows = store.history(
      {.probe = probe, .since = strip.since, .kinds = answer_kinds(), .latest_first = true, .limit = kMostSteps});
  auto before =
      store.history({.probe = probe, .until = strip.since, .kinds = answer_kinds(), .latest_first = true, .limit = 1});
  std::move(before.begin(), before.end(), std::back_inserter(rows));
  std::reverse(rows.begin(), rows.end());
  std::vector<AnswerStep> steps;
  for (auto& row : rows) {
    auto& change = row.change;
    if (change.after.empty() || (!steps.empty() && steps.back().answer == change.after)) continue;
    // The clock may have gone back.
    const auto at = steps.empty() ? change.at : std::max(change.at, steps.back().at);
    steps.push_back({at, std::move(change.after)});
  }
  return steps;
}

PairView view_of(store::Store& store, store::PairRow row, const Stretch& strip) {
  PairView view{std::move(row), {}, {}};
  view.steps = steps_of(store, view.row.state.probe.id, strip);
  const auto& run = view.row.state.baseline.run;
  if (view.steps.empty() && run) view.steps = {{run->since, verdict::to_text(run->answer)}};  // the log was pruned
  for (const auto& name :
       {"account/" + view.row.account.id + "/access", "token/" + view.row.token.id.text() + "/access"}) {
    if (auto bucket = store.find_bucket(name)) view.buckets.push_back(std::move(*bucket));
  }
  return view;
}

/// Open ones about the first tokens themselves: what they may not do, they may not do on this ad account either.
std::vector<verdict::Incident> of_tokens(store::Store& store, const std::vector<PairView>& pairs) {
  std::vector<verdict::Incident> found;
  for (const auto& pair : std::span(pairs).first(std::min<std::size_t>(pairs.size(), kMostTokens))) {
    for (auto& incident : store.incidents({.token = pair.row.token.name, .limit = kMostIncidents}))
      if (incident.finding.key.account.empty()) found.push_back(std::move(incident));
  }
  return found;
}

Stretch strip_until(base::Instant now) { return {now - kStrip, now}; }

}  // namespace

PairPage read_pairs(store::Store& store, store::PairQuery query) {
  const auto limit = static_cast<std::size_t>(query.limit);
  if (query.limit < std::numeric_limits<int>::max()) ++query.limit;  // one more tells whether there are others
  PairPage page{store.pairs(query), std::nullopt};
  if (page.rows.size() <= limit) return page;
  page.rows.pop_back();
  page.next = store::PairPlace{page.rows.back().token.name, page.rows.back().account.id};
  return page;
}

Overview read_overview(store::Store& store, const store::PairQuery& pairs, const SiteOptions& options,
                       base::Instant now) {
  Overview overview{.now = now, .options = options, .strip = strip_until(now), .totals = store.totals()};
  overview.incidents = gravest(store, now);
  overview.asked = pairs;
  overview.asked.limit = std::min(pairs.limit, kMostPairs);
  auto page = read_pairs(store, overview.asked);
  for (auto& row : page.rows) overview.pairs.push_back(view_of(store, std::move(row), overview.strip));
  overview.next = std::move(page.next);
  for (auto& gauge : store.gauges()) overview.gauges.insert(std::move(gauge));
  overview.deliveries = store.delivery_counts();
  overview.undelivered = store.undelivered();
  return overview;
}

std::optional<IncidentDetails> read_incident(store::Store& store, const verdict::IncidentId& id,
                                             const SiteOptions& options, base::Instant now) {
  auto incident = store.find_incident(id);
  if (!incident) return std::nullopt;
  return IncidentDetails{now, options, view_of(store, std::move(*incident), now),
                         store.alerts({.incident = id, .limit = kMostAlerts})};
}

std::optional<AccountDetails> read_account(store::Store& store, const std::string& id, const SiteOptions& options,
                                           base::Instant now) {
  AccountDetails details{.now = now, .options = options, .strip = strip_until(now)};
  auto facts = store.find_account(id);
  auto page = read_pairs(store, {.account = id, .limit = kMostPairsOfAccount});
  details.changes = store.history({.account = id, .latest_first = true, .limit = kMostChanges});
  if (!facts && page.rows.empty() && details.changes.empty()) return std::nullopt;
  details.account = facts ? std::move(*facts) : store::AccountFacts{.id = id};
  for (auto& row : page.rows) details.pairs.push_back(view_of(store, std::move(row), details.strip));
  details.more_pairs = page.next.has_value();
  auto incidents = store.incidents({.open_only = false, .account = id, .limit = kMostIncidents});
  for (auto& incident : of_tokens(store, details.pairs)) incidents.push_back(std::move(incident));
  std::stable_partition(incidents.begin(), incidents.end(), [](const auto& one) { return !one.resolved_at; });
  for (auto& incident : incidents) details.incidents.push_back(view_of(store, std::move(incident), now));
  return details;
}

std::uint64_t Overview::open_incidents() const {
  std::uint64_t sum = 0;
  for (const auto& [cause, count] : totals.open_incidents) sum += count;
  return sum;
}

std::optional<base::Duration> Overview::silent_for() const {
  const auto written = gauges.find("written_at_ms");
  if (written == gauges.end()) return std::nullopt;
  const auto age = now - base::from_epoch_ms(written->second);
  return age > kSilent ? std::optional(age) : std::nullopt;
}

Health Overview::health() const {
  if (totals.open_incidents.contains(verdict::Cause::kAuditBlind) || silent_for()) return Health::kBlind;
  if (!totals.open_incidents.empty()) return Health::kIncidents;
  return gauges.contains("written_at_ms") ? Health::kWell : Health::kStarting;
}

std::map<verdict::Severity, std::uint64_t> Overview::by_severity() const {
  std::map<verdict::Severity, std::uint64_t> counts;
  for (const auto& [cause, count] : totals.open_incidents) counts[verdict::severity_of(cause)] += count;
  return counts;
}

}  // namespace view
