// A Teams workflow that starts when a webhook request is received.
#pragma once

#include "sink_post.h"

namespace fakes {

/// 202 with nothing in it when the post is a message with an adaptive card that Teams can show, else 400 with the
/// reason, or 413 above 28 KB
/// (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using).
SinkAnswer answer_teams(const SinkRecord& post);

}  // namespace fakes
