// What the engine hears of its own telling and keeping: destinations and the database. The rest is in engine.cpp.

#include <algorithm>

#include "base/ensure.h"
#include "service/engine.h"

namespace service {

using verdict::Cause;

namespace {

verdict::IncidentKey broken_key(const std::string& destination) {
  return {Cause::kDestinationBroken, {}, "", destination};
}
verdict::IncidentKey unwritable_key() { return {Cause::kStoreUnwritable, {}, "", "database"}; }

struct Reason {
  const char* rule;
  const char* words;
};

Reason reason_of(alert::DestinationNews::Kind kind) {
  using Kind = alert::DestinationNews::Kind;
  switch (kind) {
    case Kind::kRefusesForGood:
      return {"refused_for_good", "it refuses messages for good"};
    case Kind::kSilentForLong:
      return {"silent_for_long", "no attempt has succeeded for a quarter of an hour"};
    case Kind::kGivenUp:
      return {"given_up", "messages were given up"};
    case Kind::kWorks:
      break;
  }
  ENSURE(!"no reason for an incident");
  return {};
}

}  // namespace

void Engine::hear_destination(const alert::DestinationNews& news, base::Moment now) {
  const auto key = broken_key(news.destination);
  if (news.kind == alert::DestinationNews::Kind::kWorks) return close(key, now);
  const auto known = open_.find(key);
  const Reason reason = reason_of(news.kind);
  verdict::Finding finding{.key = key, .evidence = {news.http_status, ""}};
  finding.details = {reason.words, news.outcome};
  finding.grounds = {reason.rule, {}};
  const bool given_up = news.kind == alert::DestinationNews::Kind::kGivenUp;
  if (known != open_.end()) finding.affected = known->second.finding.affected;
  if (given_up) ++finding.affected;
  // The hundredth message that is given up for the same reason is for the record.
  if (known != open_.end() && known->second.finding.grounds.rule == reason.rule)
    finding.details = known->second.finding.details;
  open_or_refresh(std::move(finding), now);
}

std::vector<alert::PendingDelivery> Engine::hear_database(const std::string& refusal, base::Moment now) {
  std::vector<alert::PendingDelivery> urgent;
  if (refusal.empty()) {
    close(unwritable_key(), now);
    return urgent;
  }
  if (open_.contains(unwritable_key())) return urgent;
  verdict::Finding finding{.key = unwritable_key()};
  finding.details = {refusal};
  finding.grounds = {"no_room_to_write", {}};
  const std::size_t first = batch_.deliveries.size();
  open_or_refresh(std::move(finding), now);
  for (std::size_t place = first; place < batch_.deliveries.size(); ++place) {
    const alert::Delivery& delivery = batch_.deliveries[place];
    const auto body = std::find_if(batch_.bodies.begin(), batch_.bodies.end(),
                                   [&](const alert::Body& candidate) { return alert::is_of(candidate, delivery); });
    ENSURE(body != batch_.bodies.end());
    urgent.push_back({delivery, body->bytes});
  }
  return urgent;
}

}  // namespace service
