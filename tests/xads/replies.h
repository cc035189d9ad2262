#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/overloaded.h"
#include "xads/classify.h"

namespace xads {

inline http::Reply answer(int status, std::string body, http::Headers headers = {}) {
  return http::Response{status, std::move(headers), std::move(body)};
}

/// An observation's answer in one line, so that a table can name what it expects.
inline std::string describe(const Answer& answer) {
  return std::visit(
      base::Overloaded{
          [](const Granted& granted) { return "granted " + granted.user_id + " " + granted.permissions.text(); },
          [](const Denied& denied) { return "denied " + std::string(to_text(denied.denial)); },
          [](const Throttled& throttled) {
            return throttled.reset ? "throttled until " + base::to_text(*throttled.reset) : std::string("throttled");
          },
          [](const Unavailable& unavailable) {
            return "unavailable: " + unavailable.why +
                   (unavailable.retry_after ? ", retry after " + base::to_text(*unavailable.retry_after) : "");
          }},
      answer);
}

}  // namespace xads
