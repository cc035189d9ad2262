#pragma once

#include <string>

#include "alert/alert.h"

namespace alert {

/// A Slack message as JSON: Block Kit, and a short text for notifications. Escaped, and within half of Slack's limits.
/// It names no channel: an incoming webhook has one, and the Web API is told which when the message is sent.
std::string slack_message(const Alert& alert);
std::string slack_message(const Digest& digest);

}  // namespace alert
