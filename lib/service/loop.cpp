#include "service/loop.h"

#include <fmt/format.h>
#include <malloc.h>
#include <spdlog/logger.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "base/crash_point.h"
#include "base/text.h"
#include "service/token_check.h"

namespace service {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kTick = 5s;
/// Several proofs of life in the time that the watchdog waits for one.
constexpr int kProofs = 4;
/// Open runs in one commit: some milliseconds of the store's time, so that a change need not wait for all of them.
constexpr std::size_t kRunsAtOnce = 4096;

/// What another process did to the tokens since the last look.
struct News {
  std::int64_t data_version = 0;
  store::TokenNews tokens;
  std::vector<audit::TokenId> discoveries;
  std::vector<alert::PendingDelivery> replays;
  OperatorWords words;
};

OperatorWords read_words(store::Store& store) {
  return {.plans = store.planned_changes(false),
          .acceptances = store.acceptances(),
          .acknowledgements = store.acknowledgements(),
          .mutes = store.mutes(std::nullopt),
          .tests = store.test_requests()};
}

Undelivered count_undelivered(store::Store& store) {
  Undelivered counted;
  for (const auto& [destination, counts] : store.undelivered()) {
    counted.pending += counts.pending;
    counted.dead += counts.dead;
    if (counts.pending == 0) continue;
    for (const auto& oldest : store.pending_deliveries(destination, 0, 1))
      counted.oldest = std::min(counted.oldest.value_or(oldest.delivery.created_at), oldest.delivery.created_at);
  }
  return counted;
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
      dispatcher_(
          parts.io, parts.courier, parts.sinks, store_thread_, parts.clock, parts.log,
          [this](alert::DeliveryAttempt attempt) {
            deliveries_.beat(parts_.clock.now().steady);
            attempts_.push_back(std::move(attempt));
            commit_soon();
          },
          [this](const alert::DestinationNews& news) {
            parts_.engine.hear_destination(news, parts_.clock.now());
            commit_soon();
          }),
      repeater_(
          parts.io, parts.destinations, parts.sinks, parts.clock, parts.log,
          [this](const std::string& destination) { return parts_.engine.standing(destination, parts_.clock.now()); }),
      heartbeat_(parts.io, parts.heartbeats, parts.sinks, parts.log, [this] { return well(); }),
      housekeeper_(parts.io, store_thread_, options.retention, parts.clock, parts.log,
                   [this] { return !unwritten_ && !committing_ && !clock_is_off(); }, {}),
      questions_(parts.clock.now().steady),
      deliveries_(parts.clock.now().steady),
      pump_timer_(parts.io),
      commit_timer_(parts.io),
      flush_timer_(parts.io),
      refresh_timer_(parts.io),
      tick_timer_(parts.io),
      stop_timer_(parts.io) {}

void Loop::load(std::optional<Handover> handover) {
  const base::Moment now = parts_.clock.now();
  if (handover) parts_.courier.go_on(handover->paces);
  token_revision_ = parts_.engine.restore(parts_.store, parts_.keyring.app_names(), now, std::move(handover));
  // Before the first question: a process that ends without a word after this has not ended in order.
  store::Batch batch = parts_.engine.take_batch();
  try {
    parts_.store.commit(batch);  // the store thread has no job yet
  } catch (const store::FullStore& error) {
    pause(std::move(batch), error.what());
  }
  ::malloc_trim(0);  // what reading a large database took is not needed again
  base::crash_point("loop.loaded");
}

void Loop::tell(const std::vector<Notice>& notices) {
  for (const Notice& notice : notices)
    parts_.log.log(notice.warning ? spdlog::level::warn : spdlog::level::info, "{}", notice.text);
}

std::optional<Handover> Loop::run(std::optional<Handover> handover) {
  load(std::move(handover));
  every(refresh_timer_, options_.refresh_interval, &Loop::refresh);
  run_until_stopped();
  if (!handing_over_) return std::nullopt;
  handover = parts_.engine.hand_over(parts_.clock.now());
  handover->paces = parts_.courier.paces();
  return handover;
}

std::size_t Loop::run_once(const std::string& token, const std::string& account, base::Duration limit) {
  once_ = true;
  load();
  stop_by_ = parts_.clock.now().steady + limit;
  parts_.engine.focus(token, account, parts_.clock.now());
  if (parts_.engine.unsettled() > 0) run_until_stopped();
  return parts_.engine.unsettled() + parts_.engine.asked_in_vain();
}

std::size_t Loop::run_discovery(const std::string& token, base::Duration limit) {
  once_ = true;
  load();
  stop_by_ = parts_.clock.now().steady + limit;
  parts_.engine.focus_on_discovery(token, parts_.clock.now());
  if (parts_.engine.unsettled() > 0) run_until_stopped();
  return parts_.engine.unsettled();
}

void Loop::run_deliveries(const std::string& destination, base::Duration limit) {
  once_ = true;
  deliver_to_ = destination;
  load();
  const base::Moment now = parts_.clock.now();
  stop_by_ = now.steady + limit;
  parts_.engine.focus_on_discovery("-", now);                        // of no token: nothing is asked
  parts_.engine.take_operator_words(read_words(parts_.store), now);  // the store thread has no job yet
  run_until_stopped();
}

/// What a heartbeat says: something certain is known of every pair, and is kept.
bool Loop::well() const { return !unwritten_ && !parts_.engine.blind(); }

/// Then nothing can be told to be old.
bool Loop::clock_is_off() const {
  return parts_.engine.open_incidents().contains({verdict::Cause::kClockSkew, {}, ""});
}

void Loop::run_until_stopped() {
  parts_.signals.async_wait([this](const boost::system::error_code& error, int number) {
    if (!error) begin_stop(number == SIGTERM ? "SIGTERM" : "SIGINT");
  });
  dispatcher_.start();
  repeater_.start();
  if (!once_) heartbeat_.start();
  if (!once_) housekeeper_.start();
  every(flush_timer_, options_.flush_interval, &Loop::flush);
  pump();
  boost::asio::post(parts_.io, [this] {  // the first round is behind us
    supervisor_.ready();
    parts_.health.set_ready(!stopping_ && !unwritten_);
    if (ready_) ready_();
    tell(check_tokens(parts_.engine.roster(), parts_.keyring.apps()));
    if (parts_.metrics != nullptr) parts_.metrics->show(parts_.engine.gauges(parts_.clock.now()));
    tick();
  });
  parts_.log.info("auditing started tokens={} pairs={} open_incidents={}", parts_.engine.roster().live_tokens(),
                  parts_.engine.roster().live_pairs(), parts_.engine.open_incidents().size());
  base::crash_point("loop.started");
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

void Loop::refresh() {
  store_thread_.run(
      [known = data_version_, revision = token_revision_](store::Store& store) {
        News news{.data_version = store.data_version()};
        if (news.data_version == known) return news;
        try {
          news.discoveries = store.take_discovery_requests();
          news.replays = store.take_replays();
        } catch (const store::FullStore&) {  // the edge of a job: it is asked again when there is room
          return News{.data_version = known};
        }
        news.tokens = store.tokens_since(revision);
        news.words = read_words(store);
        return news;
      },
      [this](News news) {
        if (news.data_version == data_version_ || stopping_) return;
        data_version_ = news.data_version;
        deliveries_changed_ = true;  // somebody else has written
        token_revision_ = news.tokens.revision;
        const base::Moment now = parts_.clock.now();
        parts_.engine.take_news(news.tokens.tokens, parts_.keyring.opener(), now);
        for (const auto& token : news.discoveries) parts_.engine.hasten_discovery(token, now);
        parts_.engine.take_operator_words(news.words, now);
        dispatcher_.take_again(std::move(news.replays));
        if (!news.tokens.tokens.empty()) tell(check_tokens(parts_.engine.roster(), parts_.keyring.apps()));
        after_answer();
      });
}

void Loop::flush() {
  if (!flushing_) flush_some();
}

void Loop::flush_some() {
  flushing_ = !parts_.engine.flush(kRunsAtOnce, parts_.clock.now());
  commit_soon();
}

void Loop::set_remark(std::string remark) {
  remark_ = std::move(remark);
  show_status();
}

void Loop::show_status() {
  const Engine& engine = parts_.engine;
  supervisor_.status(fmt::format("watching {} tokens on {} pairs, {} open incidents, {} alerts under way{}",
                                 engine.roster().live_tokens(), engine.roster().live_pairs(),
                                 engine.open_incidents().size(), dispatcher_.pending(), remark_));
}

void Loop::show_figures() {
  if (parts_.metrics == nullptr) return;
  Metrics& metrics = *parts_.metrics;
  const Engine& engine = parts_.engine;
  const auto pairs = engine.pair_counts();
  metrics.show(Figures{.waiting = pairs.waiting,
                       .running = pairs.running,
                       .parked = pairs.parked,
                       .blind = engine.blind_pairs(),
                       .clock_offset = engine.clock_offset(),
                       .paused = unwritten_.has_value()});
  if (std::exchange(incidents_changed_, false)) {
    std::map<verdict::Severity, std::uint64_t> open;
    for (const auto& [key, incident] : engine.open_incidents()) ++open[verdict::severity_of(incident.finding)];
    metrics.show(open);
  }
  if (std::exchange(deliveries_changed_, false))
    store_thread_.run(count_undelivered, [&metrics](const Undelivered& counted) { metrics.show(counted); });
}

void Loop::tick() {
  if (stopping_) return;
  parts_.engine.tick(parts_.clock.now());
  commit_soon();
  const Engine& engine = parts_.engine;
  show_status();
  show_figures();
  prove_life();
  parts_.log.flush();  // equal lines that were held back are told in time
  const bool out_of_time = once_ && parts_.clock.now().steady >= stop_by_;
  const std::size_t pending = deliver_to_ ? dispatcher_.pending(*deliver_to_) : dispatcher_.pending();
  const bool settled = once_ && engine.unsettled() == 0 && !engine.has_batch() && attempts_.empty() && !unwritten_ &&
                       !committing_ && pending == 0;
  if (out_of_time || settled) return begin_stop(settled ? "the audit is complete" : "time is up");
  const auto next = once_ ? 50ms : std::min(kTick, Supervisor::watchdog_period().value_or(kProofs * kTick) / kProofs);
  tick_timer_.expires_after(next);
  tick_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

/// Why the day does not move although the loop turns; empty when it does.
std::string_view Loop::stuck() {
  const base::Moment now = parts_.clock.now();
  if (unwritten_) {  // nothing is asked or sent meanwhile, and people are told why
    questions_.excuse(now.steady);
    deliveries_.excuse(now.steady);
    return {};
  }
  const auto questions = questions_.complaint({parts_.engine.next_due(now), parts_.api.in_flight()}, now.steady);
  if (!questions.empty()) return questions;
  return deliveries_.complaint({dispatcher_.next_due(), dispatcher_.in_flight()}, now.steady);
}

/// The proof of life goes through both threads, and is given only while questions and deliveries move: a store that
/// hangs or a courier that sleeps is as bad as a loop that does.
void Loop::prove_life() {
  const std::string_view why = stuck();
  if (!why.empty()) return parts_.log.error("no sign of life for the watchdog reason=\"{}\"", why);
  store_thread_.run([](store::Store&) { return true; },
                    [this](bool) {
                      supervisor_.feed_watchdog();
                      parts_.health.give_sign(parts_.clock.now().steady);
                    });
}

void Loop::begin_stop(const std::string& why) {
  if (stopping_) return;
  if (handing_over_ && !asks_no_more_) {  // a signal came before all was quiet
    handing_over_ = false;
    refused_("the daemon is stopping");
  }
  stopping_ = true;
  parts_.health.set_ready(false);
  flushing_ = false;
  parts_.engine.restart_flush();  // finish_stop() writes all that is left
  stop_by_ = parts_.clock.now().steady + options_.drain_limit;
  parts_.log.info("stopping reason=\"{}\" audits_under_way={} deliveries_under_way={}", why, parts_.api.in_flight(),
                  dispatcher_.in_flight());
  if (!handing_over_) supervisor_.stopping();
  dispatcher_.stop();
  repeater_.stop();
  heartbeat_.stop();
  housekeeper_.stop();
  parts_.api.shut_down();
  for (auto* timer : {&pump_timer_, &flush_timer_, &refresh_timer_, &tick_timer_}) timer->cancel();
  base::crash_point("stop.begun");
  continue_stop();
}

bool Loop::drained() const { return dispatcher_.in_flight() == 0 && parts_.api.in_flight() == 0; }

void Loop::continue_stop() {
  if (finishing_) return finish_stop();
  const bool out_of_time = parts_.clock.now().steady >= stop_by_;
  if (drained() || out_of_time) {
    finishing_ = true;
    parts_.sinks.shut_down();
    base::crash_point("stop.drained");
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
  if (!ended_ && parts_.engine.flush(kRunsAtOnce, parts_.clock.now())) {
    parts_.engine.end_in_order(parts_.clock.now());
    ended_ = true;
    base::crash_point("stop.flushed");
  }
  if (parts_.engine.has_batch() || !attempts_.empty() || unwritten_) return commit();
  base::crash_point("stop.written");
  parts_.signals.cancel();
  parts_.log.info("stopped");
  parts_.io.stop();
}

}  // namespace service
