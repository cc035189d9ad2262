// What time brings: reminders, escalations, and what mutes and windows have kept back. The rest of the notifier is in
// notifier.cpp.

#include <fmt/format.h>

#include <algorithm>

#include "alert/form.h"
#include "alert/notifier.h"
#include "alert/sample.h"

namespace alert {
namespace {

using namespace std::chrono_literals;

/// Of an incident that belongs to another one: that one reminds of both.
constexpr base::Duration kLookAgain = 10min;
/// Incidents that one tick looks at: a start with a hundred thousand open ones is spread over some ticks.
constexpr std::size_t kMostRevisits = 5'000;

/// When the next reminder is wanted.
base::Duration wait_for_reminder(const Route& route, int reminders) {
  const auto step = std::min(static_cast<std::size_t>(reminders), route.repeat.size() - 1);
  return route.repeat[step];
}

}  // namespace

void Notifier::schedule(Entry& entry) {
  Watched& watched = entry.second;
  const base::Instant due = next_of(watched);
  if (due == watched.due) return;
  due_.erase({watched.due, entry.first});
  watched.due = due;
  if (due != kNever) due_.emplace(due, entry.first);
}

base::Instant Notifier::next_of(const Watched& watched) const {
  base::Instant next = kNever;
  if (watched.end) return next;
  for (const Knowledge& one : watched.all) {
    if (one.held) continue;
    if (one.row.pending) {
      next = std::min(next, one.not_before);
    } else if (one.route != nullptr && !one.route->repeat.empty() && !watched.acknowledged) {
      const auto reminder = one.told_at + wait_for_reminder(*one.route, one.row.reminders);
      next = std::min(next, std::max(reminder, one.not_before));
    }
  }
  if (watched.acknowledged) return next;
  for (const Escalation* escalation : watched.escalations) {
    for (const std::string& name : escalation->to) {
      for (const Destination* to : destinations_named(name, plan_.destinations)) {
        const bool known = std::any_of(watched.all.begin(), watched.all.end(),
                                       [&](const Knowledge& one) { return one.row.destination == to->name; });
        if (!known) next = std::min(next, watched.opened_at + escalation->after);
      }
    }
  }
  return next;
}

void Notifier::tick(const IncidentSource& source, base::Moment now) {
  revisit_due(source, now);
  release_due(source, now);
  while (!over_.empty() && now.steady - over_.front().at >= kStanding) over_.pop_front();
  list_mutes(now.utc);
}

void Notifier::revisit_due(const IncidentSource& source, base::Moment now) {
  for (std::size_t done = 0; done < kMostRevisits && !due_.empty() && due_.begin()->first <= now.steady; ++done) {
    Entry& entry = *watched_.find(due_.begin()->second);
    due_.erase(due_.begin());
    entry.second.due = kNever;
    const auto alert = alert_of(entry.second, source);
    if (alert && entry.second.end)
      end(entry, *alert, now);  // an earlier process owed it
    else if (alert)
      revisit(entry, *alert, now);
  }
}

void Notifier::revisit(Entry& entry, const Alert& alert, base::Moment now) {
  Watched& watched = entry.second;
  watched.acknowledged = alert.incident.acknowledged.has_value();
  route(entry, alert);
  std::erase_if(watched.all, [](const Knowledge& one) { return !one.row.told && !one.row.pending; });
  if (alert.incident.part_of) {
    watched.due = now.steady + kLookAgain;
    due_.emplace(watched.due, entry.first);
    return;
  }
  Wave wave;
  for (std::size_t place = 0; place < watched.all.size(); ++place) {
    const Knowledge& one = watched.all[place];
    const auto to = destinations_named(one.row.destination, plan_.destinations);
    if (to.empty() || one.held || one.not_before > now.steady) continue;
    if (one.row.pending) {
      offer(entry, *to.front(), *one.row.pending, "Kept back until now by a mute or a maintenance window.", alert, wave,
            now);
    } else if (one.route != nullptr && !one.route->repeat.empty() && !watched.acknowledged &&
               one.told_at + wait_for_reminder(*one.route, one.row.reminders) <= now.steady) {
      offer(entry, *to.front(), State::kReminder,
            fmt::format("Reminder {}: it still lasts, and nobody has acknowledged it.", one.row.reminders + 1), alert,
            wave, now);
    }
  }
  if (!watched.acknowledged) escalate(entry, alert, wave, now);
  write(wave, alert, now);
  schedule(entry);
}

void Notifier::escalate(Entry& entry, const Alert& alert, Wave& wave, base::Moment now) {
  const Watched& watched = entry.second;
  for (const Escalation* escalation : watched.escalations) {
    if (watched.opened_at + escalation->after > now.steady) continue;
    for (const std::string& name : escalation->to) {
      for (const Destination* to : destinations_named(name, plan_.destinations)) {
        const bool known = std::any_of(watched.all.begin(), watched.all.end(),
                                       [&](const Knowledge& one) { return one.row.destination == to->name; });
        if (known) continue;
        knowledge_of(entry, to->name).row.opened_at = alert.incident.opened_at;
        offer(entry, *to, State::kOpened,
              fmt::format("Nobody has acknowledged it for {}.", base::to_rough_text(escalation->after)), alert, wave,
              now);
      }
    }
  }
}

void Notifier::put_mutes(const std::vector<Mute>& mutes, base::Moment now) {
  for (const Mute& mute : mutes) quiet_.put(mute, now.utc);
  // What a mute that is taken back has kept may be told at once.
  for (auto& entry : watched_) {
    bool waits = false;
    for (Knowledge& one : entry.second.all) {
      if (one.not_before <= now.steady) continue;
      one.not_before = now.steady;
      waits = true;
    }
    if (waits) schedule(entry);
  }
}

void Notifier::list_mutes(base::Instant now) {
  const auto mutes = quiet_.to_be_listed(now);
  if (mutes.empty()) return;
  Digest notice;
  notice.title =
      fmt::format("{} in force", mutes.size() == 1 ? "One mute is" : fmt::format("{} mutes are", mutes.size()));
  for (const Mute& mute : mutes) {
    if (notice.lines.size() == kMostListed) break;
    notice.lines.push_back(fmt::format("{} until {} by {}: {} ({})", to_text(mute.match), base::to_text(mute.until),
                                       mute.by, mute.reason, mute.id.text()));
  }
  if (mutes.size() > kMostListed) notice.lines.push_back(fmt::format("… and {} more", mutes.size() - kMostListed));
  notice.lines.push_back("What they keep back is told when they end. adsauditd mute list, mute end ID");
  for (const Destination& to : plan_.destinations) {
    if (form_of(to.channel).manner().most_per_minute > 0) composer_.write(notice, to, {}, now);
  }
  quiet_.note_listed(now);
  composer_.note_mutes_listed(now);
}

bool Notifier::test(const TestRequest& request, base::Moment now) {
  const auto to = destinations_named(request.destination, plan_.destinations);
  if (to.empty()) return false;
  const AlertId id = AlertId::from_bytes(request.id.bytes());
  if (request.kind == "digest") {
    if (!form_of(to.front()->channel).manner().digests) return false;
    Digest digest = sample_digest(now.utc);
    digest.id = id;
    digest.test = true;
    composer_.write(std::move(digest), *to.front(), {}, now.utc);
    return true;
  }
  const auto state = state_from_text(request.kind);
  if (!state) return false;
  Alert alert = sample_alert(verdict::Cause::kRoleReduced, *state, now.utc);
  alert.id = id;
  alert.test = true;
  std::vector<Addressee> addressees;
  for (const Destination* one : to) addressees.push_back({one, Act::kSend});
  composer_.write(std::move(alert), addressees, now.utc);
  return true;
}

}  // namespace alert
