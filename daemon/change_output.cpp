#include "change_output.h"

#include <fmt/format.h>

#include "output.h"

namespace app {

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

std::string short_hash(const store::HistoryRow& row) { return row.hash.substr(0, 12); }

std::string evidence_text(const xads::Evidence& evidence) {
  if (evidence.http_status == 0) return "";
  return evidence.code.empty() ? fmt::format("HTTP {}", evidence.http_status)
                               : fmt::format("HTTP {}, code {}", evidence.http_status, evidence.code);
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

}  // namespace app
