#include "service/loop.h"

#include <fmt/format.h>
#include <spdlog/logger.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <utility>

#include "base/overloaded.h"
#include "base/text.h"
#include "xads/classify.h"

namespace service {
namespace {

using namespace std::chrono_literals;

/// Answers that arrive together share a commit; a change waits no longer than this for company.
constexpr base::Duration kCommitDelay = 5ms;
constexpr base::Duration kTick = 1s;
constexpr int kAccountsPerPage = 1000;

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

Loop::Loop(const LoopParts& parts, LoopOptions options)
    : parts_(parts),
      options_(options),
      store_thread_(parts.io, parts.store,
                    [this](std::exception_ptr failure) {
                      failure_ = std::move(failure);
                      parts_.io.stop();
                    }),
      dispatcher_(parts.io, parts.courier, parts.sinks, store_thread_, parts.clock, parts.log,
                  [this](alert::DeliveryAttempt attempt) {
                    attempts_.push_back(std::move(attempt));
                    commit_soon();
                  }),
      pump_timer_(parts.io),
      commit_timer_(parts.io),
      flush_timer_(parts.io),
      refresh_timer_(parts.io),
      tick_timer_(parts.io),
      stop_timer_(parts.io) {}

void Loop::load() {
  const base::Moment now = parts_.clock.now();
  parts_.engine.restore(parts_.store.load(), now);  // the store thread has no job yet
  data_version_ = parts_.store.data_version();
  take_tokens(parts_.store.tokens());
}

void Loop::take_tokens(std::vector<store::StoredToken> tokens) {
  std::vector<WatchedToken> watched;
  std::set<audit::TokenId> kept;
  for (const auto& stored : tokens) {
    if (parts_.keyring.knows_app(stored.token.app)) {
      watched.push_back({stored.token, stored.accounts});
    } else {
      kept.insert(stored.token.id);
      parts_.log.error("token ignored token={} reason=\"the settings have no app {}\"", stored.token.name,
                       stored.token.app);
    }
  }
  const base::Moment now = parts_.clock.now();
  const auto changed = parts_.keyring.replace(tokens);
  parts_.engine.set_tokens(watched, kept, now);
  for (const auto& token : changed) parts_.engine.recheck_token(token, now);
  commit_soon();
}

void Loop::run() {
  load();
  every(refresh_timer_, options_.refresh_interval, &Loop::refresh);
  run_until_stopped();
}

std::size_t Loop::run_once(const std::string& token, const std::string& account, base::Duration limit) {
  once_ = true;
  load();
  stop_by_ = parts_.clock.now().steady + limit;
  parts_.engine.focus(token, account, parts_.clock.now());
  if (parts_.engine.unsettled() > 0) run_until_stopped();
  return parts_.engine.unsettled() + parts_.engine.asked_in_vain();
}

void Loop::run_until_stopped() {
  parts_.signals.async_wait([this](const boost::system::error_code& error, int number) {
    if (!error) begin_stop(number == SIGTERM ? "SIGTERM" : "SIGINT");
  });
  dispatcher_.start();
  every(flush_timer_, options_.flush_interval, &Loop::flush);
  pump();
  boost::asio::post(parts_.io, [this] {  // the first round is behind us
    supervisor_.ready();
    tick();
  });
  parts_.log.info("auditing started tokens={} open_incidents={}", parts_.engine.roster().tokens().size(),
                  parts_.engine.open_incidents().size());
  parts_.io.run();
  if (failure_) std::rethrow_exception(failure_);
}

void Loop::every(boost::asio::steady_timer& timer, base::Duration interval, void (Loop::*action)()) {
  timer.expires_after(interval);
  timer.async_wait([this, &timer, interval, action](const boost::system::error_code& error) {
    if (error || stopping_) return;
    (this->*action)();
    every(timer, interval, action);
  });
}

void Loop::pump() {
  if (stopping_ || unwritten_) return;
  while (parts_.api.in_flight() < options_.max_in_flight) {
    const auto work = parts_.engine.take_work(parts_.clock.now());
    if (!work) break;
    start(*work);
  }
  const auto next = parts_.engine.next_due();
  if (!next || parts_.api.in_flight() >= options_.max_in_flight) return;  // an answer will pump again
  pump_timer_.expires_after(std::max(*next - parts_.clock.now().steady, base::Duration(1)));
  pump_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) pump();
  });
}

void Loop::start(const Work& work) {
  const auto token = std::visit([](const auto& any) { return any.token; }, work);
  const auto keys = parts_.keyring.keys_of(token);
  ENSURE(keys != nullptr);  // the engine watches only tokens that the keyring holds
  std::visit([&](const auto& any) { ask(work, any, *keys); }, work);
}

