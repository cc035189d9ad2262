#include "view/json_rows.h"

namespace view {

std::string name_of(const audit::TokenId& token, const TokenNames& names) {
  if (token.null()) return "";
  const auto known = names.find(token);
  return known == names.end() ? token.text() : known->second;
}

namespace {

void write_acknowledged(base::JsonWriter& writer, const std::optional<verdict::Acknowledged>& acknowledged) {
  writer.Key("acknowledged");
  if (!acknowledged) {
    writer.Null();
    return;
  }
  writer.StartObject();
  member(writer, "by", std::string_view(acknowledged->by));
  member_or_null(writer, "reason", acknowledged->reason);
  member(writer, "at", acknowledged->at);
  writer.EndObject();
}

}  // namespace

void write_incident(base::JsonWriter& writer, const verdict::Incident& incident, const TokenNames& names) {
  const verdict::Finding& finding = incident.finding;
  writer.StartObject();
  member(writer, "id", std::string_view(incident.id.text()));
  member(writer, "cause", verdict::to_text(finding.key.cause));
  member(writer, "severity", verdict::to_text(verdict::severity_of(finding)));
  member_or_null(writer, "token", name_of(finding.key.token, names));
  member_or_null(writer, "account", finding.key.account);
  member(writer, "before", finding.before);
  member(writer, "after", finding.after);
  member(writer, "opened_at", incident.opened_at);
  member(writer, "updated_at", incident.updated_at);
  member(writer, "resolved_at", incident.resolved_at);
  member(writer, "last_good_at", finding.last_good_at);
  member(writer, "http_status", static_cast<std::uint64_t>(finding.evidence.http_status));
  member_or_null(writer, "code", finding.evidence.code);
  member(writer, "confirmations", static_cast<std::uint64_t>(finding.confirmations));
  member_or_null(writer, "topic", finding.key.topic);
  member(writer, "details", finding.details);
  member(writer, "affected", finding.affected);
  member(writer, "examples", finding.examples);
  member_or_null(writer, "rule", finding.grounds.rule);
  member(writer, "witnesses", finding.grounds.witnesses);
  member_or_null(writer, "part_of", incident.part_of ? incident.part_of->text() : "");
  std::vector<std::string> flips;
  for (const auto flip : incident.flips) flips.push_back(base::to_text(flip));
  member(writer, "flips", flips);
  write_acknowledged(writer, incident.acknowledged);
  writer.EndObject();
}

void write_change(base::JsonWriter& writer, const store::HistoryRow& row) {
  const verdict::Change& change = row.change;
  writer.StartObject();
  member(writer, "number", row.number);
  member(writer, "id", std::string_view(change.id.text()));
  member(writer, "at", change.at);
  member(writer, "kind", std::string_view(change.kind));
  member(writer, "token", std::string_view(change.token));
  member_or_null(writer, "account", change.account);
  member_or_null(writer, "before", change.before);
  member_or_null(writer, "after", change.after);
  member(writer, "http_status", static_cast<std::uint64_t>(change.evidence.http_status));
  member_or_null(writer, "code", change.evidence.code);
  member(writer, "confirmations", static_cast<std::uint64_t>(change.confirmations));
  member_or_null(writer, "rule", change.grounds.rule);
  member(writer, "witnesses", change.grounds.witnesses);
  member(writer, "hash", std::string_view(row.hash));
  writer.EndObject();
}

}  // namespace view
