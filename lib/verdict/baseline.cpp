#include "verdict/baseline.h"

#include "base/overloaded.h"

namespace verdict {
namespace {

bool is_conclusive(xads::Denial denial) {
  switch (denial) {
    case xads::Denial::kTokenInvalid:
    case xads::Denial::kUnauthenticated:
    case xads::Denial::kAccountNotFound:
    case xads::Denial::kUserSuspended:
    case xads::Denial::kUserLocked:
    case xads::Denial::kReauthorizationRequired:
      return true;
    case xads::Denial::kAppRejected:
    case xads::Denial::kVersionRetired:
    case xads::Denial::kClockSkewed:
    case xads::Denial::kRequestRefused:
    case xads::Denial::kUnknown:
      return false;
  }
  return false;
}

}  // namespace

std::optional<Conclusive> conclusive_part(const xads::Answer& answer) {
  using Part = std::optional<Conclusive>;
  return std::visit(base::Overloaded{[](const xads::Granted& granted) -> Part { return granted; },
                                     [](const xads::Denied& denied) -> Part {
                                       if (!is_conclusive(denied.denial)) return std::nullopt;
                                       return denied;
                                     },
                                     [](const xads::Throttled&) -> Part { return std::nullopt; },
                                     [](const xads::Unavailable&) -> Part { return std::nullopt; }},
                    answer);
}

std::string to_text(const Conclusive& answer) {
  return std::visit(base::Overloaded{[](const xads::Granted& granted) {
                                       return "granted user=" + granted.user_id + " " + granted.permissions.text();
                                     },
                                     [](const xads::Denied& denied) {
                                       return "denied " + std::string(xads::to_text(denied.denial));
                                     }},
                    answer);
}

}  // namespace verdict
