#pragma once

#include <vector>

#include "alert/notifier.h"
#include "service/roster.h"
#include "store/batch.h"
#include "verdict/open_incidents.h"
#include "verdict/reconcile.h"

namespace service {

/// Brings what became of incidents to the notifier, with whom they are about, and what it wants told into the batch
/// that is committed with the reason. Loop thread only.
class Announcer {
 public:
  /// What `plan` refers to, and `random`, must outlive the announcer.
  Announcer(const alert::Plan& plan, base::Random& random) : notifier_(plan, random) {}

  // What an earlier process left: the sequence first, then each telling with its incident.
  void continue_after(std::uint64_t sequence) { notifier_.continue_after(sequence); }
  void restore(const alert::Telling& telling, const verdict::Incident& incident, base::Moment now) {
    notifier_.restore(telling, incident, now);
  }
  void restore(const alert::Mute& mute, base::Moment now) { notifier_.restore(mute, now); }
  void restore_mutes_listed(base::Instant at) { notifier_.restore_mutes_listed(at); }

  /// See alert::Notifier::Waiting.
  alert::Notifier::Waiting take_waiting() { return notifier_.take_waiting(); }
  void go_on(alert::Notifier::Waiting waiting) { notifier_.go_on(std::move(waiting)); }

  /// Whether the settings have a destination of this name.
  bool knows(const std::string& destination) const { return notifier_.knows(destination); }
  void announce(const verdict::IncidentStep& step, const Roster& roster, base::Moment now, store::Batch& batch);
  void acknowledge(const verdict::IncidentId& incident) { notifier_.acknowledge(incident); }
  void put_mutes(const std::vector<alert::Mute>& mutes, base::Moment now) { notifier_.put_mutes(mutes, now); }
  /// False when there is no such destination, or it takes no such message.
  bool test(const alert::TestRequest& request, base::Moment now, store::Batch& batch);
  void tick(const verdict::OpenIncidents& open, const Roster& roster, base::Moment now, store::Batch& batch);
  /// See alert::Notifier::standing().
  std::vector<alert::Alert> standing(const std::string& destination, const verdict::OpenIncidents& open,
                                     const Roster& roster, base::Moment now) const;

 private:
  void collect(store::Batch& batch);

  alert::Notifier notifier_;
};

}  // namespace service
