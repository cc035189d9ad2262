#include "service/repeater.h"

#include <spdlog/logger.h>

#include <algorithm>

#include "alert/form.h"
#include "alert/render.h"
#include "base/text.h"

namespace service {
namespace {

/// In one request: some hundred kilobytes.
constexpr std::size_t kMostAlerts = 200;

}  // namespace

Repeater::Repeater(boost::asio::io_context& io, const std::vector<alert::Destination>& destinations,
                   http::Transport& transport, const base::Clock& clock, spdlog::logger& log, Standing standing)
    : transport_(transport), clock_(clock), log_(log), standing_(std::move(standing)), timer_(io) {
  for (const auto& destination : destinations) {
    if (destination.channel == alert::Channel::kAlertmanager) to_.push_back(&destination);
  }
}

void Repeater::start() {
  if (!to_.empty()) round();
}

void Repeater::round() {
  for (const auto* to : to_) send(*to, standing_(to->name));
  timer_.expires_after(kEvery);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) round();
  });
}

void Repeater::send(const alert::Destination& to, const std::vector<alert::Alert>& alerts) {
  for (std::size_t first = 0; first < alerts.size(); first += kMostAlerts) {
    const auto begin = alerts.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(std::min(kMostAlerts, alerts.size() - first));
    alert::PendingDelivery pending;
    pending.body = alert::alertmanager_body({begin, end});
    auto request = alert::form_of(to.channel).request(to, pending, clock_.now().utc);
    if (!request) continue;
    transport_.send(*std::move(request), [this, &to](const http::Reply& reply) {
      const auto result = alert::judge_reply(to.channel, reply, clock_.now().utc);
      if (result.verdict != alert::Verdict::kDelivered)
        log_.warn("alerts not repeated destination={} outcome=\"{}\"", to.name, base::clean_text(result.outcome));
    });
  }
}

}  // namespace service
