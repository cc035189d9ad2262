// What becomes of an incident. What is told together is in notifier_groups.cpp, what time brings in
// notifier_timers.cpp.

#include "alert/notifier.h"

#include <algorithm>

#include "alert/form.h"

namespace alert {
namespace {

const Destination* find(const std::vector<Destination>& all, const std::string& name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Destination& destination) { return destination.name == name; });
  return found == all.end() ? nullptr : &*found;
}

/// How long ago a wall-clock time was, by a clock that may have been set since.
base::Duration age_of(base::Instant utc, base::Moment now) { return std::max(now.utc - utc, base::Duration(0)); }

}  // namespace

void Notifier::Wave::add(State state, const std::string& note, const Addressee& addressee) {
  const auto known = std::find_if(messages.begin(), messages.end(),
                                  [&](const Message& one) { return one.state == state && one.note == note; });
  if (known == messages.end())
    messages.push_back({state, note, {addressee}});
  else
    known->to.push_back(addressee);
}

void Notifier::restore(const Telling& telling, const verdict::Incident& incident, base::Moment now) {
  const auto [entry, is_new] = watched_.try_emplace(incident.id);
  Watched& watched = entry->second;
  if (is_new) {
    watched.key = incident.finding.key;
    watched.opened_at = now.steady - age_of(incident.opened_at, now);
    watched.severity = verdict::severity_of(incident.finding);
    watched.acknowledged = incident.acknowledged.has_value();
    if (incident.resolved_at) {
      watched.end.emplace();
      watched.end->state = State::kResolved;
      watched.end->incident = incident;
    }
    watched.due = now.steady;  // its routes are looked up then
    due_.emplace(watched.due, incident.id);
  }
  watched.all.push_back({.row = telling, .told_at = now.steady - age_of(telling.told_at, now)});
}

Notifier::Entry& Notifier::watch(const Alert& alert, base::Moment now) {
  const auto [entry, is_new] = watched_.try_emplace(alert.incident.id);
  Watched& watched = entry->second;
  if (is_new) {
    watched.key = alert.incident.finding.key;
    watched.opened_at = now.steady - age_of(alert.incident.opened_at, now);
  }
  watched.severity = verdict::severity_of(alert.incident.finding);
  watched.acknowledged = alert.incident.acknowledged.has_value();
  return *entry;
}

Notifier::Knowledge& Notifier::knowledge_of(Entry& entry, const std::string& destination) {
  auto& all = entry.second.all;
  const auto known =
      std::find_if(all.begin(), all.end(), [&](const Knowledge& one) { return one.row.destination == destination; });
  if (known != all.end()) return *known;
  Knowledge fresh;
  fresh.row.incident = entry.first;
  fresh.row.destination = destination;
  return all.emplace_back(std::move(fresh));
}

/// Looks up by which routes this incident is told. Whoever was told by another one before keeps what he knows.
void Notifier::route(Entry& entry, const Alert& alert) {
  Watched& watched = entry.second;
  watched.escalations.clear();
  for (Knowledge& knowledge : watched.all) knowledge.route = nullptr;
  for (const Recipient& recipient : recipients(alert, plan_.routes, plan_.destinations)) {
    Knowledge& knowledge = knowledge_of(entry, recipient.destination->name);
    knowledge.row.opened_at = alert.incident.opened_at;
    knowledge.route = recipient.route;
  }
  for (const Route* fitting : fitting_routes(alert, plan_.routes)) {
    for (const Escalation& escalation : fitting->escalate) watched.escalations.push_back(&escalation);
  }
}

void Notifier::take(const Alert& alert, base::Moment now) {
  if (alert.state == State::kResolved) {
    const auto known = watched_.find(alert.incident.id);
    if (known != watched_.end()) end(*known, alert, now);
    return;
  }
  Entry& entry = watch(alert, now);
  route(entry, alert);
  Wave wave;
  for (std::size_t place = 0; place < entry.second.all.size(); ++place) {
    const Knowledge& knowledge = entry.second.all[place];
    const Destination* to = find(plan_.destinations, knowledge.row.destination);
    if (to != nullptr)
      offer(entry, *to, knowledge.row.told ? State::kUpdated : State::kOpened, alert.note, alert, wave, now);
  }
  write(wave, alert, now);
  if (entry.second.all.empty() && entry.second.escalations.empty())
    watched_.erase(entry.first);  // nobody is ever told
  else
    schedule(entry);
}

