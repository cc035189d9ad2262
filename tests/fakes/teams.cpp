#include "teams.h"

#include <optional>
#include <string>

#include "json.h"

namespace fakes {
namespace {

constexpr size_t kMostBytes = 28 * 1024;

bool is_text(const rapidjson::Value& object, const char* name, const char* wanted) {
  const auto member = object.FindMember(name);
  return member != object.MemberEnd() && member->value.IsString() && std::string(member->value.GetString()) == wanted;
}

/// "1.4" and the like.
bool is_version(const rapidjson::Value& card) {
  const auto member = card.FindMember("version");
  if (member == card.MemberEnd() || !member->value.IsString()) return false;
  const std::string version = member->value.GetString();
  return version.size() == 3 && version.starts_with("1.") && version[2] >= '0' && version[2] <= '9';
}

std::optional<std::string> complaint_about_card(const rapidjson::Value& card) {
  if (!card.IsObject() || !is_text(card, "type", "AdaptiveCard")) return "content is no AdaptiveCard";
  if (!is_version(card)) return "the card has no version";
  const auto body = card.FindMember("body");
  if (body == card.MemberEnd() || !body->value.IsArray() || body->value.Empty()) return "the card has no body";
  for (const auto& element : body->value.GetArray()) {
    if (!element.IsObject() || !element.HasMember("type") || !element["type"].IsString()) {
      return "an element of the card has no type";
    }
  }
  return std::nullopt;
}

std::optional<std::string> complaint_about(const rapidjson::Document& message) {
  if (!is_text(message, "type", "message")) return "type is not message";
  const auto attachments = message.FindMember("attachments");
  if (attachments == message.MemberEnd() || !attachments->value.IsArray() || attachments->value.Size() != 1) {
    return "a message has one attachment";
  }
  const auto& attachment = attachments->value[0];
  if (!attachment.IsObject() || !is_text(attachment, "contentType", "application/vnd.microsoft.card.adaptive")) {
    return "the attachment is no adaptive card";
  }
  if (!attachment.HasMember("content")) return "the attachment has no content";
  return complaint_about_card(attachment["content"]);
}

}  // namespace

SinkAnswer answer_teams(const SinkRecord& post) {
  if (post.body.size() > kMostBytes) return {413, "text/plain", "above 28 KB", {}, 0};
  try {
    const auto complaint = complaint_about(parse_object(post.body));
    if (complaint) return {400, "text/plain", *complaint, {}, 0};
    return {202, "text/plain", "", {}, 0};
  } catch (const BadCommand& refusal) {
    return {400, "text/plain", refusal.what(), {}, 0};
  }
}

}  // namespace fakes
