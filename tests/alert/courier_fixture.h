#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alert/courier.h"
#include "alert/samples.h"

namespace alert::samples {

inline const base::Instant kNoon = instant("2026-11-23T12:00:00.000Z");
inline constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

inline std::vector<Destination> destinations() {
  std::vector<Destination> all(2);
  all[0].name = "ops";
  all[0].channel = Channel::kSlack;
  all[0].url = base::Secret("https://hooks.slack.com/services/T0/B0/key");
  all[1].name = "siem";
  all[1].channel = Channel::kWebhook;
  all[1].url = base::Secret("https://siem.example/hook");
  all[1].secret = base::Secret(kSecret);
  all[1].max_in_flight = 4;
  return all;
}

inline PendingDelivery pending(const std::string& destination, std::uint64_t sequence, const std::string& order_key) {
  PendingDelivery pending;
  pending.delivery.id = id<DeliveryId>(static_cast<int>(sequence) + (destination == "ops" ? 100'000 : 0));
  pending.delivery.alert = id<AlertId>(static_cast<int>(sequence));
  pending.delivery.sequence = sequence;
  pending.delivery.destination = destination;
  pending.delivery.channel = destination == "ops" ? Channel::kSlack : Channel::kWebhook;
  pending.delivery.order_key = order_key;
  pending.delivery.created_at = kNoon;
  pending.delivery.next_attempt_at = kNoon;
  pending.body = "body " + std::to_string(sequence);
  return pending;
}

inline http::Reply answer(int status, std::string body = "", http::Headers headers = {}) {
  return http::Response{status, std::move(headers), std::move(body)};
}
inline const http::Reply kOk = answer(200, "ok");

/// A courier with one Slack and one webhook destination, at noon.
struct Fixture {
  std::vector<Destination> all = destinations();
  base::SeededRandom random{7};
  base::ManualClock clock{kNoon};
  Courier courier{all, random};

  bool add(const std::string& destination, std::uint64_t sequence, const std::string& order_key) {
    return courier.add(pending(destination, sequence, order_key), clock.now());
  }
  /// The body of the next delivery that may go, or nothing.
  std::optional<std::string> take() {
    auto sending = courier.take_due(clock.now());
    if (!sending) return std::nullopt;
    last = sending->id;
    request = sending->request;
    return request.body;
  }
  /// And commits what came of it.
  DeliveryAttempt finish(const http::Reply& reply) {
    auto attempt = courier.finish(last, reply, clock.now());
    courier.recorded(attempt.delivery);
    return attempt;
  }

  DeliveryId last;
  http::Request request;
};

inline std::string header(const http::Request& request, const std::string& name) {
  for (const auto& header : request.headers) {
    if (header.name == name) return header.value;
  }
  return "missing";
}

}  // namespace alert::samples
