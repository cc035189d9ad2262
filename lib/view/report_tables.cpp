#include "view/report_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace view {
namespace {

using Row = std::vector<std::string>;
using Take = std::function<void(const Row&)>;

struct Named {
  ReportTable table;
  std::string_view name, title, nothing;
};
constexpr std::array kTables{
    Named{ReportTable::kAccess, "access", "Who has which access", "No token is known to have had an answer."},
    Named{ReportTable::kChanges, "changes", "What changed", "Nothing changed."},
    Named{ReportTable::kIncidents, "incidents", "Incidents", "No incident was open."},
    Named{ReportTable::kCoverage, "coverage", "Time well, in incidents, blind and unknown", "No pair was watched."},
    Named{ReportTable::kApprovals, "approvals", "What operators approved", "No operator said a word."},
    Named{ReportTable::kTokens, "tokens", "Tokens added, replaced and removed", "No token came or went."},
    Named{ReportTable::kViolated, "violated", "Expectations that were broken at the end", "All expectations held."},
    Named{ReportTable::kUse, "use", "Use of the rate limits, by day", "No daemon wrote how it fared."}};

const Named& named(ReportTable table) { return kTables[static_cast<std::size_t>(table)]; }

std::string duration_text(base::Duration duration, Style style) {
  if (style == Style::kPeople) return base::to_rough_text(duration);
  return std::to_string(std::chrono::floor<std::chrono::seconds>(duration).count());
}

std::string optional_text(const std::optional<base::Duration>& duration, Style style) {
  return duration ? duration_text(*duration, style) : style == Style::kPeople ? "not known" : "";
}

std::string time_text(base::Instant at, Style style) {
  const auto text = base::to_text(at);
  return style == Style::kPrograms ? text : text.substr(0, 10) + " " + text.substr(11, 8);
}

std::string user_of(const std::string& answer) {
  const auto read = verdict::answer_from_text(answer);
  const auto* granted = read ? std::get_if<xads::Granted>(&*read) : nullptr;
  return granted != nullptr ? granted->user_id : "";
}

std::string start_text(const ReportPair& pair, const Report& report, Style style) {
  const Step* start = pair.at_start(report.query.span);
  if (start == nullptr) return style == Style::kPeople ? "not known yet" : "";
  const bool same = style == Style::kPeople && pair.steps.size() == 1;
  return same ? "the same" : permissions_text(start->answer);
}

void access_rows(const Report& report, Style style, const Take& take) {
  for (const auto& pair : report.pairs) {
    const Step* end = pair.at_end();
    const auto name = report.account_names.find(pair.account);
    const auto token = report.tokens.find(pair.token);
    take({pair.account, name == report.account_names.end() ? "" : name->second, pair.token,
          token == report.tokens.end() ? "" : token->second.kind, end == nullptr ? "" : user_of(end->answer),
          end == nullptr ? "token removed" : permissions_text(end->answer), start_text(pair, report, style),
          time_text(pair.steps.back().at, style), std::to_string(pair.steps.back().number),
          pair.evidence_at ? time_text(*pair.evidence_at, style) : "",
          end == nullptr ? "" : optional_text(evidence_age(pair, report.query.span), style), pair.approval});
  }
}

Row change_row(const store::HistoryRow& row, Style style) {
  const auto& change = row.change;
  const auto hash = style == Style::kPeople ? row.hash.substr(0, 12) : row.hash;
  return {std::to_string(row.number),
          time_text(change.at, style),
          change.kind,
          change.token,
          change.account,
          change.before,
          change.after,
          change.grounds.rule,
          approval_of(change),
          hash};
}

bool is_of_token(const verdict::Change& change) { return change.kind.starts_with("token_"); }

std::string acknowledged_text(const verdict::Incident& incident, Style style) {
  const auto& word = incident.acknowledged;
  return word ? fmt::format("{} at {}{}", word->by, time_text(word->at, style),
                            word->reason.empty() ? "" : ": " + word->reason)
              : "";
}

void incident_rows(const Report& report, Style style, const Take& take) {
  for (const auto& seen : report.incidents) {
    const auto& incident = seen.incident;
    const auto& finding = incident.finding;
    take({incident.id.text(), std::string(verdict::to_text(finding.key.cause)),
          std::string(verdict::to_text(verdict::severity_of(finding))), name_of(finding.key.token, report.token_names),
          finding.key.account, base::join(finding.before, ", "), base::join(finding.after, ", "),
          time_text(incident.opened_at, style), acknowledged_text(incident, style),
          incident.resolved_at      ? time_text(*incident.resolved_at, style)
          : style == Style::kPeople ? "still open"
                                    : "",
          duration_text(seen.in_span, style), seen.noticed_within ? duration_text(*seen.noticed_within, style) : ""});
  }
}

std::string part_text(base::Duration part, const Coverage& coverage, Style style) {
  if (style == Style::kPrograms) return duration_text(part, style);
  return part.count() == 0 ? "-"
                           : fmt::format("{} ({})", share_text(part, coverage.total()), base::to_rough_text(part));
}

void coverage_rows(const Report& report, Style style, const Take& take) {
  for (const auto& pair : report.pairs) {
    const auto& spent = pair.coverage;
    take({pair.account, pair.token, part_text(spent.well, spent, style), part_text(spent.in_incident, spent, style),
          part_text(spent.blind, spent, style), part_text(spent.unknown, spent, style)});
  }
}

void violated_rows(const Report& report, Style style, const Take& take) {
  for (const auto& seen : report.incidents) {
    const auto& finding = seen.incident.finding;
    const auto cause = finding.key.cause;
    const bool broken = cause == verdict::Cause::kPolicyViolated || cause == verdict::Cause::kRedundancyLost ||
                        cause == verdict::Cause::kChangeOverdue;
    if (!broken || !seen.open_at_end) continue;
    take({seen.incident.id.text(), std::string(verdict::to_text(cause)), name_of(finding.key.token, report.token_names),
          finding.key.account, time_text(seen.incident.opened_at, style), base::join(finding.details, "; ")});
  }
}

Row day_row(const ReportDay& day, Style style) {
  return {base::to_text(day.day).substr(0, 10), fmt::format("{:.1f}", day.used_percent),
          style == Style::kPeople ? base::to_text(day.lateness) : std::to_string(day.lateness.count()),
          std::to_string(day.audits), std::to_string(day.hours)};
}

void rows_of(ReportTable table, const Report& report, Style style, const Take& take) {
  switch (table) {
    case ReportTable::kAccess:
      return access_rows(report, style, take);
    case ReportTable::kChanges:
      for (const auto& row : report.changes) take(change_row(row, style));
      return;
    case ReportTable::kIncidents:
      return incident_rows(report, style, take);
    case ReportTable::kCoverage:
      return coverage_rows(report, style, take);
    case ReportTable::kApprovals:
      for (const auto& word : report.approvals)
        take({time_text(word.at, style), word.kind, word.by, word.about, word.text});
      return;
    case ReportTable::kTokens:
      for (const auto& row : report.changes)
        if (is_of_token(row.change))
          take({time_text(row.change.at, style), row.change.kind, row.change.token, row.change.before, row.change.after,
                std::to_string(row.number)});
      return;
    case ReportTable::kViolated:
      return violated_rows(report, style, take);
    case ReportTable::kUse:
      for (const auto& day : days_of(report)) take(day_row(day, style));
      return;
  }
}

}  // namespace

