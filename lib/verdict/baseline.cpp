#include "verdict/baseline.h"

#include <utility>
#include <vector>

#include "base/overloaded.h"
#include "base/text.h"

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

constexpr std::string_view kDenied = "denied ";
constexpr std::string_view kGranted = "granted user=";

std::optional<Conclusive> denial_from(std::string_view text) {
  const auto denial = xads::denial_from_text(text);
  return denial ? std::optional<Conclusive>(xads::Denied{*denial}) : std::nullopt;
}

std::optional<Conclusive> grant_from(std::string_view text) {
  const auto blank = text.find(' ', kGranted.size());
  if (!text.starts_with(kGranted) || blank == std::string_view::npos) return std::nullopt;
  std::vector<std::string> permissions;
  if (const auto list = text.substr(blank + 1); list != "none") {
    for (const auto piece : base::split(list, ',')) {
      if (base::trim(piece).empty()) return std::nullopt;
      permissions.emplace_back(base::trim(piece));
    }
  }
  return xads::Granted{std::string(text.substr(kGranted.size(), blank - kGranted.size())),
                       xads::Permissions::from_texts(permissions)};
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
  return std::visit(
      base::Overloaded{
          [](const xads::Granted& granted) {
            return std::string(kGranted) + granted.user_id + " " + granted.permissions.text();
          },
          [](const xads::Denied& denied) { return std::string(kDenied).append(xads::to_text(denied.denial)); }},
      answer);
}

std::optional<Conclusive> answer_from_text(std::string_view text) {
  auto answer = text.starts_with(kDenied) ? denial_from(text.substr(kDenied.size())) : grant_from(text);
  const bool same = answer && to_text(*answer) == text;  // another order, a blank too many: not ours
  return same ? std::move(answer) : std::nullopt;
}

}  // namespace verdict
