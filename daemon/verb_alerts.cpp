#include <CLI/CLI.hpp>

#include "alerts.h"
#include "output.h"

namespace app {

void add_alerts(CLI::App& app, Invocation& invocation) {
  CLI::App* alerts = app.add_subcommand("alerts", "What was told to whom, who would be told, and what did not arrive");
  alerts->require_subcommand(1);
  for (const auto add :
       {add_alerts_list, add_alerts_dead, add_alerts_replay, add_alerts_route, add_alerts_preview, add_alerts_test})
    add(*alerts, invocation);
}

void write_record(base::JsonWriter& writer, const alert::Record& record) {
  member(writer, "alert", std::string_view(record.id.text()));
  member(writer, "number", record.sequence);
  member(writer, "at", record.at);
  member(writer, "kind", std::string_view(record.kind));
  member(writer, "title", std::string_view(record.title));
  member(writer, "test", record.test);
}

std::string kind_text(const alert::Record& record) { return record.kind + (record.test ? " (test)" : ""); }

void start_delivery(base::JsonWriter& writer, const store::DeliveryRow& row) {
  const alert::Delivery& delivery = row.delivery;
  const bool pending = delivery.state == alert::DeliveryState::kPending;
  writer.StartObject();
  member(writer, "delivery", std::string_view(delivery.id.text()));
  member(writer, "destination", std::string_view(delivery.destination));
  member(writer, "type", alert::to_text(delivery.channel));
  member(writer, "state", alert::to_text(delivery.state));
  member(writer, "attempts", static_cast<std::uint64_t>(delivery.attempts));
  member_or_null(writer, "outcome", row.outcome);
  member(writer, "http_status", static_cast<std::uint64_t>(row.http_status));
  member(writer, "last_attempt_at", row.last_attempt_at);
  member(writer, "next_attempt_at", pending ? std::optional(delivery.next_attempt_at) : std::nullopt);
}

std::string outcome_text(const store::DeliveryRow& row) { return row.outcome.empty() ? "-" : row.outcome; }

}  // namespace app
