#include "service/announcer.h"

#include <utility>

#include "service/subject.h"

namespace service {
namespace {

/// The open incidents as the notifier sees them.
class Source final : public alert::IncidentSource {
 public:
  Source(const verdict::OpenIncidents& open, const Roster& roster) : open_(open), roster_(roster) {}
  const verdict::Incident* find(const verdict::IncidentKey& key) const override {
    const auto found = open_.find(key);
    return found == open_.end() ? nullptr : &found->second;
  }
  alert::Subject subject_of(const verdict::Incident& incident) const override {
    return service::subject_of(incident, roster_);
  }

 private:
  const verdict::OpenIncidents& open_;
  const Roster& roster_;
};

template <class T>
void append(std::vector<T>& to, std::vector<T> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

void Announcer::announce(const verdict::IncidentStep& step, const Roster& roster, base::Moment now,
                         store::Batch& batch) {
  batch.incidents.push_back(step.incident);
  // An incident of the app tells of those that it explains; that they are over is told all the same.
  const bool over = step.step == verdict::Step::kResolved;
  if (step.step == verdict::Step::kRecorded || (step.incident.part_of && !over)) return;
  alert::Alert alert;
  alert.state = over ? alert::State::kResolved : alert::State::kOpened;
  alert.incident = step.incident;
  alert.subject = subject_of(step.incident, roster);
  notifier_.take(alert, now);
  collect(batch);
}

bool Announcer::test(const alert::TestRequest& request, base::Moment now, store::Batch& batch) {
  const bool known = notifier_.test(request, now);
  collect(batch);
  return known;
}

void Announcer::tick(const verdict::OpenIncidents& open, const Roster& roster, base::Moment now, store::Batch& batch) {
  notifier_.tick(Source(open, roster), now);
  collect(batch);
}

std::vector<alert::Alert> Announcer::standing(const std::string& destination, const verdict::OpenIncidents& open,
                                              const Roster& roster, base::Moment now) const {
  return notifier_.standing(destination, Source(open, roster), now);
}

void Announcer::collect(store::Batch& batch) {
  alert::Outgoing outgoing = notifier_.take_outgoing();
  append(batch.alerts, std::move(outgoing.alerts));
  append(batch.bodies, std::move(outgoing.bodies));
  append(batch.deliveries, std::move(outgoing.deliveries));
  append(batch.tellings, std::move(outgoing.tellings));
  if (outgoing.last_sequence > 0) batch.last_sequence = outgoing.last_sequence;
  if (outgoing.mutes_listed_at) batch.mutes_listed_at = outgoing.mutes_listed_at;
}

}  // namespace service
