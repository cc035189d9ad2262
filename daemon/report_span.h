#pragma once

#include <string>

#include "view/stretch.h"

namespace app {

/// What span is asked for, as given; empty: not given.
struct SpanOptions {
  std::string quarter;  ///< "2026Q3", "last", "this"
  std::string since, until;
};

/// The quarter, or from --since to --until; without any of them the last quarter that is over. A span that is not over
/// ends `now`. Throws UsageError for one that makes no sense.
view::Stretch span_of(const SpanOptions& options, base::Instant now);

}  // namespace app
