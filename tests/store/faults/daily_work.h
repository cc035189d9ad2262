#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "store/sqlite_store.h"

/// What a daemon writes on one day, and how to tell what of it lies in a store.
namespace daily_work {

/// What a store holds, one line for each thing.
using Facts = std::set<std::string>;
Facts facts_of(store::Database& database);

/// One call of the store, and what it leaves there.
struct Step {
  std::function<void(store::Store&)> call;
  Facts leaves;
};
/// A token is added; twenty commits bring a change, an incident and an alert each; the alerts are delivered; an
/// operator announces a change. Always the same calls with the same ids.
const std::vector<Step>& steps();

/// Anything of what a step leaves is there.
bool is_there(const Step& step, const Facts& facts);
/// What is wrong when the first `acknowledged` steps must be there whole, the next one may be, and nothing else; or
/// nothing.
std::string complaint_about(const Facts& facts, std::size_t acknowledged);

}  // namespace daily_work
