#include <ostream>

#include "view/report_forms.h"

namespace view {
namespace {

/// Passes on what is written so far, so that a large report is never in memory as text.
class Pieces {
 public:
  explicit Pieces(std::ostream& out) : out_(out), writer(buffer_) {}
  void pass_on() {
    out_.write(buffer_.GetString(), static_cast<std::streamsize>(buffer_.GetSize()));
    buffer_.Clear();
  }

 private:
  std::ostream& out_;
  rapidjson::StringBuffer buffer_;

 public:
  base::JsonWriter writer;
};

void null_member(base::JsonWriter& writer, const char* name) {
  writer.Key(name);
  writer.Null();
}

void optional_member(base::JsonWriter& writer, const char* name, const std::optional<base::Duration>& value) {
  if (value) return member(writer, name, *value);
  null_member(writer, name);
}

template <class Rows, class Write>
void list(Pieces& pieces, const char* name, const Rows& rows, Write write) {
  pieces.writer.Key(name);
  pieces.writer.StartArray();
  for (const auto& row : rows) {
    write(row);
    pieces.pass_on();
  }
  pieces.writer.EndArray();
}

void write_entry(base::JsonWriter& writer, const char* name, const std::optional<store::HistoryRow>& row) {
  if (!row) return null_member(writer, name);
  writer.Key(name);
  writer.StartObject();
  member(writer, "number", row->number);
  member(writer, "at", row->change.at);
  member(writer, "hash", std::string_view(row->hash));
  writer.EndObject();
}

void write_log(base::JsonWriter& writer, const Report& report) {
  writer.Key("log");
  writer.StartObject();
  member(writer, "whole", !report.chain.broken_at);
  member(writer, "entries", report.chain.rows);
  member(writer, "pruned", report.chain.pruned);
  member(writer, "broken_at", report.chain.broken_at);
  member(writer, "complete_since", report.query.complete_since);
  write_entry(writer, "first", report.first);
  write_entry(writer, "last", report.last);
  writer.EndObject();
}

void write_coverage_members(base::JsonWriter& writer, const Coverage& coverage) {
  member(writer, "well_ms", coverage.well);
  member(writer, "in_incident_ms", coverage.in_incident);
  member(writer, "blind_ms", coverage.blind);
  member(writer, "unknown_ms", coverage.unknown);
}

/// Null for no answer.
void write_answer(base::JsonWriter& writer, const char* name, const Step* step) {
  if (step == nullptr) return null_member(writer, name);
  writer.Key(name);
  writer.StartObject();
  const auto answer = verdict::answer_from_text(step->answer);
  const auto* granted = answer ? std::get_if<xads::Granted>(&*answer) : nullptr;
  member(writer, "granted", granted != nullptr);
  member_or_null(writer, "user_id", granted != nullptr ? granted->user_id : "");
  member(writer, "permissions", granted != nullptr ? granted->permissions.texts() : std::vector<std::string>{});
  member(writer, "answer", std::string_view(step->answer));
  member(writer, "since", step->at);
  member(writer, "number", step->number);
  writer.EndObject();
}

void write_pair(base::JsonWriter& writer, const Report& report, const ReportPair& pair) {
  const auto token = report.tokens.find(pair.token);
  const auto account = report.account_names.find(pair.account);
  writer.StartObject();
  member(writer, "account", std::string_view(pair.account));
  member_or_null(writer, "account_name", account == report.account_names.end() ? "" : account->second);
  member(writer, "token", std::string_view(pair.token));
  member_or_null(writer, "token_kind", token == report.tokens.end() ? "" : token->second.kind);
  member_or_null(writer, "app", token == report.tokens.end() ? "" : token->second.app);
  write_answer(writer, "at_start", pair.at_start(report.query.span));
  write_answer(writer, "at_end", pair.at_end());
  member(writer, "evidence_at", pair.evidence_at);
  optional_member(writer, "evidence_age_ms", evidence_age(pair, report.query.span));
  member_or_null(writer, "approved", pair.approval);
  write_coverage_members(writer, pair.coverage);
  writer.EndObject();
}

void write_seen(base::JsonWriter& writer, const Report& report, const ReportIncident& seen) {
  writer.StartObject();
  writer.Key("incident");
  write_incident(writer, seen.incident, report.token_names);
  member(writer, "open_at_start", seen.open_at_start);
  member(writer, "open_at_end", seen.open_at_end);
  member(writer, "in_span_ms", seen.in_span);
  optional_member(writer, "noticed_within_ms", seen.noticed_within);
  writer.EndObject();
}

void write_word(base::JsonWriter& writer, const Approval& word) {
  writer.StartObject();
  member(writer, "at", word.at);
  member(writer, "what", std::string_view(word.kind));
  member_or_null(writer, "by", word.by);
  member(writer, "about", std::string_view(word.about));
  member_or_null(writer, "reason", word.text);
  writer.EndObject();
}

void write_hour(base::JsonWriter& writer, const store::HourRow& hour) {
  writer.StartObject();
  member(writer, "hour", hour.hour);
  member(writer, "least_left", hour.least_left_permille / 1000.0);
  member(writer, "lateness_p99_ms", hour.lateness_p99);
  member(writer, "audits", hour.audits);
  member(writer, "samples", hour.samples);
  writer.EndObject();
}

void write_head(base::JsonWriter& writer, const Report& report) {
  const auto& query = report.query;
  member(writer, "since", query.span.since);
  member(writer, "until", query.span.until);
  member(writer, "made_at", query.now);
  member(writer, "version", std::string_view(query.version));
  member(writer, "database", std::string_view(query.database));
  member_or_null(writer, "token", query.token);
  member_or_null(writer, "account", query.account);
  member(writer, "detection_bound_ms", query.bound);
  write_log(writer, report);
  writer.Key("totals");
  writer.StartObject();
  member(writer, "pairs", static_cast<std::uint64_t>(report.pairs.size()));
  write_coverage_members(writer, report.coverage);
  writer.EndObject();
}

}  // namespace

void write_json(std::ostream& out, const Report& report) {
  Pieces pieces(out);
  auto& writer = pieces.writer;
  writer.StartObject();
  write_head(writer, report);
  list(pieces, "access", report.pairs, [&](const ReportPair& pair) { write_pair(writer, report, pair); });
  list(pieces, "changes", report.changes, [&](const store::HistoryRow& row) { write_change(writer, row); });
  list(pieces, "incidents", report.incidents, [&](const ReportIncident& seen) { write_seen(writer, report, seen); });
  list(pieces, "approvals", report.approvals, [&](const Approval& word) { write_word(writer, word); });
  list(pieces, "hours", report.hours, [&](const store::HourRow& hour) { write_hour(writer, hour); });
  member(writer, "limits", report.limits);
  writer.EndObject();
  pieces.pass_on();
  out << '\n';
}

}  // namespace view
