#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "alert/composer.h"
#include "alert/quiet.h"
#include "alert/route.h"
#include "alert/storm.h"
#include "base/clock.h"

namespace alert {

/// Who is told, and when: the operator's word. What it refers to must outlive its readers.
struct Plan {
  const std::vector<Destination>& destinations;
  const std::vector<Route>& routes;
  const std::vector<MaintenanceWindow>& maintenance;
};

/// What the notifier needs to know of incidents when it tells of them later than they changed.
class IncidentSource {
 public:
  virtual ~IncidentSource() = default;
  /// The incident that is open under this key, or null.
  virtual const verdict::Incident* find(const verdict::IncidentKey& key) const = 0;
  virtual Subject subject_of(const verdict::Incident& incident) const = 0;
};

/// Decides whom to tell of what becomes of incidents, and when: routes, groups, storms, reminders, escalations, mutes
/// and maintenance windows. Sends nothing; what it wants told is composed, to be committed with its reason.
///
/// Of each open incident it keeps a Telling for each destination:
///
///   (none) --offer--> told <--update, reminder--+        pending: held by a group or a storm until the digest, or
///      |                |  \--held-----------+  |        kept back by a mute or a window until that is over
///      +--held--> pending <------------------+--+
///                       |
///   told, pending in a group or storm --the incident is over--> its end is told --> (none)
///   pending by a mute, never told     --the incident is over--> (none)
///
/// Waiting is counted on the steady clock; the ends of mutes and windows are wall time.
/// Loop thread only.
class Notifier {
 public:
  /// `random` must outlive the notifier.
  Notifier(const Plan& plan, base::Random& random) : plan_(plan), composer_(random), quiet_(plan.maintenance) {}

  // What an earlier process left. What it still owed is told by the first tick.
  void continue_after(std::uint64_t sequence) { composer_.continue_after(sequence); }
  /// `incident`: that of the telling; resolved, if its end is yet to be told.
  void restore(const Telling& telling, const verdict::Incident& incident, base::Moment now);
  void restore(const Mute& mute, base::Moment now) { quiet_.put(mute, now.utc); }
  void restore_mutes_listed(base::Instant at) { quiet_.note_listed(at); }

  /// What waits to be told in one message.
  struct Held {
    base::Instant due;  ///< steady
    std::vector<verdict::IncidentId> members;
  };
  /// A destination, and what the members have in common; nothing for a storm.
  using Group = std::pair<std::string, std::string>;
  /// Ended lately, with the steady time of it and who was told.
  struct Over {
    base::Instant at;
    Alert alert;
    std::vector<std::string> told;
  };
  /// What no row keeps, on the steady clock: for the notifier that takes the place of this one in the same process.
  struct Waiting {
    Storm storm;
    std::map<Group, Held> held;
    std::map<Group, base::Instant> told_together;
    std::deque<Over> over;
  };
  Waiting take_waiting();
  /// To be called when all tellings were restored.
  void go_on(Waiting waiting);

  bool knows(const std::string& destination) const {
    return !destinations_named(destination, plan_.destinations).empty();
  }
  /// An incident was opened, has changed or is over. The alert has a state (opened and updated mean the same: each
  /// destination hears what is new to it), an incident and a subject.
  void take(const Alert& alert, base::Moment now);
  /// Somebody takes care of it: no more reminders, no escalation.
  void acknowledge(const verdict::IncidentId& incident);
  /// All mutes that are known, in their present state.
  void put_mutes(const std::vector<Mute>& mutes, base::Moment now);
  /// Writes a message that says that nothing is wrong; its id has the bytes of the request's. False when there is no
  /// such destination, or its channel has no such message.
  bool test(const TestRequest& request, base::Moment now);

  /// What time brings. To be called every few seconds; most calls do nothing.
  void tick(const IncidentSource& source, base::Moment now);
  Outgoing take_outgoing() { return composer_.take(); }

