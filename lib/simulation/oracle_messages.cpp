// Whether what is told fits what became of the incidents: one message for each step and destination, no more, no less.

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "simulation/oracle.h"

namespace simulation {
namespace {

std::string member(const rapidjson::Value* object, const char* name) {
  return object == nullptr ? std::string() : std::string(base::text_of(base::find_member(*object, name)));
}

}  // namespace

void Oracle::committed(const store::Batch& batch, base::Instant now) {
  for (const verdict::Change& change : batch.changes) check_change(change, now);
  if (batch.incidents.empty() && batch.deliveries.empty() && batch.bodies.empty()) return;
  check_deliveries(batch, now);
  Alerts alerts = read_alerts(batch, now);
  for (const verdict::Incident& incident : batch.incidents) check_incident(incident, alerts, now);
  for (const auto& [incident, states] : alerts) {
    for (const auto& state : states)
      violate(Rule::kDelivery, now, kNone, fmt::format("{} was told of {}, and no row says so", state, incident));
  }
}

/// Each alert goes to each destination once, with a body in the words of its channel.
void Oracle::check_deliveries(const store::Batch& batch, base::Instant now) {
  std::map<alert::AlertId, std::vector<std::string>> told;
  for (const alert::Delivery& delivery : batch.deliveries) told[delivery.alert].push_back(delivery.destination);
  auto all = terms_.destinations;
  std::sort(all.begin(), all.end());
  for (auto& [alert, destinations] : told) {
    std::sort(destinations.begin(), destinations.end());
    if (destinations != all)
      violate(Rule::kDelivery, now, kNone,
              fmt::format("an alert went to {}, not to all once", fmt::join(destinations, ",")));
  }
  for (const alert::Body& body : batch.bodies) {
    if (!told.contains(body.alert)) violate(Rule::kDelivery, now, kNone, "an alert goes to nobody");
  }
}

/// As the webhook tells it: which incident, and what became of it.
Oracle::Alerts Oracle::read_alerts(const store::Batch& batch, base::Instant now) {
  Alerts alerts;
  for (const alert::Body& body : batch.bodies) {
    if (body.channel != alert::Channel::kWebhook) continue;
    const auto message = base::parse_json(body.bytes);
    const auto* data = message ? base::find_member(message.value(), "data") : nullptr;
    const auto* incident = data == nullptr ? nullptr : base::find_member(*data, "incident");
    const std::string id = member(incident, "id");
    if (id.empty()) violate(Rule::kDelivery, now, kNone, "a message names no incident");
    if (!id.empty()) alerts[id].push_back(member(data, "state"));
  }
  return alerts;
}

bool Oracle::take_alert(Alerts& alerts, const verdict::Incident& incident, std::string_view state) {
  const auto known = alerts.find(incident.id.text());
  if (known == alerts.end() || known->second.empty() || known->second.front() != state) return false;
  known->second.pop_front();
  return true;
}

void Oracle::check_incident(const verdict::Incident& incident, Alerts& alerts, base::Instant now) {
  const verdict::Finding& finding = incident.finding;
  const PairNumber witness = witness_of(finding);
  const std::string name = std::string(verdict::to_text(finding.key.cause)) + " " + finding.key.topic;
  auto known = open_.find(finding.key);
  if (known != open_.end() && known->second.incident.id != incident.id) {
    violate(Rule::kDelivery, now, witness, name + " is opened twice");
    open_.erase(known);
    known = open_.end();
  }
  const bool is_new = known == open_.end();
  if (is_new && incident.resolved_at) return violate(Rule::kDelivery, now, witness, name + " ends and never began");
  if (is_new) known = open_.emplace(finding.key, OpenIncident{incident, now, now, false}).first;
  const bool news = is_new || known->second.incident.finding.before != finding.before ||
                    known->second.incident.finding.after != finding.after;
  known->second.incident = incident;
  known->second.updated = now;
  OpenIncident& open = known->second;

  if (incident.resolved_at) {
    if (!recovered(open, now)) {
      const auto pairs = concerned(finding);
      violate(Rule::kFalseResolution, now, pairs.empty() ? witness : pairs.front(), name + " was resolved and lasts");
    }
    const bool told = take_alert(alerts, incident, "resolved");
    if (told != open.told)
      violate(Rule::kDelivery, now, witness,
              name + (told ? " ends, and nobody knew of it" : " ends, and nobody is told"));
    open_.erase(known);
    return;
  }
  const bool quiet = incident.part_of.has_value();
  const bool told = take_alert(alerts, incident, open.told ? "updated" : "opened");
  if (news && !has_cause(incident, now) && !(quiet && !told))
    violate(Rule::kFalseFinding, now, witness, name + " without a cause");
  if (is_new && !told && !quiet) violate(Rule::kDelivery, now, witness, name + " is opened, and nobody is told");
  if (told && !open.told) note_detection(incident, now);
  open.told = open.told || told;
}

void Oracle::note_detection(const verdict::Incident& incident, base::Instant now) {
  std::optional<base::Instant> since;
  for (const PairNumber pair : concerned(incident.finding)) {
    if (!fits(incident.finding, pair, world_.truth(pair))) continue;
    const base::Instant from = std::max(world_.true_since(pair), expected_from(pair));
    since = since ? std::min(*since, from) : from;
  }
  if (since) detections_.push_back({incident.finding.key.cause, now - *since});
}

}  // namespace simulation
