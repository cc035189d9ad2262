#include "service/pair.h"

#include <limits>

namespace service {

std::optional<std::uint8_t> plain_permissions(const verdict::Baseline& baseline, std::string_view user_id) {
  if (!baseline.run || !baseline.normal || baseline.suspicion) return std::nullopt;
  const verdict::Run& run = *baseline.run;
  const auto* granted = std::get_if<xads::Granted>(&run.answer);
  const bool as_at_first = granted != nullptr && *granted == *baseline.normal && baseline.last_good_at == run.last_seen;
  const bool plain = as_at_first && granted->user_id == user_id && granted->permissions.unknown().empty() &&
                     run.evidence == xads::Evidence{200, ""} && run.count <= std::numeric_limits<std::uint32_t>::max();
  return plain ? std::optional(granted->permissions.known_mask()) : std::nullopt;
}

}  // namespace service
