#include "load.h"

#include <fmt/format.h>

#include "base/random.h"

namespace power_cut {
namespace {

using namespace std::chrono_literals;

constexpr const char* kDestination = "ops";

/// An alert as the engine commits it: an account that no token sees any more.
struct News {
  explicit News(std::uint64_t sequence);

  verdict::Change change;
  verdict::Incident incident;
  alert::Body body;
  alert::Delivery delivery;
};

News::News(std::uint64_t sequence) {
  base::SeededRandom random(sequence);
  const auto at = kStart + std::chrono::milliseconds(sequence);
  const auto account = fmt::format("18ce{:07}", sequence);

  change.id = verdict::ChangeId::make(at, random);
  change.at = at;
  change.kind = "changed";
  change.token = "brand-a";
  change.account = account;
  change.before = "granted";
  change.after = "denied account_not_found";
  change.evidence = {404, "NOT_FOUND"};
  change.confirmations = 2;

  incident.id = verdict::IncidentId::make(at, random);
  incident.finding.key.cause = verdict::Cause::kAccountUnavailable;
  incident.finding.key.account = account;
  incident.finding.last_good_at = at - 15min;
  incident.finding.evidence = change.evidence;
  incident.finding.confirmations = change.confirmations;
  incident.opened_at = at;
  incident.updated_at = at;

  body.alert = alert::AlertId::make(at, random);
  body.channel = alert::Channel::kWebhook;
  body.bytes = fmt::format(R"({{"type":"account.unavailable","data":{{"sequence":{},"impact":"{:*<700}"}}}})", sequence,
                           account);  // as long as a webhook's body is

  delivery.id = alert::DeliveryId::make(at, random);
  delivery.alert = body.alert;
  delivery.sequence = sequence;
  delivery.destination = kDestination;
  delivery.channel = body.channel;
  delivery.order_key = account;
  delivery.created_at = at;
  delivery.next_attempt_at = at;
}

/// Three of four arrive; the fourth is to be tried again.
alert::DeliveryAttempt attempt_of(std::uint64_t sequence) {
  alert::DeliveryAttempt attempt;
  attempt.delivery = News(sequence).delivery;
  attempt.delivery.attempts = 1;
  attempt.at = attempt.delivery.created_at + 1s;
  attempt.took = 212ms;
  if (sequence % kAlerts == 0) {
    attempt.delivery.next_attempt_at = attempt.at + 30s;
    attempt.http_status = 503;
    attempt.outcome = "http 503";
  } else {
    attempt.delivery.state = alert::DeliveryState::kDelivered;
    attempt.http_status = 204;
    attempt.outcome = "delivered";
  }
  return attempt;
}

}  // namespace

store::Batch batch_of(std::uint64_t number) {
  const auto round = (number - 1) / (kAlerts + 1);
  const auto place = (number - 1) % (kAlerts + 1);
  const auto first_sequence = round * kAlerts + 1;
  store::Batch batch;
  if (place == kAlerts) {
    for (std::uint64_t alert = 0; alert < kAlerts; ++alert)
      batch.attempts.push_back(attempt_of(first_sequence + alert));
    return batch;
  }
  News news(first_sequence + place);
  batch.changes = {std::move(news.change)};
  batch.incidents = {std::move(news.incident)};
  batch.bodies = {std::move(news.body)};
  batch.deliveries = {std::move(news.delivery)};
  return batch;
}

std::uint64_t rows_of(const store::Batch& batch) {
  return batch.changes.size() + batch.incidents.size() + batch.bodies.size() + batch.deliveries.size() +
         batch.attempts.size();
}

}  // namespace power_cut
