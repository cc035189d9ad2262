#include "service/heartbeat.h"

#include <spdlog/logger.h>

#include "base/text.h"

namespace service {
namespace {

http::Request request_for(const alert::Heartbeat& to) {
  http::Request request;
  request.url = std::string(to.url.reveal());
  request.headers = {{"user-agent", "adsauditd"}};
  request.max_body = 4096;
  request.cut_long_body = true;
  request.reach = to.allow_private ? http::Reach::kPrivateToo : http::Reach::kPublicAddress;
  return request;
}

/// Empty when the watcher has heard us.
std::string failure_of(const http::Reply& reply) {
  if (!reply) return std::string(http::to_text(reply.error().stage)) + ": " + base::clean_text(reply.error().detail);
  const int status = reply.value().status;
  return status >= 200 && status <= 299 ? std::string() : "http " + std::to_string(status);
}

}  // namespace

Heartbeat::Heartbeat(boost::asio::io_context& io, const std::vector<alert::Heartbeat>& all, http::Transport& transport,
                     spdlog::logger& log, std::function<bool()> well)
    : transport_(transport), log_(log), well_(std::move(well)) {
  for (const auto& one : all) beats_.push_back({one, boost::asio::steady_timer(io)});
}

void Heartbeat::start() {
  for (Beat& beat : beats_) send(beat);
}

void Heartbeat::stop() {
  for (Beat& beat : beats_) beat.timer.cancel();
}

void Heartbeat::wait(Beat& beat) {
  beat.timer.expires_after(beat.to.every);
  beat.timer.async_wait([this, &beat](const boost::system::error_code& error) {
    if (!error) send(beat);
  });
}

void Heartbeat::send(Beat& beat) {
  wait(beat);
  const bool well = well_();
  if (well == beat.silent)
    log_.warn("heartbeat {} name={}", well ? "sent again" : "withheld, nothing certain is known", beat.to.name);
  beat.silent = !well;
  if (!well) return;
  transport_.send(request_for(beat.to), [this, &beat](const http::Reply& reply) {
    const std::string failure = failure_of(reply);
    const bool refused = !reply.ok() && reply.error().stage == http::Stage::kRefused;
    if (failure.empty() == !beat.failing || refused) return;
    beat.failing = !failure.empty();
    if (beat.failing)
      log_.warn("heartbeat failed name={} outcome=\"{}\"", beat.to.name, failure);
    else
      log_.info("heartbeat arrives again name={}", beat.to.name);
  });
}

}  // namespace service