  /// What a destination has been told of and what is over for less than kStanding: for receivers that want all of it
  /// again and again. Ids and numbers of these alerts mean nothing.
  std::vector<Alert> standing(const std::string& destination, const IncidentSource& source, base::Moment now) const;
  /// Alertmanager takes for resolved what nobody repeats for so long (its resolve_timeout).
  static constexpr base::Duration kStanding = std::chrono::minutes(5);

 private:
  /// A row, and what of it is not kept.
  struct Knowledge {
    Telling row;
    base::Instant told_at{};       ///< steady
    base::Instant not_before{};    ///< steady; a mute or a window keeps it back
    bool held = false;             ///< in a group or a storm
    const Route* route = nullptr;  ///< by which it is told; null: by none of the present ones
  };
  /// An incident of which somebody was told, or is to be.
  struct Watched {
    verdict::IncidentKey key;
    base::Instant opened_at;  ///< steady
    verdict::Severity severity = verdict::Severity::kInfo;
    bool acknowledged = false;
    std::vector<Knowledge> all;  ///< by destination
    std::vector<const Escalation*> escalations;
    std::optional<Alert> end;    ///< it is over, and that is yet to be told
    base::Instant due = kNever;  ///< steady; in due_ unless never
  };
  static constexpr base::Instant kNever = base::Instant::max();
  using Entry = std::map<verdict::IncidentId, Watched>::value_type;
  /// Messages about one incident that are written now: those with the same words are one.
  struct Wave {
    struct Message {
      State state;
      std::string note;
      std::vector<Addressee> to;
    };
    std::vector<Message> messages;
    void add(State state, const std::string& note, const Addressee& addressee);
  };

  // notifier.cpp: what becomes of an incident.
  Entry& watch(const Alert& alert, base::Moment now);
  Knowledge& knowledge_of(Entry& entry, const std::string& destination);
  void route(Entry& entry, const Alert& alert);
  void offer(Entry& entry, const Destination& to, State state, const std::string& note, const Alert& alert, Wave& wave,
             base::Moment now);
  std::optional<std::pair<Group, base::Instant>> group_for(const Destination& to, const Route* route,
                                                           const Alert& alert, base::Instant now);
  void mark_told(Knowledge& knowledge, State state, base::Moment now);
  void write(const Wave& wave, Alert alert, base::Moment now);
  void end(Entry& entry, const Alert& alert, base::Moment now);
  void drop_what_is_over(Entry& entry);

  // notifier_groups.cpp: what is told together.
  struct Member {
    Entry* entry;
    Knowledge* knowledge;
  };
  void hold(Entry& entry, Knowledge& knowledge, State state, const Group& group, base::Instant due);
  void release_due(const IncidentSource& source, base::Moment now);
  void release(const Group& group, const Held& held, const IncidentSource& source, base::Moment now);
  std::vector<Member> members_of(const Held& held, const Destination& to, const IncidentSource& source,
                                 base::Moment now);
  void tell_together(std::vector<Member> members, const std::string& group, const Destination& to,
                     const IncidentSource& source, base::Moment now);
  std::optional<Alert> alert_of(const Watched& watched, const IncidentSource& source) const;

  // notifier_timers.cpp: what time brings.
  void schedule(Entry& entry);
  base::Instant next_of(const Watched& watched) const;
  void revisit_due(const IncidentSource& source, base::Moment now);
  void revisit(Entry& entry, const Alert& alert, base::Moment now);
  void escalate(Entry& entry, const Alert& alert, Wave& wave, base::Moment now);
  void list_mutes(base::Instant now);

  Plan plan_;
  Composer composer_;
  Quiet quiet_;
  Storm storm_;
  std::map<verdict::IncidentId, Watched> watched_;
  std::map<Group, Held> held_;
  std::map<Group, base::Instant> told_together_;                 ///< when, steady; of the last while
  std::set<std::pair<base::Instant, verdict::IncidentId>> due_;  ///< steady
  std::deque<Over> over_;
};

}  // namespace alert
