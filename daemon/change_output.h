#pragma once

#include <string>
#include <vector>

#include "store/store.h"

namespace app {

/// The first 12 digits of the hash: enough to find it and to tell two from each other.
std::string short_hash(const store::HistoryRow& row);
/// "HTTP 401, code 89"; empty when there was no answer.
std::string evidence_text(const xads::Evidence& evidence);
/// The text, or a dash for an empty one.
std::string or_dash(const std::string& text);

/// For --kind. Throws UsageError when one of them is no kind of change.
void require_known_kinds(const std::vector<std::string>& kinds);

}  // namespace app
