#include "service/visitor_check.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/text.h"

namespace service {
namespace {

using namespace std::chrono_literals;

/// What follows the scheme (any case) and a blank; nothing for another scheme.
std::optional<std::string_view> after_scheme(std::string_view value, std::string_view scheme) {
  if (value.size() <= scheme.size() || value[scheme.size()] != ' ') return std::nullopt;
  if (base::to_lower(value.substr(0, scheme.size())) != scheme) return std::nullopt;
  return value.substr(scheme.size() + 1);
}

http::OutboundAnswer refusal(int status, std::string body) { return {.status = status, .body = std::move(body)}; }

}  // namespace

bool from_elsewhere(const http::InboundRequest& request) {
  const auto is = [&](std::string_view name, std::string_view value) {
    const auto header = request.headers.find(name);
    return header && *header == value;
  };
  if (const auto origin = request.headers.find("origin")) {
    const auto host = request.headers.find("host").value_or("");
    const std::size_t authority = origin->find("://");
    if (authority == std::string_view::npos || base::to_lower(origin->substr(authority + 3)) != base::to_lower(host))
      return true;
  }
  const auto site = request.headers.find("sec-fetch-site");
  if (!site || *site == "none" || *site == "same-origin") return false;
  return !(is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document"));
}

std::optional<VisitorCheck::Refusal> VisitorCheck::check(const http::InboundRequest& request, base::Instant now) {
  if (from_elsewhere(request)) return Refusal{refusal(403, "asked by another site\n")};
  if (token_.empty() || knows_token(request)) return std::nullopt;
  Refusal refused{refusal(401, "this needs the token of status.token, as Bearer or as the password of Basic\n")};
  refused.answer.challenge = R"(Basic realm="adsauditd", charset="UTF-8", Bearer realm="adsauditd")";
  // Who brings none has not guessed: a browser does so before it asks.
  if (request.headers.find("authorization")) refused.delay = delay_of_guess(now);
  return refused;
}

bool VisitorCheck::knows_token(const http::InboundRequest& request) const {
  const auto given = request.headers.find("authorization");
  if (!given) return false;
  if (const auto bearer = after_scheme(*given, "bearer")) return base::equal_in_constant_time(*bearer, token_.reveal());
  const auto basic = after_scheme(*given, "basic");
  if (!basic) return false;
  const auto pair = base::from_base64(*basic);
  if (!pair) return false;
  const std::size_t colon = pair.value().find(':');
  return colon != std::string::npos &&
         base::equal_in_constant_time(std::string_view(pair.value()).substr(colon + 1), token_.reveal());
}

base::Duration VisitorCheck::delay_of_guess(base::Instant now) {
  if (now - minute_began_ >= 60s) {
    minute_began_ = now;
    guesses_ = 0;
  }
  return ++guesses_ > kFreeGuesses ? kPenalty : base::Duration(0);
}

}  // namespace service
