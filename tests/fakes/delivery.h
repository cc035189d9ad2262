// Lets an answer leave the server, in good manners or bad.
#pragma once

#include <httplib.h>

#include <cstdint>

#include "answers.h"
#include "misbehaviour.h"

namespace fakes {

/// Call inside the request's handler. Blocks for kHold and kDrip until the peer leaves.
void deliver(const Answer& answer, Manner manner, std::int64_t ms, const httplib::Request& request,
             httplib::Response& response);

}  // namespace fakes
