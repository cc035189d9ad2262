#include "view/twins.h"

#include <limits>

namespace view {
namespace {

/// One more than is wanted tells whether there are others.
int with_one_more(int limit) { return limit < std::numeric_limits<int>::max() ? limit + 1 : limit; }

/// Takes the one off again; true when it was there.
template <class Row>
bool cut_to(std::vector<Row>& rows, int limit) {
  if (rows.size() <= static_cast<std::size_t>(limit)) return false;
  rows.pop_back();
  return true;
}

void null_member(base::JsonWriter& writer, const char* name) {
  writer.Key(name);
  writer.Null();
}

void write_pair(base::JsonWriter& writer, const store::PairRow& pair) {
  const auto& baseline = pair.state.baseline;
  const auto& run = baseline.run;
  writer.StartObject();
  member(writer, "token", std::string_view(pair.token.name));
  member(writer, "account", std::string_view(pair.account.id));
  member_or_null(writer, "account_name", pair.account.name);
  member_or_null(writer, "answer", run ? verdict::to_text(run->answer) : "");
  member(writer, "since", run ? std::optional(run->since) : std::nullopt);
  member(writer, "last_seen", run ? std::optional(run->last_seen) : std::nullopt);
  member(writer, "last_good_at", baseline.last_good_at);
  member(writer, "suspicion", baseline.suspicion.has_value());
  writer.EndObject();
}

/// Two members.
void write_page(base::JsonWriter& writer, const PairPage& page) {
  writer.Key("pairs");
  writer.StartArray();
  for (const auto& pair : page.rows) write_pair(writer, pair);
  writer.EndArray();
  if (!page.next) return null_member(writer, "next");
  writer.Key("next");
  writer.StartObject();
  member(writer, "after_token", std::string_view(page.next->token));
  member(writer, "after_account", std::string_view(page.next->account));
  writer.EndObject();
}

void write_list(base::JsonWriter& writer, const char* name, const std::vector<verdict::Incident>& incidents,
                const TokenNames& names) {
  writer.Key(name);
  writer.StartArray();
  for (const auto& incident : incidents) write_incident(writer, incident, names);
  writer.EndArray();
}

void write_told(base::JsonWriter& writer, const store::AlertRow& alert) {
  writer.StartObject();
  member(writer, "id", std::string_view(alert.record.id.text()));
  member(writer, "at", alert.record.at);
  member(writer, "kind", std::string_view(alert.record.kind));
  member(writer, "title", std::string_view(alert.record.title));
  writer.Key("deliveries");
  writer.StartArray();
  for (const auto& row : alert.deliveries) {
    writer.StartObject();
    member(writer, "id", std::string_view(row.delivery.id.text()));
    member(writer, "destination", std::string_view(row.delivery.destination));
    member(writer, "state", alert::to_text(row.delivery.state));
    member(writer, "attempts", static_cast<std::uint64_t>(row.delivery.attempts));
    member_or_null(writer, "outcome", row.outcome);
    member(writer, "last_attempt_at", row.last_attempt_at);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
}

}  // namespace

TokenNames names_of(store::Store& store, const std::vector<verdict::Incident>& incidents) {
  TokenNames names;
  for (const auto& incident : incidents) {
    const auto& token = incident.finding.key.token;
    if (token.null() || names.contains(token)) continue;
    if (auto found = store.find_token(token)) names.emplace(token, std::move(found->name));
  }
  return names;
}

Status read_status(store::Store& store, const store::PairQuery& pairs, int most_incidents) {
  Status status{.tokens = store.totals().tokens, .pairs = read_pairs(store, pairs)};
  auto list = read_incidents(store, {.open_only = true, .limit = most_incidents});
  status.incidents = std::move(list.incidents);
  status.more_incidents = list.more;
  status.names = std::move(list.names);
  status.deliveries = store.delivery_counts();
  status.undelivered = store.undelivered();
  for (auto& gauge : store.gauges()) status.gauges.insert(std::move(gauge));
  return status;
}

void write_status(base::JsonWriter& writer, const Status& status) {
  writer.StartObject();
  member(writer, "tokens", status.tokens);
  write_page(writer, status.pairs);
  write_list(writer, "open_incidents", status.incidents, status.names);
  member(writer, "more_incidents", status.more_incidents);
  write_deliveries(writer, status.deliveries, status.undelivered);
  write_gauges(writer, status.gauges);
  writer.EndObject();
}

void write_deliveries(base::JsonWriter& writer, const store::DeliveryCounts& counts,
                      const std::map<std::string, store::DeliveryCounts>& undelivered) {
  writer.Key("deliveries");
  writer.StartObject();
  member(writer, "pending", counts.pending);
  member(writer, "delivered", counts.delivered);
  member(writer, "dead", counts.dead);
  writer.Key("destinations");
  writer.StartObject();
  for (const auto& [destination, of_it] : undelivered) {
    writer.Key(destination.c_str());
    writer.StartObject();
    member(writer, "pending", of_it.pending);
    member(writer, "dead", of_it.dead);
    writer.EndObject();
  }
  writer.EndObject();
  writer.EndObject();
}

void write_gauges(base::JsonWriter& writer, const std::map<std::string, std::int64_t>& gauges) {
  writer.Key("daemon");
  writer.StartObject();
  for (const auto& [name, value] : gauges) {
    writer.Key(name.c_str());
    writer.Int64(value);
  }
  writer.EndObject();
}

void write_pairs(base::JsonWriter& writer, const PairPage& page) {
  writer.StartObject();
  write_page(writer, page);
  writer.EndObject();
}

IncidentList read_incidents(store::Store& store, store::IncidentQuery query) {
  const int limit = query.limit;
  query.limit = with_one_more(limit);
  IncidentList list{store.incidents(query), false, {}};
  list.more = cut_to(list.incidents, limit);
  list.names = names_of(store, list.incidents);
  return list;
}

void write_incidents(base::JsonWriter& writer, const IncidentList& list) {
  writer.StartObject();
  write_list(writer, "incidents", list.incidents, list.names);
  member(writer, "more", list.more);
  writer.EndObject();
}

void write_details(base::JsonWriter& writer, const IncidentDetails& details) {
  const auto& [alert, wording] = details.incident;
  const auto& incident = alert.incident;
  TokenNames names;
  if (const auto& token = alert.subject.token) names.emplace(token->id, token->name);
  writer.StartObject();
  writer.Key("incident");
  write_incident(writer, incident, names);
  member(writer, "title", std::string_view(wording.title));
  member_or_null(writer, "stops", wording.stops);
  member_or_null(writer, "since", wording.since);
  member_or_null(writer, "sure", wording.sure);
  member_or_null(writer, "repair", incident.resolved_at ? "" : wording.repair);
  writer.Key("alerts");
  writer.StartArray();
  for (const auto& told : details.alerts) write_told(writer, told);
  writer.EndArray();
  writer.EndObject();
}

HistoryPage read_history(store::Store& store, store::HistoryQuery query) {
  const int limit = query.limit;
  query.limit = with_one_more(limit);
  HistoryPage page{store.history(query), false, query.latest_first};
  page.more = cut_to(page.rows, limit);
  return page;
}

void write_history(base::JsonWriter& writer, const HistoryPage& page) {
  const auto write_next = [&](const char* name, bool there) {
    if (!there) return null_member(writer, name);
    member(writer, name, page.rows.back().number);
  };
  writer.StartObject();
  writer.Key("changes");
  writer.StartArray();
  for (const auto& row : page.rows) write_change(writer, row);
  writer.EndArray();
  write_next("next_after", page.more && !page.latest_first);
  write_next("next_before", page.more && page.latest_first);
  writer.EndObject();
}

}  // namespace view
