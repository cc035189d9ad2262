#pragma once

#include <string>
#include <vector>

#include "alert/alert.h"
#include "alert/destination.h"

namespace alert {

/// The bytes that are stored and sent for an alert, in a channel's words.
std::string render(Channel channel, const Alert& alert);
/// In a destination's own words, if it has some and its channel is read by people.
std::string render(const Destination& destination, const Alert& alert);
bool has_own_words(const Destination& destination);
/// Requires a channel that tells of several incidents in one message (Manner::digests).
std::string render(Channel channel, const Digest& digest);
/// What Alertmanager is told again while alerts fire, and for five minutes after their end: one message for many.
std::string alertmanager_body(const std::vector<Alert>& alerts);

}  // namespace alert
