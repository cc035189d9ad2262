#include "alert/destination.h"

#include <doctest/doctest.h>

using namespace alert;

namespace {

constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";  // 24 bytes
constexpr const char* kSlackUrl = "https://hooks.slack.com/services/T0/B0/topsecret";

Destination slack(const std::string& url, bool allow_private = false) {
  return {.name = "ops", .channel = Channel::kSlack, .url = base::Secret(url), .allow_private = allow_private};
}
Destination webhook(const std::string& url, const std::string& secret = kSecret, bool allow_private = false) {
  return {.name = "siem",
          .channel = Channel::kWebhook,
          .url = base::Secret(url),
          .secret = base::Secret(secret),
          .allow_private = allow_private};
}
std::string complaint(const Destination& destination) { return complaint_about(destination).value_or("none"); }

}  // namespace

TEST_CASE("channel: reads back from its text, and nothing else does") {
  std::vector<std::string> texts;
  for (const Channel channel : all_channels()) {
    texts.emplace_back(to_text(channel));
    CHECK(channel_from_text(texts.back()) == channel);
  }
  CHECK(texts == std::vector<std::string>{"slack", "webhook", "slack_bot", "alertmanager_webhook", "alertmanager",
                                          "pagerduty", "teams", "email"});
  CHECK_FALSE(channel_from_text("Slack"));
  CHECK_FALSE(channel_from_text(""));
}

TEST_CASE("destination: Slack's own host over https is fine, and needs no secret") {
  CHECK(complaint(slack(kSlackUrl)) == "none");
}

TEST_CASE("destination: an https webhook with a secret of 24 to 64 bytes is fine") {
  CHECK(complaint(webhook("https://siem.example/hook")) == "none");
  CHECK(complaint(webhook("https://siem.example:8443/hook?x=1", "whsec_" + std::string(84, 'A') + "AA==")) == "none");
}

TEST_CASE("destination: a missing or broken URL is refused") {
  CHECK(complaint(webhook("")) == "url is missing");
  CHECK(complaint(webhook("siem.example/hook")).starts_with("url: "));
  CHECK(complaint(webhook("ftp://siem.example/hook")).starts_with("url: "));
}

TEST_CASE("destination: user information is refused, even where private addresses are allowed") {
  CHECK(complaint(webhook("https://joe:pass@siem.example/hook")).starts_with("url: "));
  CHECK(complaint(webhook("https://joe@siem.example/hook", kSecret, true)).starts_with("url: "));
}

TEST_CASE("destination: http needs allow_private") {
  CHECK(complaint(webhook("http://127.0.0.1:8080/hook")).find("https://") != std::string::npos);
  CHECK(complaint(webhook("http://127.0.0.1:8080/hook", kSecret, true)) == "none");
}

TEST_CASE("destination: Slack's host is hooks.slack.com and no look-alike, unless allow_private") {
  CHECK(complaint(slack("https://slack.com/services/T0")).find("hooks.slack.com") != std::string::npos);
  CHECK(complaint(slack("https://hooks.slack.com.evil.example/T0")).find("hooks.slack.com") != std::string::npos);
  CHECK(complaint(slack("http://hooks.slack.com/T0")).find("https://") != std::string::npos);
  CHECK(complaint(slack("http://127.0.0.1:9000/slack", true)) == "none");
}

TEST_CASE("destination: a webhook's secret has prefix, base64 and the right size") {
  const std::string url = "https://siem.example/hook";
  CHECK(complaint(webhook(url, "")).starts_with("secret is missing"));
  CHECK(complaint(webhook(url, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")) == "secret: it must start with whsec_");
  CHECK(complaint(webhook(url, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS")).starts_with("secret: after whsec_, "));
  CHECK(complaint(webhook(url, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2L!LaSw")).starts_with("secret: after whsec_, "));
  CHECK(complaint(webhook(url, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaQ=")) ==
        "secret: it holds 23 bytes; 24 to 64 are needed");
  CHECK(complaint(webhook(url, "whsec_" + std::string(84, 'A') + "AAA=")) ==
        "secret: it holds 65 bytes; 24 to 64 are needed");
}

TEST_CASE("destination: no complaint repeats the URL or the secret") {
  const std::vector<std::string> complaints{
      complaint(slack("http://hooks.slack.com/services/topsecret")),
      complaint(slack("https://other.example/topsecret")),
      complaint(webhook("https://joe:topsecret@siem.example/hook")),
      complaint(webhook("topsecret")),
      complaint(webhook("https://siem.example/hook", "topsecret")),
      complaint(webhook("https://siem.example/hook", "whsec_topsecret")),
  };
  for (const std::string& text : complaints) {
    CHECK(text != "none");
    CHECK(text.find("topsecret") == std::string::npos);
  }
}

TEST_CASE("redacted: names the host and four digits that tell two URLs apart, never the URL") {
  const std::string first = redacted(slack(kSlackUrl));
  CHECK(first.starts_with("hooks.slack.com#"));
  CHECK(first.size() == std::string("hooks.slack.com#1f3a").size());
  CHECK(first.find("topsecret") == std::string::npos);
  CHECK(first != redacted(slack("https://hooks.slack.com/services/T0/B0/other")));
  CHECK(redacted(slack("not a url, topsecret")).starts_with("invalid URL#"));
}
