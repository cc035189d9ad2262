#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/store.h"

namespace app {

/// What a token was answered about an ad account at some time, as the change log tells it.
struct AccessThen {
  store::HistoryRow known_from;               ///< the change that first gave this answer; its `after` is the answer
  std::string token_kind;                     ///< "advertiser" as it was then; empty when the log does not tell
  std::optional<store::HistoryRow> ended_by;  ///< the first change after it: another answer, or the token was removed
  std::optional<base::Instant> last_seen;     ///< UTC, of an answer that nothing has ended: when it came last
};

/// From when on (UTC) the log tells of every change; of earlier ones some are gone, whose time was over. Nothing: it
/// tells of all that there ever were.
std::optional<base::Instant> complete_since(store::Store& store);

/// Each token that had an answer about `account` at the time `at` (UTC), by name.
std::vector<AccessThen> access_at(store::Store& store, const std::string& account, base::Instant at);

}  // namespace app
