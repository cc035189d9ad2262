#include "alert/template.h"

#include <doctest/doctest.h>

#include "alert/hostile.h"
#include "alert/render.h"
#include "base/json.h"
#include "base/text.h"

using namespace alert;
using verdict::Cause;

namespace {

Alert role_reduced(State state = State::kOpened) { return samples::alert(Cause::kRoleReduced, state); }

/// What the template gives as text of the alert.
std::string filled(const std::string& text, const Alert& alert) {
  REQUIRE_MESSAGE(!complaint_about_template(text), text);
  return apply({.text = text}, alert, wording_of(alert)).text;
}

/// The message of an incoming webhook in these words.
std::string slack_body(const Alert& alert, const Template& words) {
  Destination ops;
  ops.channel = Channel::kSlack;
  ops.words = words;
  return render(ops, alert);
}

std::string refusal(const std::string& text) { return complaint_about_template(text).value_or("none"); }

}  // namespace

TEST_CASE("template: an empty one changes nothing") {
  const Alert alert = role_reduced();
  const Wording wording = apply({}, alert, wording_of(alert));
  CHECK(wording.title == "Role reduced: brand-a on 18ce54d4x5t");
  CHECK(wording.text.empty());
}

TEST_CASE("template: title and text are filled, each for itself, and the other words stay") {
  const Alert alert = role_reduced();
  const Wording title = apply({.title = "{{account_name}}: {{title}}"}, alert, wording_of(alert));
  CHECK(title.title == "Brand A EU: Role reduced: brand-a on 18ce54d4x5t");
  CHECK(title.text.empty());
  const Wording text = apply({.text = "Was {{before}}\nIs {{ after }}"}, alert, wording_of(alert));
  CHECK(text.title == "Role reduced: brand-a on 18ce54d4x5t");
  CHECK(text.text == "Was AD_MANAGER, TWEET_COMPOSER\nIs CAMPAIGN_ANALYST");
  CHECK(text.before == "AD_MANAGER, TWEET_COMPOSER");
  CHECK_FALSE(text.repair.empty());
}

TEST_CASE("template: a title that is asked for in the text is the default one") {
  const Alert alert = role_reduced();
  const Wording wording = apply({.title = "Look: {{title}}", .text = "{{title}}"}, alert, wording_of(alert));
  CHECK(wording.title == "Look: Role reduced: brand-a on 18ce54d4x5t");
  CHECK(wording.text == "Role reduced: brand-a on 18ce54d4x5t");
}

TEST_CASE("template: each text of the wording has a field") {
  Alert alert = role_reduced();
  alert.subject.without_admin = {{"18ce54d4x5t"}, 1};
  const Wording wording = wording_of(alert);
  CHECK(filled("{{title}}", alert) == wording.title);
  CHECK(filled("{{before}}", alert) == wording.before);
  CHECK(filled("{{after}}", alert) == wording.after);
  CHECK(filled("{{since}}", alert) == wording.since);
  CHECK(filled("{{stops}}", alert) == wording.stops);
  CHECK(filled("{{who}}", alert) == wording.who);
  CHECK(filled("{{repair}}", alert) == wording.repair);
  for (const std::string* text : {&wording.title, &wording.before, &wording.stops, &wording.who, &wording.repair})
    CHECK_FALSE(text->empty());
}

TEST_CASE("template: each fact of the alert has a field") {
  const Alert alert = role_reduced();
  CHECK(filled("{{cause}} {{severity}} {{state}} {{sequence}}", alert) == "role.reduced warning opened 41");
  CHECK(filled("{{app}} {{token}} {{kind}} {{user_id}}", alert) == "agency brand-a advertiser 2417045708");
  CHECK(filled("{{owner}}/{{label.owner}}/{{label.client}}", alert) == "ads-ops/ads-ops/Brand A");
  CHECK(filled("{{account}} {{account_name}}", alert) == "18ce54d4x5t Brand A EU");
  CHECK(filled("{{incident}}", alert) == alert.incident.id.text());
  CHECK(filled("{{alert}}", alert) == alert.id.text());
  CHECK(filled("{{opened_at}}, {{last_good_at}}", alert) == "2026-11-23T10:15:02.118Z, 2026-11-23T10:00:01.902Z");
}

TEST_CASE("template: the severity is the finding's own where it has one") {
  Alert alert = samples::alert(Cause::kPolicyViolated, State::kOpened);
  CHECK(filled("{{severity}}", alert) == "critical");
}

