#include "teams.h"

#include <doctest/doctest.h>

using namespace fakes;

namespace {

SinkAnswer answer_to(const std::string& body) {
  SinkRecord post;
  post.method = "POST";
  post.path = "/teams/workflow";
  post.body = body;
  return answer_teams(post);
}

std::string message(const std::string& card) {
  return R"({"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive",
      "contentUrl": null, "content": )" +
         card + "}]}";
}

std::string card(const std::string& text) {
  return R"({"type": "AdaptiveCard", "version": "1.4", "body": [{"type": "TextBlock", "text": ")" + text + "\"}]}";
}

std::string refusal(const std::string& body) {
  const SinkAnswer answer = answer_to(body);
  CHECK(answer.status == 400);
  return answer.body;
}

}  // namespace

TEST_CASE("teams: a message with an adaptive card is accepted with nothing to say") {
  const SinkAnswer answer = answer_to(message(card("Token revoked")));
  CHECK(answer.status == 202);
  CHECK(answer.body.empty());
}

TEST_CASE("teams: what would not be shown is refused") {
  CHECK(refusal("no JSON").find("not JSON") != std::string::npos);
  CHECK(refusal(R"({"text": "an old message card"})") == "type is not message");
  CHECK(refusal(R"({"type": "message", "attachments": []})") == "a message has one attachment");
  CHECK(refusal(R"({"type": "message", "attachments": [{"contentType": "text/html"}]})") ==
        "the attachment is no adaptive card");
  CHECK(refusal(message(R"({"type": "MessageCard"})")) == "content is no AdaptiveCard");
  CHECK(refusal(message(R"({"type": "AdaptiveCard", "body": [{"type": "TextBlock"}]})")) == "the card has no version");
  CHECK(refusal(message(R"({"type": "AdaptiveCard", "version": "1.4", "body": []})")) == "the card has no body");
  CHECK(refusal(message(R"({"type": "AdaptiveCard", "version": "1.4", "body": [{"text": "x"}]})")) ==
        "an element of the card has no type");
}

TEST_CASE("teams: 28 KB are taken, and not a byte more") {
  const size_t frame = message(card("")).size();
  CHECK(answer_to(message(card(std::string(28 * 1024 - frame, 'x')))).status == 202);
  CHECK(answer_to(message(card(std::string(28 * 1024 - frame + 1, 'x')))).status == 413);
}
