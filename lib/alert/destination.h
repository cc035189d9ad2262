#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/alert.h"
#include "base/secret.h"

namespace alert {

enum class Channel { kSlack, kWebhook };
std::string_view to_text(Channel channel);
std::optional<Channel> channel_from_text(std::string_view text);

/// Where alerts go. The URL is a secret: whoever knows it can post.
struct Destination {
  std::string name;
  Channel channel = Channel::kWebhook;
  base::Secret url;
  base::Secret secret;         ///< webhook only: "whsec_" and base64 of 24 to 64 bytes
  bool allow_private = false;  ///< permits loopback and private addresses, and http to them
};

/// What is wrong with a destination, or nothing: https (unless allow_private), no user information, Slack's host for
/// Slack (unless allow_private), a signing secret of the right form for a webhook. Never repeats a secret.
std::optional<std::string> complaint_about(const Destination& destination);
/// For logs: the host and four hexadecimal digits of a hash of the URL, "hooks.slack.com#1f3a".
std::string redacted(const Destination& destination);

/// All members given must fit; a member left empty fits everything.
struct Match {
  std::vector<verdict::Severity> severities;
  std::vector<verdict::Cause> causes;
  std::vector<std::string> apps;
  std::vector<std::string> tokens;
  std::vector<std::string> accounts;
  audit::Labels labels;  ///< each must be a label of the token, with this value
};
struct Route {
  Match match;
  std::vector<std::string> to;  ///< destination names
};

/// Names of the destinations that are told: those of the first route that fits. Without any route: all of them.
std::vector<std::string> recipients(const Alert& alert, const std::vector<Route>& routes,
                                    const std::vector<Destination>& all);

}  // namespace alert
