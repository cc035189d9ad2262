// What is told together: groups of a route, and storms. The rest of the notifier is in notifier.cpp.

#include <algorithm>
#include <iterator>

#include "alert/form.h"
#include "alert/notifier.h"
#include "base/ensure.h"

namespace alert {
namespace {

using namespace std::chrono_literals;

/// In a storm people get a message so often, until a while was calm.
constexpr base::Duration kDigestEvery = 60s;
/// How long the last message of a group is remembered: longer than any group waits.
constexpr base::Duration kLongestWait = 24h;

void count(Digest& digest, State state) {
  switch (state) {
    case State::kOpened:
      ++digest.opened;
      return;
    case State::kUpdated:
      ++digest.updated;
      return;
    case State::kReminder:
      ++digest.reminded;
      return;
    case State::kResolved:
      ++digest.resolved;
      return;
  }
  ENSURE(!"a state that a digest does not count");
}

}  // namespace

/// The group that this alert waits in, and until when; nothing when it need not wait.
std::optional<std::pair<Notifier::Group, base::Instant>> Notifier::group_for(const Destination& to, const Route* route,
                                                                             const Alert& alert, base::Instant now) {
  const bool digests = form_of(to.channel).manner().digests;
  const std::string common = route != nullptr && digests ? group_of(alert, route->group_by) : std::string();
  const Group storm{to.name, ""};
  if (common.empty()) {
    const auto waiting = held_.find(storm);
    if (waiting != held_.end()) return std::pair(storm, waiting->second.due);
    if (!storm_.over_limit(to, now)) return std::nullopt;
    return std::pair(storm, now + kDigestEvery);
  }
  const Group group{to.name, common};
  if (const auto waiting = held_.find(group); waiting != held_.end()) return std::pair(group, waiting->second.due);
  const auto last = told_together_.find(group);
  const bool critical = verdict::severity_of(alert.incident.finding) == verdict::Severity::kCritical;
  base::Instant due = critical ? now : now + route->group_wait;
  if (last != told_together_.end()) due = std::max(due, last->second + route->group_wait);
  if (due > now) return std::pair(group, due);
  told_together_[group] = now;
  if (storm_.over_limit(to, now)) return std::pair(storm, now + kDigestEvery);
  return std::nullopt;
}

Notifier::Waiting Notifier::take_waiting() {
  return {std::move(storm_), std::move(held_), std::move(told_together_), std::move(over_)};
}

/// What waits for company goes on waiting, as long as its destination is there.
void Notifier::go_on(Waiting waiting) {
  storm_ = std::move(waiting.storm);
  told_together_ = std::move(waiting.told_together);
  over_ = std::move(waiting.over);
  for (auto& [group, held] : waiting.held) {
    if (!knows(group.first)) continue;
    std::erase_if(held.members, [&, &to = group.first](const verdict::IncidentId& id) {
      const auto entry = watched_.find(id);
      if (entry == watched_.end()) return true;
      for (Knowledge& one : entry->second.all) {
        if (one.row.destination != to || !one.row.pending) continue;
        one.held = true;
        return false;
      }
      return true;
    });
    held_.emplace(group, std::move(held));
  }
}

void Notifier::hold(Entry& entry, Knowledge& knowledge, State state, const Group& group, base::Instant due) {
  Held& held = held_.try_emplace(group, Held{due, {}}).first->second;
  if (!knowledge.held) held.members.push_back(entry.first);
  knowledge.held = true;
  Telling& row = knowledge.row;
  const bool weaker = state == State::kReminder && row.pending.has_value();
  if (!weaker) row.pending = row.told || state == State::kResolved ? state : State::kOpened;
  composer_.keep(row);
}

void Notifier::release_due(const IncidentSource& source, base::Moment now) {
  std::vector<std::pair<Group, Held>> due;
  for (auto entry = held_.begin(); entry != held_.end();) {
    const bool waits = entry->second.due > now.steady;
    if (!waits) due.emplace_back(entry->first, std::move(entry->second));
    entry = waits ? std::next(entry) : held_.erase(entry);
  }
  for (const auto& [group, held] : due) release(group, held, source, now);
  std::erase_if(told_together_, [&](const auto& one) { return one.second + kLongestWait < now.steady; });
}

void Notifier::release(const Group& group, const Held& held, const IncidentSource& source, base::Moment now) {
  const auto to = destinations_named(group.first, plan_.destinations);
  if (to.empty()) return;
  auto members = members_of(held, *to.front(), source, now);
  if (members.empty()) return;
  const bool storm = group.second.empty();
  if (storm)
    held_.try_emplace(group, Held{now.steady + kDigestEvery, {}});  // it is over when that finds nothing
  else
    told_together_[group] = now.steady;
  storm_.count(*to.front(), now.steady);
  tell_together(std::move(members), group.second, *to.front(), source, now);
}

/// Those that are still to be told. What has been muted meanwhile waits by itself from now on.
std::vector<Notifier::Member> Notifier::members_of(const Held& held, const Destination& to,
                                                   const IncidentSource& source, base::Moment now) {
  std::vector<Member> members;
  for (const verdict::IncidentId& id : held.members) {
    const auto entry = watched_.find(id);
    if (entry == watched_.end()) continue;
    Knowledge& knowledge = knowledge_of(*entry, to.name);
    if (!knowledge.held || !knowledge.row.pending) continue;
    const bool owed = *knowledge.row.pending == State::kResolved;
    const auto alert = quiet_.possible() && !owed ? alert_of(entry->second, source) : std::nullopt;
    if (alert && quiet_.until(*alert, now.utc)) {
      knowledge.held = false;
      knowledge.not_before = now.steady;
      schedule(*entry);
    } else {
      members.push_back({&*entry, &knowledge});
    }
  }
  return members;
}

void Notifier::tell_together(std::vector<Member> members, const std::string& group, const Destination& to,
                             const IncidentSource& source, base::Moment now) {
  // The gravest first, what is over last; among equals what began last.
  const auto rank = [](const Member& member) {
    const bool over = *member.knowledge->row.pending == State::kResolved;
    return std::pair(over ? -1 : static_cast<int>(member.entry->second.severity), member.knowledge->row.opened_at);
  };
  const auto shown = std::min(members.size(), kMostListed);
  std::partial_sort(members.begin(), members.begin() + static_cast<std::ptrdiff_t>(shown), members.end(),
                    [&](const Member& left, const Member& right) { return rank(left) > rank(right); });
  Digest digest{.group = group};
  std::vector<verdict::IncidentId> ids;
  for (const Member& member : members) {
    const State state = *member.knowledge->row.pending;
    const Watched& watched = member.entry->second;
    count(digest, state);
    if (state != State::kResolved) digest.severity = std::max(digest.severity, watched.severity);
    ids.push_back(member.entry->first);
    if (digest.first.size() >= shown) continue;
    auto alert = alert_of(watched, source);
    if (!alert) continue;
    alert->state = state;
    alert->at = now.utc;
    digest.first.push_back(*std::move(alert));
  }
  if (members.size() == 1 && digest.first.size() == 1)
    composer_.write(digest.first.front(), {{&to, members.front().knowledge->row.told ? Act::kReply : Act::kSend}},
                    now.utc);
  else
    composer_.write(std::move(digest), to, std::move(ids), now.utc);
  for (const Member& member : members) {
    mark_told(*member.knowledge, *member.knowledge->row.pending, now);
    drop_what_is_over(*member.entry);
  }
}

std::optional<Alert> Notifier::alert_of(const Watched& watched, const IncidentSource& source) const {
  const verdict::Incident* incident = watched.end ? &watched.end->incident : source.find(watched.key);
  if (incident == nullptr) return std::nullopt;
  Alert alert;
  alert.state = watched.end ? State::kResolved : State::kOpened;
  alert.incident = *incident;
  alert.subject = source.subject_of(*incident);
  return alert;
}

}  // namespace alert
