// How the loop gives its place to another one, when the settings are others. The rest of it is in loop.cpp.

#include <spdlog/logger.h>

#include <utility>

#include "base/text.h"
#include "service/loop.h"

namespace service {
namespace {

constexpr base::Duration kLookAgain{10};

struct Prepared {
  std::string refusal;
  store::TokenNews tokens;
};

}  // namespace

void Loop::hand_over(std::function<void(store::Store&)> prepare, Refused refused) {
  if (stopping_) return refused("the daemon is stopping");
  if (handing_over_) return refused("other settings are being taken over");
  if (unwritten_) return refused("the database cannot be written at present; try again when adsauditd status is well");
  handing_over_ = true;
  refused_ = std::move(refused);
  store_thread_.run(
      [prepare = std::move(prepare), revision = token_revision_](store::Store& store) {
        try {
          prepare(store);
        } catch (const store::FullStore& error) {  // the edge of a job: nothing of it was kept
          return Prepared{.refusal = error.what()};
        }
        return Prepared{.tokens = store.tokens_since(revision)};
      },
      [this](const Prepared& prepared) {
        if (!handing_over_) return;  // a signal came first
        if (prepared.refusal.empty()) return prepare_handover(prepared.tokens);
        handing_over_ = false;
        refused_("the database cannot be written at present: " + base::clean_text(prepared.refusal));
      });
}

/// A token with other secrets is asked anew, and one that is gone ends, as if the command line had said so.
void Loop::prepare_handover(const store::TokenNews& tokens) {
  token_revision_ = tokens.revision;
  parts_.engine.take_news(tokens.tokens, parts_.keyring.opener(), parts_.clock.now());
  after_answer();
  dispatcher_.pause();
  hand_over_by_ = parts_.clock.now().steady + options_.deliveries_limit;
  wait_for_handover();
}

/// First what people are being told: a delivery that is cut off would be sent again. The audit goes on meanwhile; then
/// it waits for its last answers.
void Loop::wait_for_handover() {
  if (stopping_) return;
  if (unwritten_) {  // the old settings stay, and people are told why nothing is asked
    handing_over_ = asks_no_more_ = false;
    return refused_("the database cannot be written any more; try again when adsauditd status is well");
  }
  const base::Instant now = parts_.clock.now().steady;
  if (!asks_no_more_ && (dispatcher_.in_flight() == 0 || now >= hand_over_by_)) {
    asks_no_more_ = true;
    hand_over_by_ = now + options_.answers_limit;
  }
  if (asks_no_more_ && (parts_.api.in_flight() == 0 || now >= hand_over_by_)) return begin_stop("other settings");
  stop_timer_.expires_after(kLookAgain);
  stop_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) wait_for_handover();
  });
}

}  // namespace service
