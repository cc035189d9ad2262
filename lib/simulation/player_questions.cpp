// What is asked, answered and committed.

#include <fmt/format.h>

#include <algorithm>

#include "base/ensure.h"
#include "simulation/player.h"
#include "xads/classify.h"

namespace simulation {
namespace {

/// The trace's words for an answer.
std::pair<std::uint8_t, std::uint8_t> coded(const xads::Answer& answer) {
  std::uint8_t detail = 0;
  if (const auto* granted = std::get_if<xads::Granted>(&answer)) detail = granted->permissions.known_mask();
  if (const auto* denied = std::get_if<xads::Denied>(&answer)) detail = static_cast<std::uint8_t>(denied->denial);
  if (const auto* none = std::get_if<xads::Unavailable>(&answer)) detail = static_cast<std::uint8_t>(none->trouble);
  return {static_cast<std::uint8_t>(answer.index()), detail};
}

}  // namespace

void Player::ask_all() {
  while (auto work = engine_->take_work(clock_.now())) ask(std::move(*work));
}

PairNumber Player::pair_of(const service::AuditWork& work) {
  const auto index = static_cast<std::size_t>(work.pair);
  if (index >= pair_at_.size()) pair_at_.resize(index + 1, {audit::ProbeId{}, kNone});
  auto& [probe, pair] = pair_at_[index];
  if (probe == work.probe) return pair;
  probe = work.probe;
  const auto token = world_.find_token(std::string(engine_->roster().token_name(work.asked.token)));
  ENSURE(token);
  for (const PairNumber candidate : world_.tokens()[*token].pairs) {
    if (world_.accounts()[world_.pairs()[candidate].account].id == engine_->roster().account_id(work.account))
      pair = candidate;
  }
  ENSURE(pair != kNone);
  return pair;
}

void Player::ask(service::Work work) {
  const base::Instant now = clock_.now().steady;
  Sent sent{.asked = now};
  const auto* audit = std::get_if<service::AuditWork>(&work);
  if (audit != nullptr) {
    sent.pair = pair_of(*audit);
    sent.token = world_.pairs()[sent.pair].token;
    ++outcome_.audits;
  } else {
    ENSURE(std::holds_alternative<service::IdentityWork>(work));  // every token lists its accounts
    commit();                                                     // before it is asked
    sent.token = *world_.find_token(std::string(engine_->roster().token_name(service::asked_of(work).token)));
    ++outcome_.identity_questions;
  }
  trace_.note(now, audit != nullptr ? sent.pair : world_.tokens()[sent.token].pairs.front(),
              audit != nullptr ? Trace::Kind::kAsked : Trace::Kind::kAskedIdentity);
  if (world_.weather() == Weather::kFair) sent.fault = faults_.draw(oracle_.may_accuse(sent.token, sent.pair));
  base::Duration delay = network_.delay();
  if (delay >= audit_options_.deadline) sent.fault = Fault::kDeadline;
  if (sent.fault == Fault::kDeadline) delay = audit_options_.deadline;
  if (is_lie(sent.fault) || blames_app(sent.fault)) oracle_.lied(sent.token, sent.pair);
  faults_.count(sent.fault);
  const Host::Question question{now, sent.fault};
  if (audit != nullptr) {
    sent.observation =
        xads::classify(host_.access(sent.pair, question), world_.accounts()[world_.pairs()[sent.pair].account].id);
  } else {
    sent.identity = xads::classify_identity(host_.identity(sent.token, question));
  }
  sent.work = std::move(work);
  network_.send(std::move(sent), now + delay);
}

void Player::deliver_due() {
  while (auto sent = network_.take_due(clock_.now().steady)) deliver(*sent);
}

void Player::deliver(Sent& sent) {
  const base::Moment now = clock_.now();
  if (!engine_->current(service::asked_of(sent.work))) {
    oracle_.dropped(sent);
    return engine_->abandon(sent.work, now);
  }
  const auto fault = static_cast<std::uint8_t>(sent.fault);
  oracle_.told(sent, now.steady);
  if (const auto* audit = std::get_if<service::AuditWork>(&sent.work)) {
    const auto [kind, detail] = coded(sent.observation.answer);
    trace_.note(now.steady, sent.pair, Trace::Kind::kAnswer, kind, detail, fault);
    engine_->finish(*audit, sent.observation, now);
  } else {
    trace_.note(now.steady, world_.tokens()[sent.token].pairs.front(), Trace::Kind::kIdentity,
                static_cast<std::uint8_t>(sent.identity), 0, fault);
    engine_->finish(std::get<service::IdentityWork>(sent.work), sent.identity, now);
  }
  commit();
}

void Player::commit() {
  if (!engine_->has_batch()) return;
  const store::Batch batch = engine_->take_batch();
  engine_->take_notices();
  store_->commit(batch);
  const base::Instant now = clock_.now().steady;
  for (const verdict::Incident& incident : batch.incidents) {
    const std::uint8_t step = incident.resolved_at ? 2 : incident.opened_at == incident.updated_at ? 0 : 1;
    trace_.note(now, oracle_.witness_of(incident.finding), Trace::Kind::kIncident,
                static_cast<std::uint8_t>(incident.finding.key.cause), step);
  }
  outcome_.changes += batch.changes.size();
  outcome_.alerts += batch.deliveries.size() / destinations_.size();
  oracle_.committed(batch, now);
  if (options_.keep_story) tell(batch);
}

/// What was told, for people to read: the alerts themselves are gone by now, only their bodies are there.
void Player::tell(const store::Batch& batch) {
  for (const verdict::Incident& incident : batch.incidents) {
    const std::string id = incident.id.text();
    const bool told = std::any_of(batch.bodies.begin(), batch.bodies.end(),
                                  [&](const alert::Body& body) { return body.bytes.find(id) != std::string::npos; });
    if (!told) continue;
    bool& known = told_[incident.id];
    alert::Alert alert{.state = incident.resolved_at ? alert::State::kResolved
                                : known              ? alert::State::kUpdated
                                                     : alert::State::kOpened,
                       .at = clock_.now().utc,
                       .incident = incident};
    known = true;
    const verdict::IncidentKey& key = incident.finding.key;
    if (const auto token = engine_->roster().find_token(key.token))
      alert.subject.token = engine_->roster().token(*token);
    if (alert.subject.token) alert.subject.app = alert.subject.token->app;
    alert.subject.account_id = key.account;
    outcome_.story.push_back({clock_.now().steady - kStart, std::move(alert)});
  }
}

void Player::close() {
  const base::Instant now = clock_.now().steady;
  oracle_.tick(now);
  flush();
  engine_->end_in_order(clock_.now());
  commit();
  const store::ChainCheck chain = store_->verify_chain();
  if (chain.broken_at)
    oracle_.violate(Rule::kChain, now, kNone, fmt::format("row {} of the change log is altered", *chain.broken_at));
  outcome_.hash = trace_.hash();
  outcome_.faults = faults_.counts();
  outcome_.broken = oracle_.counts();
  outcome_.violations = oracle_.violations();
  outcome_.detections = oracle_.detections();
}

}  // namespace simulation
