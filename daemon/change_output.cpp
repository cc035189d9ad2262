#include "change_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "command_line.h"

namespace app {

std::string short_hash(const store::HistoryRow& row) { return row.hash.substr(0, 12); }

std::string evidence_text(const xads::Evidence& evidence) {
  if (evidence.http_status == 0) return "";
  return evidence.code.empty() ? fmt::format("HTTP {}", evidence.http_status)
                               : fmt::format("HTTP {}, code {}", evidence.http_status, evidence.code);
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

void require_known_kinds(const std::vector<std::string>& kinds) {
  const auto known = store::change_kinds();
  for (const auto& kind : kinds) {
    if (std::find(known.begin(), known.end(), kind) != known.end()) continue;
    const auto nearest = base::nearest(kind, {known.begin(), known.end()});
    throw UsageError(fmt::format(
        "--kind: nothing is of the kind \"{}\"{}", base::clean_text(kind),
        nearest.empty() ? "; see adsauditd history --help" : fmt::format(", did you mean \"{}\"?", nearest)));
  }
}

}  // namespace app
