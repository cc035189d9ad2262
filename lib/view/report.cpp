#include "view/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "view/report_log.h"

namespace view {
namespace {

constexpr int kAll = std::numeric_limits<int>::max();
constexpr int kPage = 5'000;

/// An answer that came is written down when a run ends, and of a run that goes on every few minutes.
constexpr base::Duration kWritten = std::chrono::minutes(10);

/// From when on it is sure that nothing certain was heard any more.
base::Duration patience(const ReportQuery& query) { return query.bound + kWritten; }

LogReader read_log(store::Store& store, const ReportQuery& query) {
  LogReader reader(query);
  store::HistoryQuery page{.limit = kPage};
  for (;;) {
    auto rows = store.history(page);
    const bool over = rows.size() < static_cast<std::size_t>(kPage);
    if (!rows.empty()) page.after_number = rows.back().number;
    for (auto& row : rows) reader.take(std::move(row));
    if (over) return reader;
  }
}

/// Names of the live tokens, and of removed ones that incidents still speak of.
TokenNames names_of(store::Store& store, const std::set<std::string>& removed,
                    const std::vector<store::TokenRow>& tokens) {
  TokenNames names;
  for (const auto& name : removed)
    for (const auto& incident : store.incidents({.open_only = false, .token = name, .limit = kAll}))
      names[incident.finding.key.token] = name;
  for (const auto& row : tokens) names[row.token.id] = row.token.name;
  return names;
}

bool is_about_pairs(verdict::Scope scope) {
  return scope == verdict::Scope::kToken || scope == verdict::Scope::kAccount || scope == verdict::Scope::kProbe;
}

/// Causes that begin at one moment, which the last good answer comes before.
bool has_moment(verdict::Cause cause) {
  return is_about_pairs(verdict::scope_of(cause)) && cause != verdict::Cause::kPolicyViolated &&
         cause != verdict::Cause::kRedundancyLost && cause != verdict::Cause::kPermissionUnknown;
}

std::optional<ReportIncident> seen_in(const verdict::Incident& incident, const Stretch& span) {
  const auto end = incident.resolved_at.value_or(span.until);
  if (incident.opened_at >= span.until || (incident.resolved_at && end <= span.since)) return std::nullopt;
  ReportIncident seen{incident};
  seen.in_span = std::min(end, span.until) - std::max(incident.opened_at, span.since);
  seen.open_at_start = incident.opened_at < span.since;
  seen.open_at_end = !incident.resolved_at || *incident.resolved_at >= span.until;
  const auto& good = incident.finding.last_good_at;
  if (!seen.open_at_start && good && *good <= incident.opened_at && has_moment(incident.finding.key.cause))
    seen.noticed_within = incident.opened_at - *good;
  return seen;
}

/// Times of trouble, by whom they are of.
class Troubles {
 public:
  Troubles(const Report& report, const std::vector<verdict::Incident>& blind_later)
      : report_(report), bound_(report.query.bound) {
    for (const auto& seen : report.incidents) add(seen.incident);
    for (const auto& incident : blind_later) add(incident);
    for (auto* all : {&by_token_, &by_account_, &by_app_, &by_pair_, &blind_})
      for (auto& [key, stretches] : *all) stretches = merged(std::move(stretches));
    // Of that time nobody knows any more which incidents there were.
    const auto& query = report.query;
    if (query.incidents_kept.count() > 0) doubted_.push_back({query.span.since, query.now - query.incidents_kept});
    doubted_ = merged(std::move(doubted_));
  }

  Recorded of(const std::string& token, const std::string& account) const {
    Recorded recorded;
    std::vector<Stretch> open;
    const auto take = [](const Times& times, const std::string& key, std::vector<Stretch>& into) {
      const auto known = times.find(key);
      if (known != times.end()) into.insert(into.end(), known->second.begin(), known->second.end());
    };
    take(by_token_, token, open);
    take(by_account_, account, open);
    take(by_pair_, token + " on " + account, open);
    const auto kept = report_.tokens.find(token);
    if (kept != report_.tokens.end()) take(by_app_, kept->second.app, open);
    recorded.incidents = merged(std::move(open));
    take(blind_, token + " on " + account, recorded.blind);
    recorded.doubted = doubted_;
    return recorded;
  }

 private:
  using Times = std::map<std::string, std::vector<Stretch>>;

