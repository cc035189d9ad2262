#include "dead_letters.h"

namespace app {
namespace {

bool fits(const store::DeliveryRow& row, const DeadLetterQuery& query) {
  const alert::Delivery& delivery = row.delivery;
  return delivery.state == alert::DeliveryState::kDead &&
         (query.destination.empty() || delivery.destination == query.destination) &&
         (!query.delivery || delivery.id == *query.delivery);
}

}  // namespace

std::vector<DeadLetter> dead_letters(store::Store& store, const DeadLetterQuery& query) {
  constexpr int kPage = 500;
  store::AlertQuery page{.alert = query.alert, .state = alert::DeliveryState::kDead, .limit = kPage};
  if (!query.destination.empty()) page.destination = query.destination;
  std::vector<DeadLetter> letters;
  for (bool more = true; more;) {
    const auto rows = store.alerts(page);
    for (const auto& alert : rows) {
      for (const auto& row : alert.deliveries) {
        if (!fits(row, query)) continue;
        letters.push_back({alert.record, row});
        if (letters.size() == query.limit) return letters;
      }
    }
    more = rows.size() == static_cast<std::size_t>(kPage);
    if (more) page.before_sequence = rows.back().record.sequence;
  }
  return letters;
}

}  // namespace app
