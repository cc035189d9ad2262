#pragma once

#include <string_view>
#include <variant>

#include "xads/observation.h"

namespace xads {

/// The code asks for a pause, whatever the status says.
struct SlowDown {
  bool operator==(const SlowDown&) const = default;
};
/// The code speaks of X's own trouble: nothing is said about token, account or app.
struct ServerTrouble {
  bool operator==(const ServerTrouble&) const = default;
};
using CodeMeaning = std::variant<Denial, SlowDown, ServerTrouble>;

/// What a refusal's code means at this 4xx status. `code` is the Ads service's word or the gateway's number as text;
/// a code that the table does not hold, or not at this status, is Denial::kUnknown. Pure.
///
/// `message` decides in one case only: the code INVALID says nothing by itself, and X announces a retired version
/// with it. Everywhere else messages are passed over, since their wording has changed over the years.
CodeMeaning meaning_of(std::string_view code, int status, std::string_view message);

}  // namespace xads
