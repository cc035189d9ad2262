#pragma once

#include "alert/delivery.h"
#include "http/message.h"

namespace alert {

/// The request that makes one attempt, signed for a webhook. `now` is UTC; a receiver refuses a signature that is too
/// old, so every attempt has its own.
http::Request request_for(const Destination& destination, const PendingDelivery& pending, base::Instant now);

}  // namespace alert
