#include "alert/composer.h"

#include <algorithm>
#include <utility>

#include "alert/form.h"
#include "alert/render.h"

namespace alert {
namespace {

/// Messages about one token, or one ad account, reach a destination in their order.
std::string order_key_of(const Alert& alert) {
  if (alert.test) return alert.id.text();  // it waits for no other
  const verdict::IncidentKey& key = alert.incident.finding.key;
  return key.token.null() ? alert.subject.account_id : key.token.text();
}

/// Bodies of one alert stand together, at the end.
bool rendered(const std::vector<Body>& bodies, const AlertId& alert, Channel channel, const std::string& own) {
  for (auto body = bodies.rbegin(); body != bodies.rend() && body->alert == alert; ++body) {
    if (body->channel == channel && body->destination == own) return true;
  }
  return false;
}

}  // namespace

void Composer::write(Alert alert, const std::vector<Addressee>& addressees, base::Instant now) {
  if (addressees.empty()) return;
  if (alert.id.null()) alert.id = AlertId::make(now, *random_);
  alert.sequence = ++sequence_;
  alert.at = now;
  Record record{.id = alert.id,
                .sequence = alert.sequence,
                .at = now,
                .kind = std::string(to_text(alert.state)),
                .title = wording_of(alert).title,
                .test = alert.test,
                .incidents = {}};
  if (!alert.test) record.incidents.push_back(alert.incident.id);
  outgoing_.alerts.push_back(std::move(record));
  for (const Addressee& addressee : addressees) address(alert, addressee, now);
  const bool changes = alert.state == State::kUpdated || alert.state == State::kResolved;
  if (!changes || alert.test) return;
  for (const Addressee& addressee : addressees) {
    const bool edits = form_of(addressee.destination->channel).manner().edits;
    if (edits && addressee.act == Act::kReply) edit(alert, addressee, now);
  }
}

void Composer::address(const Alert& alert, const Addressee& addressee, base::Instant now) {
  const Destination& to = *addressee.destination;
  const bool own_words = has_own_words(to);
  const std::string own = own_words ? to.name : std::string();
  if (!rendered(outgoing_.bodies, alert.id, to.channel, own))
    outgoing_.bodies.push_back({alert.id, to.channel, own, render(to, alert)});
  const bool threads = form_of(to.channel).manner().threads && !alert.test;
  outgoing_.deliveries.push_back({.id = DeliveryId::make(now, *random_),
                                  .alert = alert.id,
                                  .sequence = alert.sequence,
                                  .destination = to.name,
                                  .channel = to.channel,
                                  .own_words = own_words,
                                  .act = threads ? addressee.act : Act::kSend,
                                  .thread = threads ? alert.incident.id.text() : std::string(),
                                  .order_key = order_key_of(alert),
                                  .created_at = now,
                                  .next_attempt_at = now});
}

/// A message of its own, so that each has its own place in the order and its own attempts.
void Composer::edit(Alert alert, const Addressee& addressee, base::Instant now) {
  alert.id = AlertId::make(now, *random_);
  alert.sequence = ++sequence_;
  outgoing_.alerts.push_back({.id = alert.id,
                              .sequence = alert.sequence,
                              .at = now,
                              .kind = "edit",
                              .title = wording_of(alert).title,
                              .incidents = {alert.incident.id}});
  address(alert, {addressee.destination, Act::kEdit}, now);
}

void Composer::write(Digest digest, const Destination& destination, std::vector<verdict::IncidentId> members,
                     base::Instant now) {
  if (digest.id.null()) digest.id = AlertId::make(now, *random_);
  digest.sequence = ++sequence_;
  digest.at = now;
  outgoing_.alerts.push_back({.id = digest.id,
                              .sequence = digest.sequence,
                              .at = now,
                              .kind = digest.title.empty() ? "digest" : "notice",
                              .title = wording_of(digest).title,
                              .test = digest.test,
                              .incidents = std::move(members)});
  outgoing_.bodies.push_back({digest.id, destination.channel, "", render(destination.channel, digest)});
  outgoing_.deliveries.push_back({.id = DeliveryId::make(now, *random_),
                                  .alert = digest.id,
                                  .sequence = digest.sequence,
                                  .destination = destination.name,
                                  .channel = destination.channel,
                                  .order_key = "digest",
                                  .created_at = now,
                                  .next_attempt_at = now});
}

Outgoing Composer::take() {
  outgoing_.last_sequence = outgoing_.alerts.empty() ? 0 : outgoing_.alerts.back().sequence;
  return std::exchange(outgoing_, {});
}

}  // namespace alert
