#pragma once

#include "alert/alert.h"

namespace alert {

// Alerts that never happened: for those who want to see, or send, a message without waiting for trouble.

/// A token as it may stand in the settings; without an id.
audit::Token sample_token(audit::TokenKind kind);
/// A complete alert of an incident that was opened `now` (UTC), or a while ago for the later states. Its number is 0,
/// and its ids are those of all samples of this cause and time.
Alert sample_alert(verdict::Cause cause, State state, base::Instant now);
/// The same, opened `now`, about those who are given; of these what such an incident is not about is left out.
Alert sample_alert(verdict::Cause cause, const Subject& about, base::Instant now);
/// A digest of an app, with more alerts than it lists.
Digest sample_digest(base::Instant now);

}  // namespace alert
