#pragma once

#include <map>
#include <string>
#include <vector>

#include "alert/notifier.h"
#include "alert/samples.h"
#include "base/text.h"

namespace doctest {
template <>
struct StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& texts) { return base::join(texts, ", ").c_str(); }
};
}  // namespace doctest

namespace alert::samples {

using namespace std::chrono_literals;

inline const base::Instant kMorning = instant("2026-11-23T08:00:00.000Z");

/// The open incidents, as the engine would know them.
class OpenOnes final : public IncidentSource {
 public:
  const verdict::Incident* find(const verdict::IncidentKey& key) const override {
    const auto found = incidents.find(key);
    return found == incidents.end() ? nullptr : &found->second;
  }
  Subject subject_of(const verdict::Incident& incident) const override { return subjects.at(incident.finding.key); }

  std::map<verdict::IncidentKey, verdict::Incident> incidents;
  std::map<verdict::IncidentKey, Subject> subjects;
};

/// A notifier with three destinations: "ops" is Slack, "siem" and "oncall" are webhooks.
class NotifierFixture {
 public:
  NotifierFixture() {
    for (const char* name : {"ops", "siem", "oncall"}) destinations.push_back({.name = name});
    destinations[0].channel = Channel::kSlack;
    start();
  }

  /// Another process takes over from what was kept.
  void restart() {
    const auto kept = tellings;
    start();
    for (const auto& [key, telling] : kept) {
      const auto of = [&](const auto& entry) { return entry.second.id == telling.incident; };
      const auto open = std::find_if(source.incidents.begin(), source.incidents.end(), of);
      notifier->restore(telling, open == source.incidents.end() ? ended.at(telling.incident) : open->second,
                        clock.now());
    }
  }

  /// The settings were read again: another notifier of the same process takes over.
  void take_over() {
    auto waiting = notifier->take_waiting();
    restart();
    notifier->go_on(std::move(waiting));
  }

  /// An incident about a token of its own: "brand-7" of `app` on the account "acc7".
  verdict::IncidentId open(int number, verdict::Cause cause = verdict::Cause::kRoleReduced,
                           const std::string& app = "agency") {
    Alert opened = alert(cause, State::kOpened);
    opened.incident.id = id<verdict::IncidentId>(1000 + number);
    opened.incident.opened_at = opened.incident.updated_at = clock.now().utc;
    opened.incident.finding.key.token = id<audit::TokenId>(number);
    opened.subject.app = app;
    if (opened.subject.token) {
      opened.subject.token->name = "brand-" + std::to_string(number);
      opened.subject.token->app = app;
    }
    opened.subject.account_id = opened.incident.finding.key.account = "acc" + std::to_string(number);
    const auto key = opened.incident.finding.key;
    source.incidents[key] = opened.incident;
    source.subjects[key] = opened.subject;
    keys[opened.incident.id] = key;
    take(std::move(opened));
    return id<verdict::IncidentId>(1000 + number);
  }
  void update(const verdict::IncidentId& id) { take(about(id, State::kUpdated)); }
  void resolve(const verdict::IncidentId& id) {
    Alert over = about(id, State::kResolved);
    over.incident.resolved_at = clock.now().utc;
    ended[id] = over.incident;
    source.incidents.erase(keys.at(id));
    take(std::move(over));
  }
  void acknowledge(const verdict::IncidentId& id) {
    source.incidents.at(keys.at(id)).acknowledged = {"ada", "", clock.now().utc};
    notifier->acknowledge(id);
  }

  /// Time passes; the notifier is told every few seconds.
  void wait(base::Duration span) {
    const base::Instant end = clock.now().steady + span;
    while (clock.now().steady < end) {
      clock.advance(std::min<base::Duration>(5s, end - clock.now().steady));
      notifier->tick(source, clock.now());
      collect();
    }
  }

  /// "ops opened", "siem digest 3": what was written since the last call, destination by destination.
  std::vector<std::string> told() { return std::exchange(told_, {}); }

  std::vector<Destination> destinations;
  std::vector<Route> routes;
  std::vector<MaintenanceWindow> windows;
  base::ManualClock clock{kMorning};
  base::SeededRandom random{11};
  OpenOnes source;
  std::map<verdict::IncidentId, verdict::IncidentKey> keys;
  std::map<verdict::IncidentId, verdict::Incident> ended;
  std::map<std::pair<verdict::IncidentId, std::string>, Telling> tellings;  ///< the rows, as they would be stored
  std::vector<Outgoing> written;
  std::optional<Notifier> notifier;

 private:
  void start() { notifier.emplace(Plan{destinations, routes, windows}, random); }

  Alert about(const verdict::IncidentId& id, State state) {
    Alert alert;
    alert.state = state;
    alert.incident = source.incidents.at(keys.at(id));
    alert.subject = source.subjects.at(keys.at(id));
    return alert;
  }
  void take(Alert alert) {
    notifier->take(alert, clock.now());
    collect();
  }
  void collect() {
    Outgoing outgoing = notifier->take_outgoing();
    for (const Telling& telling : outgoing.tellings) {
      const std::pair key(telling.incident, telling.destination);
      tellings[key] = telling;
      if (telling.over) tellings.erase(key);
    }
    for (const Delivery& delivery : outgoing.deliveries) {
      const auto record = std::find_if(outgoing.alerts.begin(), outgoing.alerts.end(),
                                       [&](const Record& one) { return one.id == delivery.alert; });
      REQUIRE(record != outgoing.alerts.end());
      std::string line = delivery.destination + " " + record->kind;
      if (record->kind == "digest") line += " " + std::to_string(record->incidents.size());
      told_.push_back(line);
      REQUIRE(std::any_of(outgoing.bodies.begin(), outgoing.bodies.end(),
                          [&](const Body& body) { return is_of(body, delivery); }));
    }
    if (!outgoing.alerts.empty()) written.push_back(std::move(outgoing));
  }

  std::vector<std::string> told_;
};
using Told = std::vector<std::string>;

}  // namespace alert::samples