  void add(const verdict::Incident& incident) {
    const auto& key = incident.finding.key;
    const Stretch open{incident.opened_at, incident.resolved_at.value_or(report_.query.now)};
    const auto scope = verdict::scope_of(key.cause);
    if (key.cause == verdict::Cause::kAuditBlind) return add_blind(incident.finding, open);
    if (verdict::severity_of(incident.finding) == verdict::Severity::kInfo) return;
    if (scope == verdict::Scope::kApp) return by_app_[key.topic].push_back(open);
    if (!is_about_pairs(scope)) return;
    const auto token = name_of(key.token, report_.token_names);
    if (key.account.empty())
      by_token_[token].push_back(open);
    else if (token.empty())
      by_account_[key.account].push_back(open);
    else
      by_pair_[token + " on " + key.account].push_back(open);
  }

  /// It is opened when nothing was heard for as long as the bound. It names twenty pairs at most, as they were at some
  /// time: of all others nobody can tell.
  void add_blind(const verdict::Finding& finding, Stretch open) {
    open.since -= bound_;
    for (const auto& pair : finding.examples) blind_[pair].push_back(open);
    doubted_.push_back(open);
  }

  const Report& report_;
  const base::Duration bound_;
  Times by_token_, by_account_, by_app_, by_pair_, blind_;
  Stretches doubted_;
};

/// What the probes that are still asked hold.
using OpenRuns = std::map<std::pair<std::string, std::string>, verdict::Run>;

OpenRuns open_runs(store::Store& store, const ReportQuery& query, const TokenNames& names) {
  OpenRuns runs;
  for (auto& state : store.probes()) {
    const auto name = name_of(state.probe.token, names);
    if (state.baseline.run && is_about(query, name, state.probe.account))
      runs.emplace(std::pair(name, state.probe.account), std::move(*state.baseline.run));
  }
  return runs;
}

/// When an answer was held. The last one holds until it was heard last, give or take, or until something followed it.
Stretches known_times(const std::vector<Step>& steps, base::Instant last_known) {
  std::vector<Stretch> known;
  for (std::size_t place = 0; place < steps.size(); ++place) {
    if (steps[place].answer.empty()) continue;
    const bool is_last = place + 1 == steps.size();
    known.push_back({steps[place].at, is_last ? last_known : steps[place + 1].at});
  }
  return merged(std::move(known));
}

class PairBuilder {
 public:
  PairBuilder(const ReportQuery& query, const OpenRuns& runs, const Troubles& troubles)
      : query_(query), runs_(runs), troubles_(troubles) {}

  ReportPair build(const std::string& token, const std::string& account, PairLog log) const {
    ReportPair pair{token, account, std::move(log.steps), std::move(log.approval), {}, {}};
    const auto until = query_.span.until;
    auto last_known = pair.steps.back().at;
    const auto run = runs_.find({token, account});
    if (log.followed) {
      last_known = until;
    } else if (run != runs_.end()) {
      const auto heard = run->second.last_seen;
      if (run->second.since < until) pair.evidence_at = std::min(heard, until);
      last_known = heard + patience(query_) >= until ? until : std::max(heard, last_known);
    }
    if (pair.at_end() == nullptr) pair.evidence_at.reset();
    Recorded recorded = troubles_.of(token, account);
    recorded.known = known_times(pair.steps, last_known);
    pair.coverage = count_coverage(query_.span, recorded);
    return pair;
  }