void Loop::send(http::Request request, const Work& work, std::function<void(const http::Reply&)> on_reply) {
  const auto token = std::visit([](const auto& any) { return any.token; }, work);
  auto keys = parts_.keyring.keys_of(token);  // shared until the reply: an operator may replace the token meanwhile
  parts_.api.send(std::move(request), [this, work, token, keys,
                                       on_reply = std::move(on_reply)](const http::Reply& reply) {
    const bool given_up = stopping_ && !reply.ok() && reply.error().stage == http::Stage::kRefused;
    const bool outdated = parts_.keyring.keys_of(token) != keys;  // an answer to a secret that was replaced meanwhile
    if (given_up || outdated) {
      parts_.engine.abandon(work, parts_.clock.now());
    } else {
      on_reply(reply);
      commit_soon();
    }
    pump();
  });
}

void Loop::ask(const Work& work, const AuditWork& audit, const SigningKeys& keys) {
  const base::Instant asked_at = parts_.clock.now().steady;
  send(parts_.client.access_request(keys.consumer, keys.token, audit.account), work,
       [this, audit, asked_at](const http::Reply& reply) {
         const auto observation = xads::classify(reply, audit.account);
         parts_.engine.finish(audit, observation, parts_.clock.now());
         report(audit, observation, asked_at);
       });
}

void Loop::ask(const Work& work, const IdentityWork& identity, const SigningKeys& keys) {
  send(parts_.client.identity_request(keys.consumer, keys.token), work, [this, identity](const http::Reply& reply) {
    parts_.engine.finish(identity, xads::classify_identity(reply), parts_.clock.now());
  });
}

void Loop::ask(const Work& work, const DiscoveryWork& discovery, const SigningKeys& keys) {
  send(parts_.client.accounts_request(keys.consumer, keys.token, kAccountsPerPage, discovery.cursor), work,
       [this, discovery](const http::Reply& reply) {
         const auto observation = xads::classify_accounts(reply);
         const WatchedToken* watched = parts_.engine.roster().token(discovery.token);
         if (!observation.page && watched != nullptr) {
           parts_.log.warn("discovery failed token={} http={} outcome={}", watched->token.name,
                           observation.evidence.http_status, outcome_of(observation.answer));
         }
         parts_.engine.finish(discovery, observation, parts_.clock.now());
       });
}

void Loop::report(const AuditWork& work, const xads::Observation& observation, base::Instant asked_at) {
  const WatchedToken* watched = parts_.engine.roster().token(work.token);
  const ProbeEntry* entry = parts_.engine.roster().probe(work.probe);
  if (watched == nullptr || entry == nullptr) return;
  const bool routine = std::holds_alternative<xads::Granted>(observation.answer) && !entry->state.baseline.suspicion;
  parts_.log.log(routine ? spdlog::level::debug : spdlog::level::info,
                 "audit finished token={} account={} outcome={} http={} code=\"{}\" suspicion={} took_ms={}",
                 watched->token.name, work.account, outcome_of(observation.answer), observation.evidence.http_status,
                 base::clean_text(observation.evidence.code),
                 entry->state.baseline.suspicion ? entry->state.baseline.suspicion->count : 0,
                 (parts_.clock.now().steady - asked_at).count());
  if (observer_) {
    observer_(
        {watched->token.name, work.account, observation, entry->state.baseline, !entry->state.baseline.suspicion});
  }
}

void Loop::commit_soon() {
  const bool nothing = !parts_.engine.has_batch() && attempts_.empty();
  if (nothing || commit_planned_ || committing_ || unwritten_) return;
  commit_planned_ = true;
  commit_timer_.expires_after(kCommitDelay);
  commit_timer_.async_wait([this](const boost::system::error_code&) {
    commit_planned_ = false;
    commit();
  });
}

void Loop::commit() {
  const bool nothing = !parts_.engine.has_batch() && attempts_.empty() && !unwritten_;
  if (nothing || committing_) return;
  committing_ = true;
  store::Batch batch = unwritten_ ? *std::exchange(unwritten_, std::nullopt) : parts_.engine.take_batch();
  for (auto& attempt : std::exchange(attempts_, {})) batch.attempts.push_back(std::move(attempt));
  store_thread_.run(
      [batch = std::move(batch)](store::Store& store) mutable {
        std::string refusal;
        try {
          store.commit(batch);
        } catch (const store::FullStore& error) {  // the edge of a job: every other failure ends the process
          refusal = error.what();
        }
        return std::pair(std::move(batch), std::move(refusal));
      },
      [this](std::pair<store::Batch, std::string> outcome) {
        committing_ = false;
        if (!outcome.second.empty()) return pause(std::move(outcome.first), outcome.second);
        resume();
        after_commit(outcome.first);
        commit_soon();
        if (stopping_) continue_stop();
      });
}

