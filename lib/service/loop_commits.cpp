// How the loop commits what was decided. The rest of it is in loop.cpp.

#include <spdlog/logger.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "service/loop.h"

namespace service {
namespace {

using namespace std::chrono_literals;

/// A change waits no longer than this for company.
constexpr base::Duration kCommitDelay = 5ms;

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
  committing_ = true;
  store::Batch batch = unwritten_ ? *std::exchange(unwritten_, std::nullopt) : parts_.engine.take_batch();
  for (auto& attempt : std::exchange(attempts_, {})) batch.attempts.push_back(std::move(attempt));
  auto works = std::exchange(held_, {});
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
      [this, works = std::move(works)](std::pair<store::Batch, std::string> outcome) {
        committing_ = false;
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
  if (!batch.deliveries.empty()) dispatcher_.take(batch.deliveries, batch.bodies);
}

}  // namespace service
