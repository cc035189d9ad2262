// Whether what is told fits what became of the incidents: one message for each step and destination, no more, no less.

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "simulation/oracle.h"
#include "verdict/open_incidents.h"

namespace simulation {
namespace {

std::string member(const rapidjson::Value* object, const char* name) {
  return object == nullptr ? std::string() : std::string(base::text_of(base::find_member(*object, name)));
}

std::string name_of(const verdict::Finding& finding) {
  return std::string(verdict::to_text(finding.key.cause)) + " " + finding.key.topic;
}

/// What people have to hear when it changes.
bool same_words(const verdict::Finding& left, const verdict::Finding& right) {
  return left.before == right.before && left.after == right.after && left.details == right.details;
}

/// What can be true or not.
bool same_claim(const verdict::Finding& left, const verdict::Finding& right) {
  return same_words(left, right) && left.affected == right.affected && left.examples == right.examples;
}

}  // namespace

void Oracle::committed(const store::Batch& batch, base::Instant now) {
  for (const verdict::Change& change : batch.changes) check_change(change, now);
  if (batch.incidents.empty() && batch.deliveries.empty() && batch.bodies.empty()) return;
  check_deliveries(batch, now);
  note_explained(now);  // by what may end in this batch
  Alerts alerts = read_alerts(batch, now);
  for (const verdict::Incident& incident : batch.incidents) check_incident(incident, alerts, now);
  for (const auto& [incident, states] : alerts) {
    for (const auto& state : states)
      violate(Rule::kDelivery, now, kNone, fmt::format("{} was told of {}, and no row says so", state, incident));
  }
  check_sight_restored(now);
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

/// One more of the token or the account is open, or one less.
void Oracle::count_open(const verdict::IncidentKey& key, int more) {
  if (const auto token = find(key.token)) open_of_token_[*token] += more;
  if (const auto account = world_.find_account(key.account)) open_on_account_[*account] += more;
}

void Oracle::check_incident(const verdict::Incident& incident, Alerts& alerts, base::Instant now) {
  const verdict::Finding& finding = incident.finding;
  const PairNumber witness = witness_of(finding);
  auto known = open_.find(finding.key);
  if (known != open_.end() && known->second.incident.id != incident.id) {
    violate(Rule::kDelivery, now, witness, name_of(finding) + " is opened twice");
    count_open(finding.key, -1);
    open_.erase(known);
    known = open_.end();
  }
  const bool is_new = known == open_.end();
  if (is_new && incident.resolved_at)
    return violate(Rule::kDelivery, now, witness, name_of(finding) + " ends and never began");
  if (is_new) known = open_.emplace(finding.key, OpenIncident{incident, now, now, {}, {}}).first;
  if (is_new) count_open(finding.key, 1);
  OpenIncident& open = known->second;
  const bool news = is_new || !same_claim(open.incident.finding, finding);
  open.incident = incident;
  open.updated = now;
  if (incident.resolved_at) return check_end(known, alerts, now);

  open.named = named_by(finding);
  const bool quiet = incident.part_of.has_value();
  const bool told = take_alert(alerts, incident, open.told ? "updated" : "opened");
  if (news && !has_cause(open, now) && !(quiet && !told))
    violate(Rule::kFalseFinding, now, witness, name_of(finding) + " without a cause");
  if (!told && !quiet && !open.told)
    violate(Rule::kDelivery, now, witness, name_of(finding) + " is opened, and nobody is told");
  const bool often = incident.flips.size() >= verdict::OpenIncidents::kFlips;  // it flaps: nobody wants to hear it all
  if (!told && !quiet && open.told && !often && !same_words(*open.told, finding))
    violate(Rule::kDelivery, now, witness, name_of(finding) + " is another one, and nobody is told");
  if (told && !open.told) note_detection(incident, now);
  if (told) open.told = finding;
}

void Oracle::check_end(Open::iterator known, Alerts& alerts, base::Instant now) {
  const OpenIncident& open = known->second;
  const verdict::Finding& finding = open.incident.finding;
  const PairNumber witness = witness_of(finding);
  if (!recovered(open, now)) {
    const auto pairs = concerned(finding);
    violate(Rule::kFalseResolution, now, pairs.empty() ? witness : pairs.front(),
            name_of(finding) + " was resolved and lasts");
  }
  // Whether they see is known when the whole batch is read: they may be blind for another reason now.
  sighted_.insert(sighted_.end(), open.named.begin(), open.named.end());
  const bool told = take_alert(alerts, open.incident, "resolved");
  if (told != open.told.has_value())
    violate(Rule::kDelivery, now, witness,
            name_of(finding) + (told ? " ends, and nobody knew of it" : " ends, and nobody is told"));
  count_open(finding.key, -1);
  open_.erase(known);
}

void Oracle::note_detection(const verdict::Incident& incident, base::Instant now) {
  std::optional<base::Instant> since;
  for (const PairNumber pair : concerned(incident.finding)) {
    const Heard& heard = heard_[pair];
    // Not what was told before under another name, nor the time of which an alert said that nothing is known.
    if (!heard.expected_since || !fits(incident.finding, pair, world_.truth(pair))) continue;
    const base::Instant from = std::max({*heard.expected_since, expected_from(pair), heard.covered});
    since = since ? std::min(*since, from) : from;
  }
  if (since) detections_.push_back({incident.finding.key.cause, now - *since});
}

}  // namespace simulation
