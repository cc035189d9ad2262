#pragma once

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "store/store.h"

namespace app {

/// A delivery that was given up.
struct DeadLetter {
  alert::Record record;
  store::DeliveryRow row;
};

/// Which ones; what is empty fits all.
struct DeadLetterQuery {
  std::string destination{};
  std::optional<alert::AlertId> alert{};
  std::optional<alert::DeliveryId> delivery{};
  std::size_t limit = std::numeric_limits<std::size_t>::max();
};

/// The latest alert first.
std::vector<DeadLetter> dead_letters(store::Store& store, const DeadLetterQuery& query);

}  // namespace app
