#include <fmt/format.h>

#include "base/text.h"
#include "http/url.h"
#include "settings/look_up.h"
#include "settings/sections.h"

namespace settings {
namespace {

constexpr std::size_t kLeastToken = 16;  // characters

std::optional<std::string> complaint_about_host(const std::string& text) {
  const auto url = http::parse_url("https://" + text);
  if (url && url.value().target == "/" && base::to_lower(text) == text && text.back() != '/') return std::nullopt;
  return "is not what a browser sends as Host; write a name in lower case, perhaps with a port: ads.example:8443";
}

}  // namespace

const Table<service::StatusOptions>& status_keys() {
  using service::StatusOptions;
  static const Table<StatusOptions> table{
      {"listen", Need::kOptional, into(&StatusOptions::listen, listener())},
      {"hosts", Need::kOptional, into(&StatusOptions::hosts, one_or_more(checked(line(), complaint_about_host)))},
      {"allow_remote", Need::kOptional, into(&StatusOptions::allow_remote, flag())},
      {"token", Need::kOptional, into(&StatusOptions::token, secret())},
  };
  return table;
}

const Table<service::MetricsOptions>& metrics_keys() {
  using service::MetricsOptions;
  static const Table<MetricsOptions> table{
      {"per_account", Need::kOptional, into(&MetricsOptions::per_account, flag())},
      {"max_series", Need::kOptional, into(&MetricsOptions::max_series, whole(2, 100'000))},
  };
  return table;
}

void check_status(Walk& walk, const Node& root, const service::StatusOptions& status) {
  const Node* node = find(root, "status");
  if (node == nullptr) return;
  const Node* token = find(*node, "token");
  const auto size = status.token.reveal().size();
  if (token != nullptr && size > 0 && size < kLeastToken)
    walk.error(*token,
               fmt::format("has {} characters, fewer than {}; make one with: openssl rand -hex 32", size, kLeastToken));
  if (!status.listen || status.listen->loopback()) return;
  const Node& listen = member_or_self(*node, "listen");
  if (!status.allow_remote)
    walk.error(listen, fmt::format("{} can be reached from other machines, which see all that is known of tokens and "
                                   "accounts, in the clear; write 127.0.0.1 and put a reverse proxy with TLS before "
                                   "it, or set status.allow_remote: true and a status.token",
                                   status.listen->authority()));
  else if (token == nullptr)
    walk.error(listen, fmt::format("{} can be reached from other machines; set status.token, which they must know",
                                   status.listen->authority()));
}

}  // namespace settings
