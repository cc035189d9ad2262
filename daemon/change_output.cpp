#include "change_output.h"

#include <fmt/format.h>

namespace app {

std::string short_hash(const store::HistoryRow& row) { return row.hash.substr(0, 12); }

std::string evidence_text(const xads::Evidence& evidence) {
  if (evidence.http_status == 0) return "";
  return evidence.code.empty() ? fmt::format("HTTP {}", evidence.http_status)
                               : fmt::format("HTTP {}, code {}", evidence.http_status, evidence.code);
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

}  // namespace app
