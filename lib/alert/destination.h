#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/match.h"
#include "base/secret.h"

namespace alert {

/// How alerts travel: the form of their bodies and the answers to them. The texts are stable.
enum class Channel {
  kSlack,                ///< incoming webhook
  kWebhook,              ///< Standard Webhooks
  kSlackBot,             ///< Web API with a bot token: threads, and edits the first message
  kAlertmanagerWebhook,  ///< Alertmanager's webhook payload, version 4
  kAlertmanager,         ///< Alertmanager's v2 API
  kPagerDuty,            ///< Events v2
  kTeams,                ///< a workflow that takes adaptive cards
  kEmail,                ///< SMTP
};
std::string_view to_text(Channel channel);  ///< "slack_bot"
std::optional<Channel> channel_from_text(std::string_view text);
const std::vector<Channel>& all_channels();

/// Where alerts go. The URL is a secret: whoever knows it can post.
struct Destination {
  std::string name;
  /// The name that routes use where one entry of the settings stands for several: the members of a cluster.
  std::string cluster{};
  Channel channel = Channel::kWebhook;
  base::Secret url{};  ///< slack_bot: the base of the Web API; alertmanager: of one member; email: smtp:// or smtps://
  /// What the channel signs or authenticates with. webhook: "whsec_" and base64 of 24 to 64 bytes; slack_bot: the bot
  /// token; pagerduty: the routing key; email: the password.
  base::Secret secret{};
  base::Secret previous_secret{};        ///< webhook: signs beside `secret` while receivers change over
  bool allow_private = false;            ///< permits loopback and private addresses, and http to them
  std::string room{};                    ///< slack_bot: the channel's id
  std::string username{};                ///< email: empty for a server that asks for none
  std::string from{};                    ///< email
  std::vector<std::string> to{};         ///< email
  Template words{};                      ///< empty: the default ones
  std::optional<int> most_per_minute{};  ///< instead of the channel's own: Manner::most_per_minute
  std::optional<int> max_in_flight{};    ///< instead of the channel's own: Manner::slots
};

/// What is wrong with a destination, or nothing: https (unless allow_private), no user information, the channel's own
/// host (unless allow_private), secrets of the right form. Never repeats a secret.
std::optional<std::string> complaint_about(const Destination& destination);
/// For logs: the host and four hexadecimal digits of a hash of the URL, "hooks.slack.com#1f3a".
std::string redacted(const Destination& destination);

/// Asks a service that watches us, again and again while all is well: when it hears nothing, it calls for help.
struct Heartbeat {
  std::string name;
  base::Secret url;
  base::Duration every{60'000};
  bool allow_private = false;
};

}  // namespace alert
