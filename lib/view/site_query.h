#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "http/query.h"
#include "store/store.h"

namespace view {

/// A question that cannot be understood. The message is for people, and repeats nothing of what was asked.
class BadQuestion : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Rows at most, whatever is asked for: an answer is made in memory.
constexpr int kMostRows = 1000;

// What the parameters of a target ask for. Each throws BadQuestion for a parameter that it does not know, one that is
// given twice, and a value that is none. `limit` is what counts when none is given.

/// token, account, after_token, after_account, limit
store::PairQuery pair_query_of(std::string_view target, int limit);
/// all (yes), cause, token, account, since, limit
store::IncidentQuery incident_query_of(std::string_view target, int limit);
/// token, account, kind, since, until, after, before, latest (yes), limit
store::HistoryQuery history_query_of(std::string_view target, int limit);
/// None at all.
void require_no_query(std::string_view target);

}  // namespace view
