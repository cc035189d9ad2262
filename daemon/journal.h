#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "verdict/cause.h"

namespace app {

/// What the journal knows messages of a cause by (MESSAGE_ID), 32 hexadecimal digits: made from the cause's name, so
/// that it is as stable. The catalog explains messages by it.
std::string message_id_of(verdict::Cause cause);
/// The journal's catalog: `journalctl -x` shows its text below messages of incidents.
std::string journal_catalog();

/// What a log line is about: "incident", "change", "destination" and so on, in small letters.
struct LineField {
  std::string key, value;
};
/// Of lines about an incident, a change that was recorded or the attempt of a delivery; none of other lines.
std::vector<LineField> fields_of(std::string_view line);

/// Whether standard error goes to the journal (systemd.exec(5), $JOURNAL_STREAM).
bool stderr_is_journal();
/// A log line for the journal, with its fields_of() as ADSAUDITD_INCIDENT, ADSAUDITD_DESTINATION and so on. False when
/// the journal does not take it.
bool send_to_journal(int priority, std::string_view line);

}  // namespace app
