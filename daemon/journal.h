#pragma once

#include <string>
#include <string_view>

#include "verdict/cause.h"

namespace app {

/// What the journal knows messages of a cause by (MESSAGE_ID), 32 hexadecimal digits: made from the cause's name, so
/// that it is as stable. The catalog explains messages by it.
std::string message_id_of(verdict::Cause cause);
/// The journal's catalog: `journalctl -x` shows its text below messages of incidents.
std::string journal_catalog();

/// Whether standard error goes to the journal (systemd.exec(5), $JOURNAL_STREAM).
bool stderr_is_journal();
/// A log line for the journal. Of one about an incident the fields say which: ADSAUDITD_INCIDENT, ADSAUDITD_CAUSE and
/// so on. False when the journal does not take it.
bool send_to_journal(int priority, std::string_view line);

}  // namespace app
