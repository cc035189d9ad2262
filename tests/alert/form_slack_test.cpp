#include <doctest/doctest.h>

#include "alert/hostile.h"
#include "alert/render.h"
#include "base/json.h"

using namespace alert;
using verdict::Cause;

namespace {

/// Every text object of a message, with the limits that it was checked against.
struct Texts {
  std::size_t blocks = 0;
  std::size_t all_bytes = 0;
  std::vector<std::string> marked_up;
};

std::string checked_text(const rapidjson::Value& object, std::size_t limit, Texts& texts) {
  const std::string text(base::text_of(&object["text"]));
  CHECK(!text.empty());
  CHECK(text.size() <= limit);
  texts.all_bytes += text.size();
  if (base::text_of(&object["type"]) == "mrkdwn") texts.marked_up.push_back(text);
  return text;
}

Texts read(const rapidjson::Document& message) {
  Texts texts;
  for (const auto& block : message["blocks"].GetArray()) {
    ++texts.blocks;
    const bool header = base::text_of(&block["type"]) == "header";
    if (block.HasMember("text")) checked_text(block["text"], header ? 150 : 1500, texts);
    for (const char* list : {"fields", "elements"}) {
      if (!block.HasMember(list)) continue;
      CHECK(block[list].Size() <= 10);
      for (const auto& object : block[list].GetArray()) checked_text(object, 1000, texts);
    }
  }
  return texts;
}

/// True when every '&' starts one of the three entities.
bool entities_are_whole(std::string_view text) {
  for (std::size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
    const std::string_view rest = text.substr(at);
    if (!rest.starts_with("&amp;") && !rest.starts_with("&lt;") && !rest.starts_with("&gt;")) return false;
  }
  return true;
}

void check_limits(const std::string& body) {
  CHECK(body.find('<') == std::string::npos);
  CHECK(body.find('>') == std::string::npos);
  CHECK(entities_are_whole(body));
  const auto message = base::parse_json(body);
  REQUIRE(message.ok());
  CHECK(base::text_of(&message.value()["text"]).size() <= 2000);
  const Texts texts = read(message.value());
  CHECK(texts.blocks <= 20);
  CHECK(texts.all_bytes <= 8000);
  for (const std::string& marked_up : texts.marked_up) CHECK(marked_up.size() <= 12);  // our own labels only
}

}  // namespace

TEST_CASE("slack: tells owner, ids and the time it was first seen") {
  const std::string body = render(Channel::kSlack, samples::alert(Cause::kRoleReduced, State::kOpened));
  for (const char* part : {"ads-ops", "brand-a (advertiser, user 2417045708)", "18ce54d4x5t (Brand A EU)",
                           "Incident inc_", "Alert msg_", "(number 41)", "First seen 2026-11-23T10:15:02.118Z"}) {
    CAPTURE(part);
    CHECK(body.find(part) != std::string::npos);
  }
}

TEST_CASE("slack: fetches nothing that a name links to") {
  const std::string body = render(Channel::kSlack, samples::alert(Cause::kRoleReduced, State::kOpened));
  CHECK(body.find(R"("unfurl_links":false,"unfurl_media":false)") != std::string::npos);
}

TEST_CASE("slack: the three control characters are escaped, once, and nothing else") {
  Alert alert = samples::alert(Cause::kRoleReduced, State::kOpened);
  alert.subject.account_name = "<!channel> & it's \xC3\xA4";
  const std::string body = render(Channel::kSlack, alert);
  CHECK(body.find("&lt;!channel&gt; &amp; it's \xC3\xA4") != std::string::npos);
  CHECK(body.find("&amp;lt;") == std::string::npos);
}

TEST_CASE("slack: the worst names keep to half of Slack's limits, whole entities and no markup") {
  for (const std::string& text : samples::hostile_texts()) {
    for (const Cause cause : verdict::all_causes()) {
      for (const State state : {State::kOpened, State::kReminder, State::kResolved})
        check_limits(render(Channel::kSlack, samples::hostile(text, state, cause)));
    }
    check_limits(render(Channel::kSlack, samples::hostile_digest(text)));
  }
}

TEST_CASE("slack: answers in the order of the questions") {
  Alert alert = samples::alert(Cause::kRoleReduced, State::kReminder);
  alert.subject.without_admin = {{"18ce54d4x5t"}, 1};
  const std::string body = render(Channel::kSlack, alert);
  std::size_t at = body.find("\"blocks\"");
  for (const char* part :
       {"Reminder: Role reduced", "Note: ", "Was: ", "Is: ", "*Token*", "*Ad account*",
        "Who is hit: ", "What stops: ", "Since: ", "How sure: confirmed 2 times", "What to do: ", "Incident inc_"}) {
    CAPTURE(part);
    const std::size_t next = body.find(part, at);
    REQUIRE(next != std::string::npos);
    at = next;
  }
}

TEST_CASE("slack: a test begins with its mark, in the header and in the notification") {
  Alert alert = samples::alert(Cause::kTokenRevoked, State::kResolved);
  alert.test = true;
  CHECK(render(Channel::kSlack, alert).starts_with(R"({"text":"[TEST] Resolved: Access token revoked)"));
  CHECK(render(Channel::kSlack, alert).find(R"("text":"[TEST] Resolved: Access token revoked: brand-a","emoji")") !=
        std::string::npos);
  Digest digest = samples::digest();
  digest.test = true;
  CHECK(render(Channel::kSlack, digest).starts_with(R"({"text":"[TEST] app agency: 20 opened)"));
}

TEST_CASE("slack: a digest shows twenty lines of a usual length, and how to list the rest") {
  Digest digest = samples::digest();
  digest.first.assign(20, samples::alert(Cause::kAccessRemoved, State::kOpened));
  digest.opened = 100'000;
  const std::string body = render(Channel::kSlack, digest);
  std::size_t lines = 0;
  for (std::size_t at = body.find("[critical] "); at != std::string::npos; at = body.find("[critical] ", at + 1))
    ++lines;
  CHECK(lines == 20);
  CHECK(body.find("… and 99985 more\\nAll of them: adsauditd alerts list --alert msg_") != std::string::npos);
}

TEST_CASE("slack: says what stops with its certainty, and who is hit") {
  Alert alert = samples::alert(Cause::kRoleReduced, State::kOpened);
  alert.subject.without_admin = {{"18ce54d4x5t"}, 1};
  const std::string body = render(Channel::kSlack, alert);
  CHECK(body.find("What stops: documented: conversion uploads stop; by role name: campaign edits") !=
        std::string::npos);
  CHECK(body.find("Who is hit: without any other administrator (1): 18ce54d4x5t") != std::string::npos);
}

TEST_CASE("slack: says what begins when nothing stops, and neither when nothing is known") {
  Alert alert = samples::alert(Cause::kRoleEscalated, State::kOpened);
  CHECK(render(Channel::kSlack, alert).find("What begins: documented: changes of users and settings become possible") !=
        std::string::npos);
  alert = samples::alert(Cause::kClockSkew, State::kOpened);
  CHECK(render(Channel::kSlack, alert).find("What stops") == std::string::npos);
  CHECK(render(Channel::kSlack, alert).find("What begins") == std::string::npos);
}

TEST_CASE("slack: the mark and the severity are the expectation's where it gives one") {
  Alert alert = samples::alert(Cause::kPolicyViolated, State::kOpened);
  CHECK(render(Channel::kSlack, alert).find("[critical]") != std::string::npos);
  alert.incident.finding.severity = verdict::Severity::kInfo;
  CHECK(render(Channel::kSlack, alert).find("[info]") != std::string::npos);
}
