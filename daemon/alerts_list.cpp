#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "alerts.h"
#include "base/text.h"
#include "choices.h"
#include "context.h"
#include "time_option.h"

namespace app {
namespace {

struct Options {
  std::string alert, incident, destination, state, since;
  std::uint64_t before = 0;  ///< 0: not given
  int limit = 100;
};

/// Some alerts of the history, the latest first.
struct Page {
  std::vector<store::AlertRow> rows;
  bool more = false;  ///< earlier ones follow
};

alert::AlertId alert_of(const std::string& text) {
  const auto id = alert::AlertId::parse(text);
  if (!id)
    throw CommandError(kExitNotFound,
                       fmt::format("there is no alert \"{}\"; see adsauditd alerts list", base::clean_text(text)));
  return id.value();
}

store::AlertQuery query_of(const Options& options, const settings::Settings& settings, store::Store& store) {
  store::AlertQuery query{.since = instant_if_given(options.since, "--since"),
                          .limit = options.limit + 1};  // one more tells whether there are others
  if (!options.alert.empty()) query.alert = alert_of(options.alert);
  if (!options.incident.empty()) query.incident = require_incident(store, options.incident).id;
  if (!options.destination.empty()) query.destination = destination_named(settings, options.destination).name;
  if (!options.state.empty()) {
    require_choice("--state", "state", options.state, {"pending", "delivered", "dead"});
    query.state = alert::delivery_state_from_text(options.state);
  }
  if (options.before != 0) query.before_sequence = options.before;
  return query;
}

/// Leaves out the deliveries that were not asked for. Requires a query for one row more than the page may have.
Page read_page(store::Store& store, const store::AlertQuery& query) {
  Page page{store.alerts(query)};
  page.more = page.rows.size() == static_cast<std::size_t>(query.limit);
  if (page.more) page.rows.pop_back();
  for (auto& row : page.rows) {
    std::erase_if(row.deliveries, [&](const store::DeliveryRow& each) {
      return (query.destination && each.delivery.destination != *query.destination) ||
             (query.state && each.delivery.state != *query.state);
    });
  }
  return page;
}

void write_row(base::JsonWriter& writer, const store::AlertRow& row) {
  writer.StartObject();
  write_record(writer, row.record);
  std::vector<std::string> incidents;
  for (const auto& id : row.record.incidents) incidents.push_back(id.text());
  member(writer, "incidents", incidents);
  writer.Key("deliveries");
  writer.StartArray();
  for (const auto& delivery : row.deliveries) {
    start_delivery(writer, delivery);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
}

void print_page_as_json(const Page& page) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    writer.Key("alerts");
    writer.StartArray();
    for (const auto& row : page.rows) write_row(writer, row);
    writer.EndArray();
    writer.Key("next_before_sequence");
    if (page.more)
      writer.Uint64(page.rows.back().record.sequence);
    else
      writer.Null();
    writer.EndObject();
  });
}

/// Cells that tell of one destination.
std::vector<std::string> way_of(const store::DeliveryRow& row) {
  const alert::Delivery& delivery = row.delivery;
  return {delivery.destination, std::string(alert::to_text(delivery.state)), std::to_string(delivery.attempts),
          outcome_text(row),
          delivery.state == alert::DeliveryState::kPending ? base::to_text(delivery.next_attempt_at) : "-"};
}

/// A line for each destination; what they have in common stands on the first.
void print_page(const Page& page) {
  if (page.rows.empty()) {
    fmt::print("no alerts\n");
    return;
  }
  Table table(
      {"NUMBER", "AT", "ALERT", "KIND", "TITLE", "DESTINATION", "STATE", "ATTEMPTS", "LAST OUTCOME", "NEXT ATTEMPT"});
  for (const auto& [record, deliveries] : page.rows) {
    std::vector<std::string> cells{std::to_string(record.sequence), base::to_text(record.at), record.id.text(),
                                   kind_text(record), record.title};
    if (deliveries.empty()) {
      cells.emplace_back("nobody");
      table.add(cells);
    }
    for (const auto& delivery : deliveries) {
      for (auto& cell : way_of(delivery)) cells.push_back(std::move(cell));
      table.add(std::move(cells));
      cells.assign(5, "");
    }
  }
  table.print();
  if (page.more) fmt::print("there are more; go on with --before-sequence {}\n", page.rows.back().record.sequence);
}

