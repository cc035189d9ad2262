#include <doctest/doctest.h>

#include "alert/form.h"
#include "alert/hostile.h"
#include "alert/render.h"
#include "base/json.h"

using namespace alert;
using verdict::Cause;

namespace {

rapidjson::Document parsed(const std::string& body) {
  auto document = base::parse_json(body);
  REQUIRE(document.ok());
  return std::move(document).value();
}
const rapidjson::Value& card_of(const rapidjson::Document& message) { return message["attachments"][0]["content"]; }
std::string text(const rapidjson::Value& object, const char* name) {
  return std::string(base::text_of(base::find_member(object, name)));
}

/// The card as people read it, a line for each paragraph. Fails when there is anything that knows markdown.
std::string read(const rapidjson::Document& message) {
  std::string shown;
  for (const auto& block : card_of(message)["body"].GetArray()) {
    CHECK(text(block, "type") == "RichTextBlock");
    for (const auto& run : block["inlines"].GetArray()) {
      CHECK(text(run, "type") == "TextRun");
      shown += text(run, "text");
    }
    shown += '\n';
  }
  return shown;
}

}  // namespace

TEST_CASE("teams: a message is an adaptive card that answers in the order of the questions") {
  const auto message = parsed(render(Channel::kTeams, samples::alert(Cause::kRoleReduced, State::kReminder)));
  CHECK(text(message, "type") == "message");
  CHECK(text(message["attachments"][0], "contentType") == "application/vnd.microsoft.card.adaptive");
  CHECK(text(card_of(message), "type") == "AdaptiveCard");
  CHECK(text(card_of(message), "version") == "1.4");
  CHECK(read(message) ==
        "Reminder: Role reduced: brand-a on 18ce54d4x5t\n"
        "Note: Reminder 2: it still lasts.\n"
        "Severity: warning\n"
        "Was: AD_MANAGER, TWEET_COMPOSER\n"
        "Is: CAMPAIGN_ANALYST\n"
        "Token: brand-a (advertiser, user 2417045708)\n"
        "Owner: ads-ops\n"
        "App: agency\n"
        "Ad account: 18ce54d4x5t (Brand A EU)\n"
        "What stops: documented: conversion uploads stop; by role name: campaign edits, creative edits, card creation, "
        "custom audience edits stop; posts in the advertiser's name, campaign reads and statistics still work\n"
        "Since: 2026-11-23T10:15:02.118Z; last good answer 2026-11-23T10:00:01.902Z\n"
        "How sure: confirmed 2 times; confirmed answers give another base role than the normal one: the first grant, "
        "or what was accepted or announced later\n"
        "What to do: Ask an administrator of 18ce54d4x5t to give user 2417045708 the role AD_MANAGER.\n"
        "Incident: inc_01M83YDS76HWS9EP4FBJY6SD1A\n"
        "Alert: msg_01M83YDS76WZCWHV2048WHJ1DF (number 41)\n"
        "First seen: 2026-11-23T10:15:02.118Z\n");
}

TEST_CASE("teams: a digest lists, counts the rest and says how to list all") {
  CHECK(read(parsed(render(Channel::kTeams, samples::digest()))) ==
        "app agency: 20 opened, 1 changed, 4 resolved\n"
        "In common: app agency\n"
        "[critical] Access removed: brand-a on 18ce54d4x5t; since 2026-11-23T10:15:02.118Z\n"
        "[warning] Updated: Role reduced: brand-a on 18ce54d4x5t; since 2026-11-23T10:15:02.118Z\n"
        "[over] Resolved: Access token revoked: brand-a; 2026-11-23T10:15:02.118Z to 2026-11-23T13:19:40.000Z (3h 4m)\n"
        "… and 22 more\n"
        "All of them: adsauditd alerts list --alert msg_01M83YDS76S5T9G3WC1VBGKGE6\n"
        "Alert: msg_01M83YDS76S5T9G3WC1VBGKGE6 (number 42)\n");
}

TEST_CASE("teams: the title's colour says how grave it is, and green that it is over") {
  const auto color = [](const Alert& alert) {
    const auto message = parsed(render(Channel::kTeams, alert));
    return text(card_of(message)["body"][0]["inlines"][0], "color");
  };
  CHECK(color(samples::alert(Cause::kTokenRevoked, State::kOpened)) == "Attention");
  CHECK(color(samples::alert(Cause::kRoleReduced, State::kOpened)) == "Warning");
  CHECK(color(samples::alert(Cause::kRoleChanged, State::kOpened)) == "Accent");
  CHECK(color(samples::alert(Cause::kTokenRevoked, State::kResolved)) == "Good");
}

TEST_CASE("teams: the worst names stay what they are, in less than half of what Teams takes") {
  for (const std::string& worst : samples::hostile_texts()) {
    for (const Cause cause : verdict::all_causes()) {
      for (const State state : {State::kOpened, State::kResolved}) {
        const std::string body = render(Channel::kTeams, samples::hostile(worst, state, cause));
        CHECK(body.size() <= 14'000);
        read(parsed(body));
      }
    }
    const std::string body = render(Channel::kTeams, samples::hostile_digest(worst));
    CHECK(body.size() <= 14'000);
    read(parsed(body));
  }
}

TEST_CASE("teams: a workflow may be anywhere, over https") {
  Destination team{
      .name = "team", .channel = Channel::kTeams, .url = base::Secret("https://x.logic.azure.com/a?sig=1")};
  CHECK_FALSE(complaint_about(team));
  team.url = base::Secret("http://x.logic.azure.com/a?sig=1");
  CHECK(complaint_about(team)->starts_with("url: it must start with https://"));
  PendingDelivery pending;
  pending.body = R"({"type":"message"})";
  CHECK_FALSE(form_of(Channel::kTeams).request(team, pending, base::Instant{})->idempotent);
}