/// Tells it now, or keeps it until it may be told.
void Notifier::offer(Entry& entry, const Destination& to, State state, const std::string& note, const Alert& alert,
                     Wave& wave, base::Moment now) {
  Knowledge& knowledge = knowledge_of(entry, to.name);
  const auto quiet = state == State::kResolved ? std::nullopt : quiet_.until(alert, now.utc);
  if (quiet) {
    // The wall clock may be set meanwhile, and mutes may be taken back: look again before long.
    constexpr base::Duration kLookAgain = std::chrono::minutes(10);
    knowledge.not_before = now.steady + std::clamp(*quiet - now.utc, base::Duration(0), kLookAgain);
    if (state == State::kReminder || knowledge.held) return;
    knowledge.row.pending = state;
    return composer_.keep(knowledge.row);
  }
  if (const auto group = group_for(to, knowledge.route, alert, now.steady))
    return hold(entry, knowledge, state, group->first, group->second);
  const bool first = state == State::kOpened;
  wave.add(state, note, {&to, first ? Act::kSend : Act::kReply});
  storm_.count(to, now.steady);
  mark_told(knowledge, state, now);
}

void Notifier::mark_told(Knowledge& knowledge, State state, base::Moment now) {
  Telling& row = knowledge.row;
  row.pending.reset();
  row.told = true;
  row.told_at = now.utc;
  row.reminders = state == State::kReminder ? row.reminders + 1 : 0;
  row.over = state == State::kResolved;
  knowledge.held = false;
  knowledge.told_at = now.steady;
  composer_.keep(row);
}

void Notifier::write(const Wave& wave, Alert alert, base::Moment now) {
  for (const Wave::Message& message : wave.messages) {
    alert.state = message.state;
    alert.note = message.note;
    composer_.write(alert, message.to, now.utc);
  }
}

void Notifier::end(Entry& entry, const Alert& alert, base::Moment now) {
  Watched& watched = entry.second;
  Over over{now.steady, alert, {}};
  Wave wave;
  for (std::size_t place = 0; place < watched.all.size(); ++place) {
    Knowledge& knowledge = watched.all[place];
    const Destination* to = find(plan_.destinations, knowledge.row.destination);
    const bool owed = knowledge.row.told || (!knowledge.held && knowledge.row.pending == State::kResolved);
    if (to != nullptr && owed) {
      over.told.push_back(to->name);
      offer(entry, *to, State::kResolved, "", alert, wave, now);
    } else if (to != nullptr && knowledge.held) {
      knowledge.row.pending = State::kResolved;  // in the message that it waits for
      composer_.keep(knowledge.row);
    } else {
      knowledge.row.over = true;
      composer_.keep(knowledge.row);
    }
  }
  write(wave, alert, now);
  if (!over.told.empty()) over_.push_back(std::move(over));
  watched.end = alert;
  drop_what_is_over(entry);
}

/// Forgets who needs to hear nothing more, and the incident with the last of them.
void Notifier::drop_what_is_over(Entry& entry) {
  Watched& watched = entry.second;
  std::erase_if(watched.all, [](const Knowledge& knowledge) { return knowledge.row.over; });
  if (!watched.all.empty() || !watched.end) return schedule(entry);
  due_.erase({watched.due, entry.first});
  watched_.erase(entry.first);
}

void Notifier::acknowledge(const verdict::IncidentId& incident) {
  const auto known = watched_.find(incident);
  if (known == watched_.end()) return;
  known->second.acknowledged = true;
  schedule(*known);
}

std::vector<Alert> Notifier::standing(const std::string& destination, const IncidentSource& source,
                                      base::Moment now) const {
  std::vector<Alert> alerts;
  for (const auto& [id, watched] : watched_) {
    const bool told = std::any_of(watched.all.begin(), watched.all.end(), [&](const Knowledge& one) {
      return one.row.destination == destination && one.row.told;
    });
    if (auto alert = told && !watched.end ? alert_of(watched, source) : std::nullopt)
      alerts.push_back(*std::move(alert));
  }
  for (const Over& over : over_) {
    const bool told = std::find(over.told.begin(), over.told.end(), destination) != over.told.end();
    if (told && now.steady - over.at < kStanding) alerts.push_back(over.alert);
  }
  return alerts;
}

}  // namespace alert
