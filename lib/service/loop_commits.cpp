// How the loop commits what was decided. The rest of it is in loop.cpp.

#include <spdlog/logger.h>

#include <algorithm>
#include <utility>

#include "base/crash_point.h"
#include "base/text.h"
#include "service/loop.h"

namespace service {
namespace {

using namespace std::chrono_literals;

/// A change waits no longer than this for company.
constexpr base::Duration kCommitDelay = 5ms;

/// Other settings wait so long for room on the disk.
constexpr base::Duration kPatienceOfHandover = 30s;

bool has_arrived(const store::Batch& batch, const alert::DeliveryId& delivery) {
  return std::any_of(batch.attempts.begin(), batch.attempts.end(), [&](const alert::DeliveryAttempt& attempt) {
    return attempt.delivery.id == delivery && attempt.delivery.state == alert::DeliveryState::kDelivered;
  });
}

}  // namespace

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
  // What is on its way from memory is not committed before it is known whether it has arrived.
  if (!unwritten_ && urgent_in_flight_ > 0 && !stopping_) return;
  committing_ = true;
  const bool fresh = !unwritten_;
  store::Batch batch = fresh ? parts_.engine.take_batch() : *std::exchange(unwritten_, std::nullopt);
  for (auto& attempt : std::exchange(attempts_, {})) batch.attempts.push_back(std::move(attempt));
  if (fresh) {
    for (auto& attempt : std::exchange(arrived_, {})) batch.attempts.push_back(std::move(attempt));
  }
  auto works = std::exchange(held_, {});
  store_thread_.run(
      [batch = std::move(batch), metrics = parts_.metrics, &clock = parts_.clock](store::Store& store) mutable {
        std::string refusal;
        const base::Instant begun = clock.now().steady;
        try {
          store.commit(batch);
          if (metrics != nullptr) metrics->wrote(clock.now().steady - begun);
        } catch (const store::FullStore& error) {  // the edge of a job: every other failure ends the process
          refusal = error.what();
        }
        return std::pair(std::move(batch), std::move(refusal));
      },
      [this, works = std::move(works)](std::pair<store::Batch, std::string> outcome) {
        committing_ = false;
        base::crash_point("loop.committed");
        const bool written = outcome.second.empty();
        for (const Work& work : works)
          written && !stopping_ ? start(work) : parts_.engine.abandon(work, parts_.clock.now());
        if (!written) return pause(std::move(outcome.first), outcome.second);
        resume();
        after_commit(outcome.first);
        if (flushing_) flush_some();
        commit_soon();
        if (stopping_) continue_stop();
      });
}

/// No room to write: nothing is asked or sent, because what is learned could not be kept, until the batch is written.
void Loop::pause(store::Batch batch, const std::string& why) {
  unwritten_ = std::move(batch);
  parts_.health.set_ready(false);
  if (retry_in_ == base::Duration(0)) {
    parts_.log.critical("auditing paused reason=\"{}\"", base::clean_text(why));
    paused_at_ = parts_.clock.now().steady;
  }
  dispatcher_.pause();
  if (stopping_ && handing_over_ && parts_.clock.now().steady < paused_at_ + kPatienceOfHandover) {
    supervisor_.feed_watchdog();  // no tick does so any more, and what is waited for is room
    commit_timer_.expires_after(1s);
    return commit_timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) commit();
    });
  }
  if (stopping_) {
    parts_.log.critical("stopped without the last changes reason=\"{}\"", base::clean_text(why));
    return parts_.io.stop();
  }
  announce_pause(why);
  base::crash_point("loop.paused");
  retry_in_ = std::clamp(2 * retry_in_, base::Duration(1s), base::Duration(30s));
  commit_timer_.expires_after(retry_in_);
  commit_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) commit();
  });
}

/// Told straight from memory, once: there is nowhere to keep it first. What does not arrive is tried again as often as
/// the commit is, and goes the usual way when that succeeds.
void Loop::announce_pause(const std::string& why) {
  const base::Moment now = parts_.clock.now();
  if (!pause_told_ && now.steady - paused_at_ >= options_.pause_to_tell) {
    pause_told_ = true;
    urgent_ = parts_.engine.hear_database(why, now);
  }
  if (urgent_in_flight_ == 0) send_urgent();
}

void Loop::send_urgent() {
  for (auto& pending : std::exchange(urgent_, {})) {
    ++urgent_in_flight_;
    dispatcher_.send_from_memory(pending, [this, pending](std::optional<alert::DeliveryAttempt> arrived) {
      --urgent_in_flight_;
      if (arrived)
        arrived_.push_back(*std::move(arrived));
      else if (pause_told_)
        urgent_.push_back(pending);
      commit_soon();
    });
  }
}

void Loop::resume() {
  if (retry_in_ == base::Duration(0)) return;
  retry_in_ = base::Duration(0);
  base::crash_point("loop.resuming");
  urgent_.clear();  // they are rows from now on
  if (std::exchange(pause_told_, false)) parts_.engine.hear_database("", parts_.clock.now());
  parts_.log.warn("auditing resumed");
  parts_.health.set_ready(!stopping_);
  if (!handing_over_) dispatcher_.resume();
  base::crash_point("loop.resumed");
  pump();
}

void Loop::after_commit(const store::Batch& batch) {
  count(batch);
  for (const auto& change : batch.changes) {
    // A first answer is no news; a thousand new pairs would drown what is.
    const auto level = change.kind == "first_seen" ? spdlog::level::debug : spdlog::level::info;
    if (!parts_.log.should_log(level)) continue;
    parts_.log.log(level, "change recorded change={} kind={} token={} account={} before=\"{}\" after=\"{}\"",
                   change.id.text(), change.kind, change.token, change.account, base::clean_text(change.before),
                   base::clean_text(change.after));
  }
  for (const auto& incident : batch.incidents) {
    const auto& key = incident.finding.key;
    const auto token = parts_.engine.roster().find_token(key.token);
    parts_.log.warn("incident {} incident={} cause={} token={} account={}",
                    incident.resolved_at                        ? "resolved"
                    : incident.updated_at == incident.opened_at ? "opened"
                                                                : "updated",
                    incident.id.text(), verdict::to_text(key.cause),
                    token ? parts_.engine.roster().token_name(*token) : "-", key.account.empty() ? "-" : key.account);
  }
  for (const auto& alert : batch.alerts) {
    if (!alert.test) continue;
    for (const auto& delivery : batch.deliveries) {
      if (delivery.alert == alert.id) dispatcher_.wake(delivery.destination);
    }
  }
  auto deliveries = batch.deliveries;
  std::erase_if(deliveries, [&](const alert::Delivery& delivery) { return has_arrived(batch, delivery.id); });
  if (!deliveries.empty()) dispatcher_.take(deliveries, batch.bodies);
  dispatcher_.recorded(batch.attempts);
  base::crash_point("loop.dispatched");
}

void Loop::count(const store::Batch& batch) {
  incidents_changed_ |= !batch.incidents.empty();
  deliveries_changed_ |= !batch.deliveries.empty() || !batch.attempts.empty();
  if (parts_.metrics == nullptr) return;
  for (const auto& incident : batch.incidents) {
    const bool opened = !incident.resolved_at && incident.updated_at == incident.opened_at;
    if (opened) parts_.metrics->opened(incident.finding.key.cause);
  }
  for (const auto& attempt : batch.attempts) parts_.metrics->tried(attempt);
  parts_.metrics->show(batch.gauges);
}

}  // namespace service
