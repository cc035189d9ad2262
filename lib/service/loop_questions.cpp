// How the loop asks and hears. The rest of it is in loop.cpp.

#include <spdlog/logger.h>

#include <algorithm>
#include <utility>

#include "base/overloaded.h"
#include "base/text.h"
#include "service/loop.h"
#include "xads/classify.h"

namespace service {
namespace {

/// A busy loop looks for due questions this often: many of them share one wake-up, and none is noticeably late.
constexpr base::Duration kBusyPause{5};

std::string outcome_of(const xads::Answer& answer) {
  return std::visit(
      base::Overloaded{
          [](const xads::Granted& granted) { return "granted permissions=\"" + granted.permissions.text() + "\""; },
          [](const xads::Denied& denied) { return "denied reason=" + std::string(xads::to_text(denied.denial)); },
          [](const xads::Throttled&) { return std::string("throttled"); },
          [](const xads::Unavailable& unavailable) {
            return "unavailable why=\"" + base::clean_text(unavailable.why) + "\"";
          }},
      answer);
}

}  // namespace

void Loop::pump() {
  if (stopping_ || unwritten_ || asks_no_more_) return;
  bool busy = false;
  while (const auto work = parts_.engine.take_work(parts_.clock.now())) {
    busy = true;
    if (std::holds_alternative<AuditWork>(*work)) {
      start(*work);
    } else {
      held_.push_back(*work);  // its call is to be on the disk first
    }
  }
  commit_soon();
  const base::Moment now = parts_.clock.now();
  const auto next = parts_.engine.next_due(now);
  if (!next) return;  // an answer will pump again
  const base::Instant at = std::max(*next, now.steady + (busy ? kBusyPause : base::Duration(1)));
  if (pump_at_ && *pump_at_ <= at) return;  // it will be looked at again then
  pump_at_ = at;
  pump_timer_.expires_after(at - now.steady);
  pump_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    pump_at_.reset();
    pump();
  });
}

void Loop::start(const Work& work) {
  std::visit([this](const auto& any) { ask(any); }, work);
}

bool Loop::counts(const Work& work, const http::Reply& reply) {
  questions_.beat(parts_.clock.now().steady);
  const bool given_up = stopping_ && !reply.ok() && reply.error().stage == http::Stage::kRefused;
  if (!given_up && parts_.engine.current(asked_of(work))) return true;
  parts_.engine.abandon(work, parts_.clock.now());
  return false;
}

void Loop::after_answer() {
  tell(parts_.engine.take_notices());
  commit_soon();
  pump();
}

void Loop::ask(const AuditWork& work) {
  const Keyring& keyring = parts_.keyring;
  auto request = parts_.client.access_request(keyring.consumer_of(work.asked), keyring.source_of(work.asked),
                                              parts_.engine.roster().account_id(work.account));
  parts_.api.send(std::move(request), [this, work](const http::Reply& reply) {
    if (counts(work, reply)) {
      const auto observation = xads::classify(reply, parts_.engine.roster().account_id(work.account), parts_.codes);
      parts_.engine.finish(work, observation, parts_.clock.now());
      if (parts_.metrics != nullptr)
        parts_.metrics->heard(observation.answer, parts_.clock.now().steady - work.asked.at);
      report(work, observation);
    }
    after_answer();
  });
}

void Loop::ask(const IdentityWork& work) {
  const Keyring& keyring = parts_.keyring;
  auto request = parts_.client.identity_request(keyring.consumer_of(work.asked), keyring.source_of(work.asked));
  parts_.api.send(std::move(request), [this, work](const http::Reply& reply) {
    if (counts(work, reply))
      parts_.engine.finish(work, xads::classify_identity(reply, parts_.codes), parts_.clock.now());
    after_answer();
  });
}

void Loop::ask(const DiscoveryWork& work) {
  const Keyring& keyring = parts_.keyring;
  xads::AccountsQuery query{.cursor = work.cursor, .with_deleted = !work.accounts.empty()};
  for (const auto account : work.accounts) query.account_ids.emplace_back(parts_.engine.roster().account_id(account));
  auto request = parts_.client.accounts_request(keyring.consumer_of(work.asked), keyring.source_of(work.asked), query);
  parts_.api.send(std::move(request), [this, work](const http::Reply& reply) {
    if (counts(work, reply)) {
      const auto observation = xads::classify_accounts(reply, parts_.codes);
      parts_.engine.finish(work, observation, parts_.clock.now());
      report(work, observation);
    }
    after_answer();
  });
}

void Loop::report(const AuditWork& work, const xads::Observation& observation) {
  const Roster& roster = parts_.engine.roster();
  if (roster.pair(work.pair).id != work.probe) return;
  const bool suspected = roster.suspected(work.pair);
  const bool routine = std::holds_alternative<xads::Granted>(observation.answer) && !suspected;
  const auto level = routine ? spdlog::level::debug : spdlog::level::info;
  if (!observer_ && !parts_.log.should_log(level)) return;
  const std::string token(roster.token_name(work.asked.token));
  const std::string account(roster.account_id(work.account));
  const verdict::Baseline baseline = roster.baseline(work.pair);
  parts_.log.log(level, "audit finished token={} account={} outcome={} http={} code=\"{}\" suspicion={} took_ms={}",
                 token, account, outcome_of(observation.answer), observation.evidence.http_status,
                 base::clean_text(observation.evidence.code), baseline.suspicion ? baseline.suspicion->count : 0,
                 (parts_.clock.now().steady - work.asked.at).count());
  if (observer_) observer_({token, account, observation, baseline});
}

void Loop::report(const DiscoveryWork& work, const xads::AccountsObservation& observation) {
  const std::string token(parts_.engine.roster().token_name(work.asked.token));
  Discovered discovered{.token = token, .accounts = parts_.engine.roster().pairs_of(work.asked.token).size()};
  if (observation.page) {
    discovered.complete = observation.page->next_cursor.empty();
  } else {
    discovered.failure = outcome_of(observation.answer);
    parts_.log.warn("discovery failed token={} http={} outcome={}", token, observation.evidence.http_status,
                    discovered.failure);
  }
  if (discovered_) discovered_(discovered);
}

}  // namespace service