const std::vector<ReportTable>& all_report_tables() {
  static const std::vector<ReportTable> all = [] {
    std::vector<ReportTable> tables;
    for (const auto& one : kTables) tables.push_back(one.table);
    return tables;
  }();
  return all;
}

std::string_view to_text(ReportTable table) { return named(table).name; }
std::string_view title_of(ReportTable table) { return named(table).title; }
std::string_view nothing_of(ReportTable table) { return named(table).nothing; }

std::optional<ReportTable> report_table_from_text(std::string_view text) {
  for (const auto& one : kTables)
    if (one.name == text) return one.table;
  return std::nullopt;
}

std::vector<std::string> columns_of(ReportTable table, Style style) {
  const bool people = style == Style::kPeople;
  switch (table) {
    case ReportTable::kAccess:
      return {"account",
              "account name",
              "token",
              "kind",
              "user",
              "permissions at the end",
              "permissions at the start",
              "since",
              "log entry",
              "last heard",
              people ? "evidence age" : "evidence age seconds",
              "approved"};
    case ReportTable::kChanges:
      return {"number", "at", "kind", "token", "account", "before", "after", "rule", "approved", "hash"};
    case ReportTable::kIncidents:
      return {"incident",
              "cause",
              "severity",
              "token",
              "account",
              "before",
              "after",
              "opened",
              "acknowledged",
              "resolved",
              people ? "open in the span" : "open in the span seconds",
              people ? "noticed within" : "noticed within seconds"};
    case ReportTable::kCoverage:
      if (people) return {"account", "token", "well", "in incident", "blind", "unknown"};
      return {"account", "token", "well seconds", "in incident seconds", "blind seconds", "unknown seconds"};
    case ReportTable::kApprovals:
      return {"at", "what", "by", "about", "reason"};
    case ReportTable::kTokens:
      return {"at", "what", "token", "before", "after", "log entry"};
    case ReportTable::kViolated:
      return {"incident", "cause", "token", "account", "since", "what is broken"};
    case ReportTable::kUse:
      return {"day", "most used percent", people ? "latest question" : "latest question ms", "audits", "hours told of"};
  }
  return {};
}