/// No room to write: nothing is asked or sent, because what is learned could not be kept, until the batch is written.
void Loop::pause(store::Batch batch, const std::string& why) {
  unwritten_ = std::move(batch);
  if (retry_in_ == base::Duration(0)) parts_.log.critical("auditing paused reason=\"{}\"", base::clean_text(why));
  dispatcher_.pause();
  if (stopping_) {
    parts_.log.critical("stopped without the last changes reason=\"{}\"", base::clean_text(why));
    return parts_.io.stop();
  }
  retry_in_ = std::clamp(2 * retry_in_, base::Duration(1s), base::Duration(30s));
  commit_timer_.expires_after(retry_in_);
  commit_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) commit();
  });
}

void Loop::resume() {
  if (retry_in_ == base::Duration(0)) return;
  retry_in_ = base::Duration(0);
  parts_.log.warn("auditing resumed");
  dispatcher_.resume();
  pump();
}

void Loop::after_commit(const store::Batch& batch) {
  for (const auto& change : batch.changes) {
    parts_.log.info("change recorded change={} kind={} token={} account={} before=\"{}\" after=\"{}\"",
                    change.id.text(), change.kind, change.token, change.account, base::clean_text(change.before),
                    base::clean_text(change.after));
  }
  for (const auto& incident : batch.incidents) {
    const auto& key = incident.finding.key;
    const WatchedToken* watched = parts_.engine.roster().token(key.token);
    parts_.log.warn("incident {} incident={} cause={} token={} account={}",
                    incident.resolved_at                        ? "resolved"
                    : incident.updated_at == incident.opened_at ? "opened"
                                                                : "updated",
                    incident.id.text(), verdict::to_text(key.cause), watched != nullptr ? watched->token.name : "-",
                    key.account.empty() ? "-" : key.account);
  }
  if (!batch.deliveries.empty()) dispatcher_.take(batch.deliveries, batch.bodies);
}

void Loop::refresh() {
  store_thread_.run(
      [known = data_version_](store::Store& store) {
        const std::int64_t version = store.data_version();
        return std::pair(version, version == known ? std::vector<store::StoredToken>() : store.tokens());
      },
      [this](std::pair<std::int64_t, std::vector<store::StoredToken>> read) {
        if (read.first == data_version_ || stopping_) return;
        data_version_ = read.first;
        take_tokens(std::move(read.second));
        pump();
      });
}

void Loop::flush() {
  parts_.engine.flush(parts_.clock.now());
  commit_soon();
}

void Loop::tick() {
  if (stopping_) return;
  const Engine& engine = parts_.engine;
  supervisor_.status(fmt::format("watching {} tokens, {} open incidents, {} alerts under way",
                                 engine.roster().tokens().size(), engine.open_incidents().size(),
                                 dispatcher_.pending()));
  // The proof of life goes through both threads: a store that hangs is as bad as a loop that does.
  store_thread_.run([](store::Store&) { return true; }, [this](bool) { supervisor_.feed_watchdog(); });
  const bool out_of_time = once_ && parts_.clock.now().steady >= stop_by_;
  const bool settled = once_ && engine.unsettled() == 0 && !engine.has_batch() && !unwritten_ && !committing_ &&
                       dispatcher_.pending() == 0;
  if (out_of_time || settled) return begin_stop(settled ? "the audit is complete" : "time is up");
  const auto next = once_ ? 50ms : kTick;
  tick_timer_.expires_after(next);
  tick_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

void Loop::begin_stop(const std::string& why) {
  if (stopping_) return;
  stopping_ = true;
  stop_by_ = parts_.clock.now().steady + options_.drain_limit;
  parts_.log.info("stopping reason=\"{}\" audits_under_way={} deliveries_under_way={}", why, parts_.api.in_flight(),
                  dispatcher_.in_flight());
  supervisor_.stopping();
  dispatcher_.stop();
  parts_.api.shut_down();
  for (auto* timer : {&pump_timer_, &flush_timer_, &refresh_timer_, &tick_timer_}) timer->cancel();
  continue_stop();
}

bool Loop::drained() const { return dispatcher_.in_flight() == 0 && parts_.api.in_flight() == 0; }

void Loop::continue_stop() {
  if (finishing_) return finish_stop();
  const bool out_of_time = parts_.clock.now().steady >= stop_by_;
  if (drained() || out_of_time) {
    finishing_ = true;
    parts_.sinks.shut_down();
    parts_.engine.flush(parts_.clock.now());
    return finish_stop();
  }
  stop_timer_.expires_after(20ms);
  stop_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) continue_stop();
  });
}

/// The last commits, then the end: everything that was learned is on disk when run() returns.
void Loop::finish_stop() {
  if (committing_) return;  // comes back when it is done
  if (parts_.engine.has_batch() || !attempts_.empty() || unwritten_) return commit();
  parts_.signals.cancel();
  parts_.log.info("stopped");
  parts_.io.stop();
}

}  // namespace service