 private:
  const ReportQuery& query_;
  const OpenRuns& runs_;
  const Troubles& troubles_;
};

bool concerns(const ReportQuery& query, const verdict::Incident& incident, const TokenNames& names) {
  const auto& key = incident.finding.key;
  const bool token_fits = query.token.empty() || key.token.null() || name_of(key.token, names) == query.token;
  return token_fits && (query.account.empty() || key.account.empty() || key.account == query.account);
}

/// Gives those that were opened after the span and tell of blindness that had begun within it.
std::vector<verdict::Incident> read_incidents(store::Store& store, Report& report) {
  std::vector<verdict::Incident> blind_later;
  const auto until = report.query.span.until;
  for (const auto& incident : store.incidents({.open_only = false, .limit = kAll})) {
    if (!concerns(report.query, incident, report.token_names)) continue;
    const bool is_blind = incident.finding.key.cause == verdict::Cause::kAuditBlind;
    if (is_blind && incident.opened_at >= until && incident.opened_at - report.query.bound < until)
      blind_later.push_back(incident);
    if (auto seen = seen_in(incident, report.query.span)) report.incidents.push_back(std::move(*seen));
  }
  return blind_later;
}

std::string about_of(const Report& report, const verdict::Incident& incident) {
  const auto& key = incident.finding.key;
  const auto token = name_of(key.token, report.token_names);
  return fmt::format("{} ({}{}{})", incident.id.text(), verdict::to_text(key.cause),
                     token.empty() ? "" : " of " + token, key.account.empty() ? "" : " on " + key.account);
}

void read_words(store::Store& store, Report& report) {
  const auto& query = report.query;
  const auto said_in = [&](base::Instant at) { return at >= query.span.since && at < query.span.until; };
  for (const auto& plan : store.planned_changes(false)) {
    const bool fits = plan.token.empty() ? query.account.empty() || query.account == plan.account
                                         : is_about(query, plan.token, plan.account);
    if (!fits || !said_in(plan.announced_at)) continue;
    report.approvals.push_back(
        {plan.announced_at, "announced", plan.by,
         fmt::format("{} on {}: {} until {} ({})", plan.token.empty() ? "any token" : plan.token, plan.account,
                     verdict::target_text(plan), base::to_text(plan.until), verdict::to_text(plan.state)),
         plan.reason});
  }
  for (const auto& seen : report.incidents) {
    const auto& word = seen.incident.acknowledged;
    if (word && said_in(word->at))
      report.approvals.push_back({word->at, "acknowledged", word->by, about_of(report, seen.incident), word->reason});
  }
  for (const auto& mute : store.mutes(std::nullopt))
    if (said_in(mute.at))
      report.approvals.push_back({mute.at, "muted", mute.by,
                                  fmt::format("{} until {}{}", alert::to_text(mute.match), base::to_text(mute.until),
                                              mute.withdrawn ? " (withdrawn)" : ""),
                                  mute.reason});
  std::stable_sort(report.approvals.begin(), report.approvals.end(),
                   [](const Approval& left, const Approval& right) { return left.at < right.at; });
}

}  // namespace

const Step* ReportPair::at_end() const {
  return steps.empty() || steps.back().answer.empty() ? nullptr : &steps.back();
}

const Step* ReportPair::at_start(const Stretch& span) const {
  return steps.empty() || steps.front().at > span.since || steps.front().answer.empty() ? nullptr : &steps.front();
}

std::optional<base::Duration> evidence_age(const ReportPair& pair, const Stretch& span) {
  return pair.evidence_at ? std::optional(span.until - *pair.evidence_at) : std::nullopt;
}

Report read_report(store::Store& store, const ReportQuery& query) {
  Report report{.query = query, .chain = store.verify_chain()};
  LogReader log = read_log(store, query);
  const auto tokens = store.tokens();
  report.token_names = names_of(store, log.removed_tokens, tokens);
  report.tokens = std::move(log.tokens);
  for (const auto& row : tokens)
    report.tokens[row.token.name] = {std::string(audit::to_text(row.token.kind)), row.token.app};
  for (const auto& facts : store.accounts()) report.account_names[facts.id] = facts.name;
  report.first = std::move(log.first);
  report.last = std::move(log.last);
  report.changes = std::move(log.changes);
  report.approvals = std::move(log.approvals);
  const auto blind_later = read_incidents(store, report);
  read_words(store, report);
  const OpenRuns runs = open_runs(store, query, report.token_names);
  const Troubles troubles(report, blind_later);
  const PairBuilder builder(query, runs, troubles);
  for (auto& [key, pair] : log.pairs) {
    const bool gone = pair.steps.size() == 1 && pair.steps[0].answer.empty();
    if (pair.steps.empty() || gone) continue;
    report.pairs.push_back(builder.build(key.first, key.second, std::move(pair)));
    report.coverage += report.pairs.back().coverage;
  }
  std::stable_sort(report.pairs.begin(), report.pairs.end(),
                   [](const ReportPair& left, const ReportPair& right) { return left.account < right.account; });
  report.hours = store.hours(query.span.since, query.span.until);
  report.limits = limits_of(report);
  return report;
}

}  // namespace view