void each_row(ReportTable table, const Report& report, Style style, const Take& take) {
  rows_of(table, report, style, [&](const Row& row) {
    Row clean;
    clean.reserve(row.size());
    for (const auto& cell : row) clean.push_back(base::clean_text(cell));
    take(clean);
  });
}

std::string permissions_text(const std::string& answer) {
  const auto read = verdict::answer_from_text(answer);
  if (!read) return answer;
  if (const auto* granted = std::get_if<xads::Granted>(&*read)) return granted->permissions.text();
  return fmt::format("refused: {}", xads::to_text(std::get<xads::Denied>(*read).denial));
}

std::vector<ReportDay> days_of(const Report& report) {
  std::vector<ReportDay> days;
  for (const auto& hour : report.hours) {
    const auto day = std::chrono::time_point_cast<base::Duration>(std::chrono::floor<std::chrono::days>(hour.hour));
    if (days.empty() || days.back().day != day) days.push_back({.day = day});
    auto& last = days.back();
    last.used_percent = std::max(last.used_percent, 100.0 - hour.least_left_permille / 10.0);
    last.lateness = std::max(last.lateness, hour.lateness_p99);
    last.audits += hour.audits;
    ++last.hours;
  }
  return days;
}

std::string share_text(base::Duration part, base::Duration whole) {
  if (whole.count() <= 0) return "0.00%";
  const auto share = static_cast<long long>(static_cast<long double>(part.count()) * 10'000 / whole.count());
  if (share == 0 && part.count() > 0) return "<0.01%";
  return fmt::format("{}.{:02}%", share / 100, share % 100);
}

std::vector<std::string> coverage_texts(const Coverage& coverage) {
  std::vector<std::string> texts;
  for (const auto& [name, part] : {std::pair{"well", coverage.well}, std::pair{"in incident", coverage.in_incident},
                                   std::pair{"blind", coverage.blind}, std::pair{"unknown", coverage.unknown}})
    texts.push_back(fmt::format("{} {} ({})", name, share_text(part, coverage.total()), base::to_rough_text(part)));
  return texts;
}

std::vector<std::pair<std::string, std::string>> facts_of(const Report& report) {
  const auto& query = report.query;
  const auto entry = [](const std::optional<store::HistoryRow>& row) {
    return row ? fmt::format("number {}, hash {}", row->number, row->hash) : std::string("none");
  };
  std::vector<std::pair<std::string, std::string>> facts{
      {"Span", fmt::format("{} to {} (UTC, end not included)", base::to_text(query.span.since),
                           base::to_text(query.span.until))},
      {"About", query.token.empty() && query.account.empty()
                    ? "all tokens and ad accounts"
                    : fmt::format("{}{}{}", query.token.empty() ? "" : "token " + query.token,
                                  query.token.empty() || query.account.empty() ? "" : " on ",
                                  query.account.empty() ? "" : "ad account " + query.account)},
      {"Made", fmt::format("{} by adsauditd {}", base::to_text(query.now), query.version)},
      {"Database", query.database},
      {"Change log", report.chain.broken_at
                         ? fmt::format("ALTERED at entry {}", *report.chain.broken_at)
                         : fmt::format("whole: {} entries, each chained to the one before{}", report.chain.rows,
                                       report.chain.pruned == 0
                                           ? ""
                                           : fmt::format("; {} older ones were thrown away when their time was over",
                                                         report.chain.pruned))},
      {"First entry of the span", entry(report.first)},
      {"Last entry of the span", entry(report.last)},
      {"Time", base::join(coverage_texts(report.coverage), ", ")}};
  for (auto& [name, text] : facts) text = base::clean_text(text);
  return facts;
}

}  // namespace view
