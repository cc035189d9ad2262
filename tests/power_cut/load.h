#pragma once

#include <cstdint>

#include "store/batch.h"

/// The power-cut test: what is committed until the power goes, and what must be there when it is back.
namespace power_cut {

/// When the load begins, as its rows tell it.
constexpr base::Instant kStart = base::from_epoch_ms(1'795'435'200'000);

/// Commits come in rounds: kAlerts commits of an alert each (change, incident, body, delivery), then one commit of the
/// attempts to deliver those.
constexpr std::uint64_t kAlerts = 4;

/// The commit of this number, from 1. The same number always gives the same rows, ids included, so that the number
/// alone tells a checker what must be there.
store::Batch batch_of(std::uint64_t number);

/// How many rows a batch adds.
std::uint64_t rows_of(const store::Batch& batch);

}  // namespace power_cut
