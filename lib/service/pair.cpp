#include "service/pair.h"

#include <array>
#include <limits>

#include "base/overloaded.h"

namespace service {
namespace {

struct BlindnessText {
  std::string_view text;
  std::string_view words;
};
// In the order of the enumerators.
constexpr std::array<BlindnessText, kBlindnesses> kBlindnessTexts{{
    {"budget", "the budget left no call for them"},
    {"network", "X could not be reached, or did not answer in time"},
    {"name_resolution", "the names of X's hosts could not be resolved"},
    {"tls", "who answered could not prove to be X"},
    {"x_ill", "X answered that it is ill"},
    {"not_the_api", "something else than the API answered: a portal, a proxy, a broken body"},
    {"throttled", "X answered that its rate limit is used up"},
    {"clock", "X refused our clock"},
    {"app", "X refused the app"},
    {"version", "X refused the version of the API"},
    {"unknown_code", "X refused with a code that nobody explains"},
    {"undecided", "the answers contradict each other"},
}};

Blindness blindness_of(xads::Denial denial) {
  switch (denial) {
    case xads::Denial::kAppRejected:
      return Blindness::kApp;
    case xads::Denial::kVersionRetired:
      return Blindness::kVersion;
    case xads::Denial::kClockSkewed:
      return Blindness::kClock;
    case xads::Denial::kRequestRefused:
    case xads::Denial::kUnknown:
      return Blindness::kUnknownCode;
    case xads::Denial::kTokenInvalid:
    case xads::Denial::kUnauthenticated:
    case xads::Denial::kAccountNotFound:
    case xads::Denial::kUserSuspended:
    case xads::Denial::kUserLocked:
    case xads::Denial::kReauthorizationRequired:
      return Blindness::kUndecided;
  }
  return Blindness::kUnknownCode;
}

}  // namespace

std::string_view to_text(Blindness why) { return kBlindnessTexts.at(static_cast<std::size_t>(why)).text; }
std::string_view words_of(Blindness why) { return kBlindnessTexts.at(static_cast<std::size_t>(why)).words; }

Blindness blindness_of(const xads::Answer& answer) {
  return std::visit(base::Overloaded{[](const xads::Granted&) { return Blindness::kUndecided; },
                                     [](const xads::Denied& denied) { return blindness_of(denied.denial); },
                                     [](const xads::Throttled&) { return Blindness::kThrottled; },
                                     [](const xads::Unavailable& unavailable) {
                                       switch (unavailable.trouble) {
                                         case xads::Trouble::kNetwork:
                                           return Blindness::kNetwork;
                                         case xads::Trouble::kNameResolution:
                                           return Blindness::kNameResolution;
                                         case xads::Trouble::kTls:
                                           return Blindness::kTls;
                                         case xads::Trouble::kServer:
                                           return Blindness::kServer;
                                         case xads::Trouble::kMiddlebox:
                                           return Blindness::kMiddlebox;
                                       }
                                       return Blindness::kNetwork;
                                     }},
                    answer);
}

bool says_token_is_dead(const std::optional<verdict::Run>& run) {
  const auto* denied = run ? std::get_if<xads::Denied>(&run->answer) : nullptr;
  return denied != nullptr && denied->denial != xads::Denial::kAccountNotFound;
}

std::optional<std::uint8_t> plain_permissions(const verdict::Baseline& baseline, std::string_view user_id) {
  // The plain form has no place for what the operator accepted.
  if (!baseline.run || !baseline.normal || baseline.accepted || baseline.suspicion) return std::nullopt;
  const verdict::Run& run = *baseline.run;
  const auto* granted = std::get_if<xads::Granted>(&run.answer);
  const bool as_at_first = granted != nullptr && *granted == *baseline.normal && baseline.last_good_at == run.last_seen;
  const bool plain = as_at_first && granted->user_id == user_id && granted->permissions.unknown().empty() &&
                     run.evidence == xads::Evidence{200, ""} && run.count <= std::numeric_limits<std::uint32_t>::max();
  return plain ? std::optional(granted->permissions.known_mask()) : std::nullopt;
}

}  // namespace service