TEST_CASE("template: the age is how long it is open, or was") {
  Alert alert = role_reduced();
  CHECK(filled("{{age}}", alert) == "0s");
  alert.at += std::chrono::minutes(125);
  CHECK(filled("{{age}}", alert) == "2h 5m");
  CHECK(filled("{{state}} after {{age}}", role_reduced(State::kResolved)) == "resolved after 3h 4m");
}

TEST_CASE("template: what the alert does not have is empty") {
  Alert alert = samples::alert(Cause::kAccountUnavailable, State::kOpened);
  alert.incident.finding.last_good_at.reset();
  CHECK(filled("[{{app}}{{token}}{{kind}}{{user_id}}{{owner}}{{label.owner}}{{last_good_at}}]", alert) == "[]");
  CHECK(filled("[{{label.team}}]", role_reduced()) == "[]");
  CHECK(filled("[{{account}}{{account_name}}]", samples::alert(Cause::kTokenRevoked, State::kOpened)) == "[]");
}

TEST_CASE("template: what comes out empty leaves the default in its place, and blanks at the ends go") {
  const Alert alert = samples::alert(Cause::kTokenRevoked, State::kOpened);
  const Wording blank = apply({.title = " {{account}} ", .text = "{{account}}\n"}, alert, wording_of(alert));
  CHECK(blank.title == wording_of(alert).title);
  CHECK(blank.text.empty());
  CHECK(filled("\n {{token}}\n\nof {{app}}\n", alert) == "brand-a\n\nof agency");
}

TEST_CASE("template: four braces are two, and braces that are not two are themselves") {
  const Alert alert = role_reduced();
  CHECK(filled("{{{{token}}", alert) == "{{token}}");
  CHECK(filled("{{{{{{token}}", alert) == "{{brand-a");
  CHECK(filled("{{{{{{{{", alert) == "{{{{");
  CHECK(filled("{ {token} } }} }", alert) == "{ {token} } }} }");
  CHECK(filled("{{token}}}", alert) == "brand-a}");
  CHECK(filled("{{token}}{{app}}", alert) == "brand-aagency");
  CHECK(filled("a{", alert) == "a{");
}

TEST_CASE("template: what is wrong is told with its column and the likely field") {
  CHECK(refusal("{{acount}}") == "column 3: unknown field \"acount\", did you mean \"account\"?");
  CHECK(refusal("{{token}} on {{ acount }}") == "column 17: unknown field \"acount\", did you mean \"account\"?");
  CHECK(refusal("Gr\u00fc\u00dfe {{Token}}") == "column 9: unknown field \"Token\", did you mean \"token\"?");
  CHECK(refusal("{{zzzzzzzzzz}}").starts_with("column 3: unknown field \"zzzzzzzzzz\"; it may be label.NAME, title,"));
  CHECK(refusal("ok\n\n {{token}} {{ownr}}\n") == "line 3, column 14: unknown field \"ownr\", did you mean \"owner\"?");
  CHECK(refusal("{{}}") == "column 1: there is no field between {{ and }}");
  CHECK(refusal("x{{  }}") == "column 2: there is no field between {{ and }}");
  CHECK(refusal("{{label.}}") == "column 3: label. needs the name of a label: {{label.NAME}}");
  CHECK(refusal("{{label.any thing}}") == "none");
  CHECK(refusal("{{{token}}") == "column 3: unknown field \"{token\", did you mean \"token\"?");
}

TEST_CASE("template: a field that is not closed is told where it begins") {
  const std::string unclosed = "this {{ has no closing }} (for a plain {{ write {{{{)";
  CHECK(refusal("{{") == "column 1: " + unclosed);
  CHECK(refusal("{{{") == "column 1: " + unclosed);
  CHECK(refusal("{{token}} {{app") == "column 11: " + unclosed);
  CHECK(refusal("{{token} {{app}}") == "column 1: " + unclosed);
  CHECK(refusal("{{{{{{") == "column 5: " + unclosed);
}

TEST_CASE("template: any text is either refused or filled") {
  const std::vector<std::string> parts{"{", "}", "{{", "}}", "token", " ", "\n", "x"};
  const Alert alert = role_reduced();
  std::size_t filled_ones = 0;
  for (std::size_t number = 0; number < 8 * 8 * 8 * 8; ++number) {
    const std::string text = parts[number % 8] + parts[number / 8 % 8] + parts[number / 64 % 8] + parts[number / 512];
    if (complaint_about_template(text)) continue;
    ++filled_ones;
    const Wording wording = apply({.title = text, .text = text}, alert, wording_of(alert));
    if (text.find("{{") == std::string::npos) CHECK(wording.text == base::trim(text));
  }
  CHECK(filled_ones > 1000);
}

