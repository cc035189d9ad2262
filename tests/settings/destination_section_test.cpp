#include <doctest/doctest.h>

#include "settings/fixtures.h"

namespace settings {
namespace {

using alert::Channel;

std::string with(const std::string& destinations, const std::string& rest = "") {
  return "store: {key: \"${env:KEY}\"}\n"
         "apps: [{name: agency, consumer_key: \"${env:CONSUMER_KEY}\", consumer_secret: \"${env:CONSUMER_SECRET}\"}]\n"
         "destinations: [" +
         destinations + "]\n" + rest;
}

Settings read(const std::string& destinations, const std::string& rest = "") {
  Loaded loaded = load_text(with(destinations, rest));
  REQUIRE_MESSAGE(loaded.settings.has_value(), to_text(loaded));
  return std::move(*loaded.settings);
}

/// "path: message" of each error.
std::vector<std::string> errors(const std::string& destinations, const std::string& rest = "") {
  std::vector<std::string> messages;
  for (const Complaint& complaint : load_text(with(destinations, rest)).complaints) {
    if (!complaint.warning) messages.push_back(complaint.path + ": " + complaint.message);
  }
  return messages;
}
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("destination: a webhook may have two secrets while receivers change over") {
  const auto settings = read(
      "{name: siem, type: webhook, url: https://siem.example/hook, secret: [\"${env:HOOK_SECRET}\", "
      "\"${env:HOOK_SECRET}\"]}");
  REQUIRE(settings.destinations.size() == 1);
  CHECK(settings.destinations[0].channel == Channel::kWebhook);
  CHECK_FALSE(settings.destinations[0].secret.empty());
  CHECK_FALSE(settings.destinations[0].previous_secret.empty());
  CHECK(errors("{name: siem, type: webhook, url: https://siem.example/hook, secret: []}") ==
        Texts{"destinations[0].secret: holds 0 entries; 1 to 2 are allowed"});
}

TEST_CASE("destination: a webhook may speak as Alertmanager does, then signed or not") {
  const auto settings = read("{name: hook, type: webhook, format: alertmanager, url: https://receiver.example/hook}");
  CHECK(settings.destinations[0].channel == Channel::kAlertmanagerWebhook);
  CHECK(errors("{name: hook, type: webhook, url: https://receiver.example/hook}") ==
        Texts{"destinations[0]: secret is missing; a webhook is signed with \"whsec_\" and base64 of 24 bytes"});
}

TEST_CASE("destination: each member of an Alertmanager cluster is one, and a route leads to all") {
  const auto settings =
      read("{name: am, type: alertmanager, url: [\"https://am-1.example\", \"https://am-2.example\"]}",
           "routes: [{to: am}]\n");
  REQUIRE(settings.destinations.size() == 2);
  CHECK(settings.destinations[0].name == "am.1");
  CHECK(settings.destinations[1].name == "am.2");
  CHECK(settings.destinations[1].cluster == "am");
  CHECK(alert::destinations_named("am", settings.destinations).size() == 2);
  const auto one = read("{name: am, type: alertmanager, url: https://am-1.example}");
  CHECK(one.destinations[0].name == "am");
  CHECK(one.destinations[0].cluster == "");
}

TEST_CASE("destination: the name of a cluster's member is taken") {
  CHECK(errors("{name: am, type: alertmanager, url: [\"https://am-1.example\", \"https://am-2.example\"]}, "
               "{name: am.2, type: alertmanager, url: https://am-3.example}") ==
        Texts{"destinations[1].name: the name \"am.2\" is that of a member of \"am\"; choose another one"});
}

TEST_CASE("destination: a heartbeat is none that alerts go to") {
  const std::string alive = "{name: alive, type: heartbeat, url: https://hc.example/ping, every: 30s}";
  const auto settings = read(alive);
  CHECK(settings.destinations.empty());
  REQUIRE(settings.heartbeats.size() == 1);
  CHECK(settings.heartbeats[0].name == "alive");
  CHECK(settings.heartbeats[0].every == std::chrono::seconds(30));
  CHECK(errors(alive + ", {name: alive, type: heartbeat, url: https://hc.example/other}").size() == 1);
  CHECK(errors(alive, "routes: [{to: alive}]\n").size() == 1);
}

TEST_CASE("destination: mail needs its addresses, PagerDuty its key, a bot its token and channel") {
  CHECK(errors("{name: mail, type: email, url: \"smtp://mail.example\"}") ==
        Texts{"destinations[0]: the key \"from\" is missing; type email needs it",
              "destinations[0]: the key \"to\" is missing; type email needs it"});
  CHECK(errors("{name: oncall, type: pagerduty}") ==
        Texts{"destinations[0]: the key \"routing_key\" is missing; type pagerduty needs it"});
  CHECK(errors("{name: bot, type: slack_bot}") ==
        Texts{"destinations[0]: the key \"token\" is missing; type slack_bot needs it",
              "destinations[0]: the key \"channel\" is missing; type slack_bot needs it"});
}

TEST_CASE("destination: what a type does not take is an error, and no list of places where there is one") {
  CHECK(errors("{name: ops, type: slack, url: \"${env:SLACK_URL}\", secret: \"${env:HOOK_SECRET}\"}") ==
        Texts{"destinations[0].secret: a destination of type slack takes no secret"});
  CHECK(
      errors("{name: am, type: alertmanager, url: https://am.example, most_per_minute: 5}") ==
      Texts{"destinations[0].most_per_minute: a destination of type alertmanager is read by programs and takes none"});
  CHECK(errors("{name: ops, type: slack, url: [\"${env:SLACK_URL}\", \"${env:SLACK_URL}\"]}") ==
        Texts{"destinations[0].url: a destination of type slack has one"});
}

TEST_CASE("destination: the URL of a Teams workflow is a secret") {
  CHECK(errors("{name: team, type: teams, url: https://prod-1.example/workflows/1}").size() == 1);
}

TEST_CASE("route: what makes a group, reminders and escalations are read") {
  const auto settings = read(
      "{name: a, type: alertmanager, url: https://a.example}, {name: b, type: alertmanager, url: https://b.example}",
      "routes: [{to: a, continue: true, group_by: owner, group_wait: 1m, repeat: [1h, 4h], escalate: [{after: 30m, to: "
      "b}]}, {to: [a, b], repeat: 4h}]\n");
  const auto& route = settings.routes.at(0);
  CHECK(route.continues);
  CHECK(route.group_by == alert::GroupBy::kOwner);
  CHECK(route.group_wait == std::chrono::minutes(1));
  CHECK(route.repeat == std::vector<base::Duration>{std::chrono::hours(1), std::chrono::hours(4)});
  REQUIRE(route.escalate.size() == 1);
  CHECK(route.escalate[0].after == std::chrono::minutes(30));
  CHECK(route.escalate[0].to == std::vector<std::string>{"b"});
  CHECK(settings.routes[1].repeat == std::vector<base::Duration>{std::chrono::hours(4)});
  CHECK(settings.routes[1].group_by == alert::GroupBy::kIncident);
}

TEST_CASE("route: an escalation to nobody, and a grouping that there is not, are errors") {
  const std::string a = "{name: a, type: alertmanager, url: https://a.example}";
  CHECK(errors(a, "routes: [{to: a, escalate: [{after: 30m, to: oncall}]}]\n").size() == 1);
  CHECK(errors(a, "routes: [{to: a, group_by: token}]\n").size() == 1);
  CHECK(errors(a, "routes: [{to: a, escalate: [{to: a}]}]\n") ==
        Texts{"routes[0].escalate[0]: the key \"after\" is missing"});
}

}  // namespace settings
