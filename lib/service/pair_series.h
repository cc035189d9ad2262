#pragma once

#include <cstddef>
#include <string>

#include "store/store.h"

namespace service {

/// What the operator wants of /metrics.
struct MetricsOptions {
  bool per_account = false;  ///< also series of each pair
  int max_series = 1000;     ///< of those, at most
};

/// Two series a pair, as the database knows it, in the text format of Prometheus: whether it is granted, and when that
/// was last heard (which the database learns every few minutes). The first pairs by name of token and ad account, so
/// that the same ones are told each time; how many series are left out is told, too. Reads no more pairs than it tells.
std::string pair_series(store::Store& store, const MetricsOptions& options);

}  // namespace service
