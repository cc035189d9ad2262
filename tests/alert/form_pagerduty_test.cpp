#include <doctest/doctest.h>

#include "alert/form.h"
#include "alert/hostile.h"
#include "alert/render.h"
#include "base/json.h"

using namespace alert;
using verdict::Cause;

namespace {

constexpr const char* kKey = "0123456789abcdefTOPSECRET1234567";

Destination oncall() {
  return {.name = "oncall",
          .channel = Channel::kPagerDuty,
          .url = base::Secret("https://events.pagerduty.com/v2/enqueue"),
          .secret = base::Secret(kKey)};
}
std::string complaint(const Destination& destination) { return complaint_about(destination).value_or("none"); }

rapidjson::Document parsed(const Alert& alert) {
  auto document = base::parse_json(render(Channel::kPagerDuty, alert));
  REQUIRE(document.ok());
  return std::move(document).value();
}
std::string text(const rapidjson::Value& object, const char* name) {
  return std::string(base::text_of(base::find_member(object, name)));
}
std::string dedup_key(const Alert& alert) { return text(parsed(alert), "dedup_key"); }

}  // namespace

TEST_CASE("pagerduty: an open incident triggers, its end resolves, with one key") {
  const Alert opened = samples::alert(Cause::kTokenRevoked, State::kOpened);
  const auto over = parsed(samples::alert(Cause::kTokenRevoked, State::kResolved));
  CHECK(text(parsed(opened), "event_action") == "trigger");
  CHECK(text(parsed(samples::alert(Cause::kTokenRevoked, State::kReminder)), "event_action") == "trigger");
  CHECK(text(over, "event_action") == "resolve");
  CHECK(text(over, "dedup_key") == dedup_key(opened));
  CHECK_FALSE(over.HasMember("payload"));
}

TEST_CASE("pagerduty: the key is the problem's: it outlives the incident, and no other problem has it") {
  const Alert alert = samples::alert(Cause::kRoleReduced, State::kOpened);
  Alert again = alert;
  again.incident.id = samples::id<verdict::IncidentId>(99);
  again.id = samples::id<AlertId>(98);
  CHECK(dedup_key(again) == dedup_key(alert));
  CHECK(dedup_key(alert).size() == 74);
  CHECK(dedup_key(alert).starts_with("adsauditd:"));
  Alert other = alert;
  other.incident.finding.key.token = samples::id<audit::TokenId>(97);
  CHECK(dedup_key(other) != dedup_key(alert));
  other = alert;
  other.incident.finding.key.account = "18ce54d4x5u";
  CHECK(dedup_key(other) != dedup_key(alert));
  other = alert;
  other.incident.finding.key.topic = "12";
  CHECK(dedup_key(other) != dedup_key(alert));
  other = alert;
  other.incident.finding.key.cause = Cause::kRoleChanged;
  CHECK(dedup_key(other) != dedup_key(alert));
  other = alert;
  other.test = true;
  CHECK(dedup_key(other) != dedup_key(alert));
}

TEST_CASE("pagerduty: the payload says what happened to what, with PagerDuty's words for how grave it is") {
  const auto document = parsed(samples::alert(Cause::kRoleReduced, State::kReminder));
  const rapidjson::Value& payload = document["payload"];
  CHECK(text(payload, "summary") == "Reminder: Role reduced: brand-a on 18ce54d4x5t");
  CHECK(text(payload, "source") == "adsauditd");
  CHECK(text(payload, "severity") == "warning");
  CHECK(text(payload, "timestamp") == "2026-11-23T10:15:02.118Z");
  CHECK(text(payload, "component") == "18ce54d4x5t");
  CHECK(text(payload, "group") == "agency");
  CHECK(text(payload, "class") == "role.reduced");
  CHECK(text(payload["custom_details"], "note") == "Reminder 2: it still lasts.");
  CHECK(text(payload["custom_details"], "owner") == "ads-ops");
  CHECK(text(payload["custom_details"], "what_to_do").starts_with("Ask an administrator"));
  CHECK(text(parsed(samples::alert(Cause::kTokenRevoked, State::kOpened))["payload"], "component") == "brand-a");
  CHECK_FALSE(parsed(samples::alert(Cause::kClockSkew, State::kOpened))["payload"].HasMember("component"));
}

TEST_CASE("pagerduty: a test is marked") {
  Alert alert = samples::alert(Cause::kTokenRevoked, State::kOpened);
  alert.test = true;
  CHECK(text(parsed(alert)["payload"], "summary") == "[TEST] Access token revoked: brand-a");
}

TEST_CASE("pagerduty: the routing key is in what is sent, not in what is stored") {
  PendingDelivery pending;
  pending.body = render(Channel::kPagerDuty, samples::alert(Cause::kTokenRevoked, State::kOpened));
  CHECK(pending.body.find(kKey) == std::string::npos);
  const auto request = form_of(Channel::kPagerDuty).request(oncall(), pending, base::Instant{});
  CHECK(request->url == "https://events.pagerduty.com/v2/enqueue");
  CHECK(request->body == std::string(R"({"routing_key":")") + kKey + "\"," + pending.body.substr(1));
  CHECK(base::parse_json(request->body).ok());
  CHECK(request->idempotent);
}

TEST_CASE("pagerduty: 429 means a minute at least, for the whole destination") {
  const auto judged = [](http::Headers headers) {
    return judge_reply(Channel::kPagerDuty, http::Response{429, std::move(headers), ""}, base::Instant{});
  };
  CHECK(judged({}).retry_after == std::chrono::minutes(1));
  CHECK(judged({}).slow_down);
  CHECK(judged({{"retry-after", "5"}}).retry_after == std::chrono::minutes(1));
  CHECK(judged({{"retry-after", "300"}}).retry_after == std::chrono::minutes(5));
}

TEST_CASE("pagerduty: a destination needs PagerDuty's host and a key of 32 letters and digits") {
  CHECK(complaint(oncall()) == "none");
  Destination wrong = oncall();
  wrong.url = base::Secret("https://events.eu.pagerduty.com/v2/enqueue");
  CHECK(complaint(wrong) == "none");
  wrong.url = base::Secret("https://pagerduty.example/v2/enqueue");
  CHECK(complaint(wrong).starts_with("url: PagerDuty's host is events.pagerduty.com or events.eu.pagerduty.com"));
  wrong = oncall();
  wrong.secret = base::Secret("0123456789abcdefTOPSECRET123456");
  CHECK(complaint(wrong) == "routing_key: an integration key has 32 letters and digits");
  wrong.secret = base::Secret("0123456789abcdefTOPSECRET12345\"}");
  CHECK(complaint(wrong) == "routing_key: an integration key has 32 letters and digits");
  wrong.secret = {};
  CHECK(complaint(wrong).starts_with("routing_key is missing"));
}

TEST_CASE("pagerduty: the worst names give valid JSON, a short summary and less than 20 kB") {
  for (const std::string& worst : samples::hostile_texts()) {
    for (const Cause cause : verdict::all_causes()) {
      const std::string body = render(Channel::kPagerDuty, samples::hostile(worst, State::kOpened, cause));
      CHECK(body.size() < 20'000);
      const auto document = base::parse_json(body);
      REQUIRE(document.ok());
      CHECK(text(document.value()["payload"], "summary").size() <= 512);
      CHECK(text(document.value(), "dedup_key").size() <= 255);
    }
  }
}