/// The incidents of an alert, as far as they are still known.
std::vector<verdict::Incident> incidents_of(store::Store& store, const alert::Record& record) {
  std::vector<verdict::Incident> found;
  for (const auto& id : record.incidents) {
    if (auto incident = store.find_incident(id)) found.push_back(std::move(*incident));
  }
  return found;
}

void print_one_as_json(const store::AlertRow& row, store::Store& store) {
  const auto names = token_names(store);
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    write_record(writer, row.record);
    writer.Key("incidents");
    writer.StartArray();
    for (const auto& incident : incidents_of(store, row.record)) write_incident(writer, incident, names);
    writer.EndArray();
    writer.Key("deliveries");
    writer.StartArray();
    for (const auto& delivery : row.deliveries) {
      start_delivery(writer, delivery);
      writer.Key("attempt_log");
      writer.StartArray();
      for (const auto& attempt : store.attempts(delivery.delivery.id)) {
        writer.StartObject();
        member(writer, "at", attempt.at);
        member(writer, "http_status", static_cast<std::uint64_t>(attempt.http_status));
        member(writer, "outcome", std::string_view(attempt.outcome));
        member(writer, "took_ms", attempt.took);
        writer.EndObject();
      }
      writer.EndArray();
      writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();
  });
}

void print_ways(const store::AlertRow& row, store::Store& store) {
  Table ways({"DELIVERY", "DESTINATION", "STATE", "ATTEMPTS", "LAST OUTCOME", "NEXT ATTEMPT"});
  Table attempts({"ATTEMPTED AT", "DESTINATION", "TOOK", "OUTCOME"});
  for (const auto& delivery : row.deliveries) {
    std::vector<std::string> cells{delivery.delivery.id.text()};
    for (auto& cell : way_of(delivery)) cells.push_back(std::move(cell));
    ways.add(std::move(cells));
    for (const auto& attempt : store.attempts(delivery.delivery.id))
      attempts.add(
          {base::to_text(attempt.at), delivery.delivery.destination, base::to_text(attempt.took), attempt.outcome});
  }
  for (const Table* table : {&ways, &attempts}) {
    if (table->empty()) continue;
    fmt::print("\n");
    table->print();
  }
}

void print_one(const store::AlertRow& row, store::Store& store) {
  print_field("alert", row.record.id.text());
  print_field("number", std::to_string(row.record.sequence));
  print_field("at", base::to_text(row.record.at));
  print_field("kind", kind_text(row.record));
  print_field("title", row.record.title);
  print_field("told to", row.deliveries.empty() ? "nobody" : "");
  print_ways(row, store);
  const auto incidents = incidents_of(store, row.record);
  if (incidents.empty()) return;
  fmt::print("\n");
  const auto names = token_names(store);
  Table table(incident_header());
  for (const auto& incident : incidents) table.add(incident_row(incident, names));
  table.print();
}

void print(const Page& page, bool json) {
  if (json)
    print_page_as_json(page);
  else
    print_page(page);
}

void print(const store::AlertRow& row, store::Store& store, bool json) {
  if (json)
    print_one_as_json(row, store);
  else
    print_one(row, store);
}

int list(const Invocation& called, const Options& options) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  const auto query = query_of(options, settings, *store);
  const Page page = read_page(*store, query);
  if (!query.alert)
    print(page, called.json);
  else if (page.rows.empty())
    throw CommandError(kExitNotFound,
                       fmt::format("there is no alert \"{}\"; see adsauditd alerts list", query.alert->text()));
  else
    print(page.rows.front(), *store, called.json);
  return kExitOk;
}

}  // namespace

void add_alerts_list(CLI::App& alerts, Invocation& invocation) {
  CLI::App* verb = alerts.add_subcommand("list", "Show what was told, the latest first, and how it went on its way");
  auto options = std::make_shared<Options>();
  CLI::Option* one = verb->add_option("--alert", options->alert,
                                      "Only this one: each attempt, and all its incidents, also those of a digest");
  verb->add_option("--incident", options->incident, "Only what was told of this incident")->excludes(one);
  verb->add_option("--destination", options->destination, "Only what goes to this destination");
  verb->add_option("--state", options->state, "Only what is pending, delivered or dead somewhere");
  verb->add_option("--since", options->since, "From this time on, UTC");
  verb->add_option("--before-sequence", options->before, "Only alerts before this number")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 62));
  verb->add_option("--limit", options->limit, "Alerts at most")->capture_default_str()->check(CLI::Range(1, 1'000'000));
  verb->footer("Example: adsauditd alerts list --destination ops --state pending --since 2026-11-23");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return list(called, *options); };
  });
}

}  // namespace app
