#include "service/announcer.h"

#include <algorithm>
#include <utility>

#include "alert/render.h"

namespace service {
namespace {

alert::State state_of(verdict::Step step) {
  switch (step) {
    case verdict::Step::kOpened:
      return alert::State::kOpened;
    case verdict::Step::kUpdated:
      return alert::State::kUpdated;
    case verdict::Step::kResolved:
      return alert::State::kResolved;
  }
  return alert::State::kOpened;
}

alert::Subject subject_of(const verdict::IncidentKey& key, const Roster& roster) {
  alert::Subject subject;
  if (const auto token = roster.find_token(key.token)) {
    subject.token = roster.token(*token);
    subject.app = subject.token->app;
  }
  subject.account_id = key.account;
  if (const auto account = roster.find_account(key.account)) subject.account_name = roster.facts(*account).name;
  return subject;
}

}  // namespace

void Announcer::announce(const verdict::IncidentStep& step, const Roster& roster, base::Instant now,
                         store::Batch& batch) {
  batch.incidents.push_back(step.incident);
  const alert::Alert alert{.id = alert::AlertId::make(now, random_),
                           .sequence = ++sequence_,
                           .state = state_of(step.step),
                           .at = now,
                           .incident = step.incident,
                           .subject = subject_of(step.incident.finding.key, roster)};
  batch.last_sequence = alert.sequence;
  const audit::TokenId& token = step.incident.finding.key.token;
  const std::string order_key = token.null() ? alert.subject.account_id : token.text();
  for (const std::string& name : alert::recipients(alert, routes_, destinations_)) {
    const auto to =
        std::find_if(destinations_.begin(), destinations_.end(), [&](const auto& entry) { return entry.name == name; });
    if (to == destinations_.end()) continue;  // settings refuse a route to nobody
    const auto rendered = [&](const alert::Body& body) {
      return body.alert == alert.id && body.channel == to->channel;
    };
    if (std::none_of(batch.bodies.begin(), batch.bodies.end(), rendered)) {
      batch.bodies.push_back({alert.id, to->channel, alert::render(to->channel, alert)});
    }
    batch.deliveries.push_back({.id = alert::DeliveryId::make(now, random_),
                                .alert = alert.id,
                                .sequence = alert.sequence,
                                .destination = name,
                                .channel = to->channel,
                                .order_key = order_key,
                                .created_at = now,
                                .next_attempt_at = now});
  }
}

}  // namespace service
