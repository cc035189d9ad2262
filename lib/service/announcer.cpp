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
    case verdict::Step::kRecorded:
      break;  // nobody is told
  }
  return alert::State::kOpened;
}

void add(alert::Some& some, std::string_view one) {
  if (some.first.size() < verdict::kMostExamples) some.first.emplace_back(one);
  ++some.count;
}

bool has_admin(const verdict::Baseline& baseline) {
  const auto* granted = baseline.run ? std::get_if<xads::Granted>(&baseline.run->answer) : nullptr;
  return granted != nullptr && granted->permissions.has(xads::Permission::kAccountAdmin);
}
bool had_admin(const verdict::Baseline& baseline) {
  return baseline.normal && baseline.normal->permissions.has(xads::Permission::kAccountAdmin);
}

/// Whom a pair leaves behind that is not what it was: does another live token see the account, is another one its
/// administrator? `dead`: the token is, whatever this pair has been asked so far.
void add_loss(audit::PairIndex lost, bool dead, const Roster& roster, alert::Subject& subject) {
  const audit::AccountIndex account{roster.pair(lost).account};
  const verdict::Baseline baseline = roster.baseline(lost);
  bool live = !dead && roster.granted(lost), admin = !dead && has_admin(baseline);
  for (const audit::PairIndex other : roster.pairs_of(account)) {
    if (other == lost || !roster.granted(other)) continue;
    live = true;
    admin = admin || has_admin(roster.baseline(other));
  }
  if (!live) add(subject.without_live_token, roster.account_id(account));
  if (!admin && had_admin(baseline)) add(subject.without_admin, roster.account_id(account));
}

alert::Subject subject_of(const verdict::IncidentStep& step, const Roster& roster) {
  const verdict::IncidentKey& key = step.incident.finding.key;
  alert::Subject subject;
  const auto token = roster.find_token(key.token);
  if (token) {
    subject.token = roster.token(*token);
    subject.app = subject.token->app;
  }
  if (verdict::scope_of(key.cause) == verdict::Scope::kApp) subject.app = key.topic;
  subject.account_id = key.account;
  const auto account = roster.find_account(key.account);
  if (account) subject.account_name = roster.facts(*account).name;
  if (!token || step.step == verdict::Step::kResolved) return subject;
  if (account && !key.account.empty()) {
    if (const auto pair = roster.find_pair(*token, *account)) add_loss(*pair, false, roster, subject);
    return subject;
  }
  for (const audit::PairIndex pair : roster.pairs_of(*token)) {
    add(subject.accounts, roster.account_id(audit::AccountIndex{roster.pair(pair).account}));
    add_loss(pair, true, roster, subject);
  }
  return subject;
}

}  // namespace

void Announcer::announce(const verdict::IncidentStep& step, const Roster& roster, base::Instant now,
                         store::Batch& batch) {
  batch.incidents.push_back(step.incident);
  const bool explained = step.incident.part_of && step.step != verdict::Step::kResolved;
  if (explained || step.step == verdict::Step::kRecorded) return;
  const alert::Alert alert{.id = alert::AlertId::make(now, random_),
                           .sequence = ++sequence_,
                           .state = state_of(step.step),
                           .at = now,
                           .incident = step.incident,
                           .subject = subject_of(step, roster)};
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