TEST_CASE("template: a value is no template, and is one line") {
  Alert alert = role_reduced();
  alert.subject.account_name = "{{token}} {{{{ \n What to do: nothing \xFF";
  CHECK(filled("{{account_name}}!", alert) == "{{token}} {{{{   What to do: nothing \xEF\xBF\xBD!");
}

TEST_CASE("template: values come as they are, without the escapes of any channel") {
  Alert alert = role_reduced();
  alert.subject.account_name = "<!channel> & \"quotes\" *bold*";
  CHECK(filled("{{account_name}}", alert) == "<!channel> & \"quotes\" *bold*");
}

TEST_CASE("template: Slack shows the text in place of the default words, and the ids stay") {
  const Alert alert = role_reduced();
  const std::string body = slack_body(alert, {.title = "Help {{owner}}", .text = "It is {{after}} now.\nCall us."});
  const auto message = base::parse_json(body);
  REQUIRE(message.ok());
  CHECK(base::text_of(&message.value()["text"]) ==
        "\U0001F7E0 Help ads-ops [warning]. It is CAMPAIGN_ANALYST now. Call us.");
  const auto& blocks = message.value()["blocks"];
  REQUIRE(blocks.Size() == 4);
  CHECK(base::text_of(&blocks[0]["text"]["text"]) == "\U0001F7E0 Help ads-ops");
  CHECK(base::text_of(&blocks[1]["text"]["text"]) == "It is CAMPAIGN_ANALYST now.\nCall us.");
  CHECK(base::text_of(&blocks[1]["text"]["type"]) == "plain_text");
  CHECK(body.find("Was: ") == std::string::npos);
  CHECK(body.find("What to do") == std::string::npos);
  CHECK(body.find(alert.incident.id.text()) != std::string::npos);
  CHECK(body.find(alert.id.text()) != std::string::npos);
}

TEST_CASE("template: without a text of its own Slack shows the default words under the title") {
  const Alert alert = role_reduced();
  const std::string body = slack_body(alert, {.title = "Help"});
  CHECK(body.find("Help") != std::string::npos);
  CHECK(body.find("Role reduced") == std::string::npos);
  CHECK(body.find("What to do: ") != std::string::npos);
  CHECK(slack_body(alert, {}) == render(Channel::kSlack, alert));
}

TEST_CASE("template: no name smuggles markup into Slack through a template, nor does the template") {
  const Template words{.title = "<{{account_name}}> & {{label.owner}}",
                       .text = "<!here> {{account_name}}\n{{before}} {{who}} {{label.owner}} & <https://x.example|x>"};
  for (const std::string& text : samples::hostile_texts()) {
    for (const Cause cause : {Cause::kRoleReduced, Cause::kTokenRevoked, Cause::kAppRejected}) {
      const std::string body = slack_body(samples::hostile(text, State::kOpened, cause), words);
      CHECK(body.find('<') == std::string::npos);
      CHECK(body.find('>') == std::string::npos);
      const auto message = base::parse_json(body);
      REQUIRE(message.ok());
      CHECK(base::text_of(&message.value()["text"]).size() <= 2000);
      for (const auto& block : message.value()["blocks"].GetArray()) {
        if (!block.HasMember("text")) continue;
        CHECK(base::text_of(&block["text"]["type"]) == "plain_text");
        const std::string_view shown = base::text_of(&block["text"]["text"]);
        CHECK_FALSE(shown.empty());
        CHECK(shown.size() <= 3000);
      }
    }
  }
}

TEST_CASE("template: a webhook's body takes no words of the operator's") {
  const Alert alert = role_reduced();
  Destination siem;
  siem.words = {.title = "x", .text = "y"};
  CHECK(render(siem, alert) == render(Channel::kWebhook, alert));
  siem.channel = Channel::kEmail;
  CHECK(has_own_words(siem));
}

TEST_CASE("template: a test is known as one, whatever the words") {
  Alert alert = role_reduced();
  alert.test = true;
  alert.words = {.title = "All is lost", .text = ""};
  CHECK(wording_of(alert).title == "[TEST] All is lost");
}
