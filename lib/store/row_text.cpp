#include "store/row_text.h"

#include <algorithm>
#include <charconv>

#include "base/json.h"
#include "base/overloaded.h"
#include "base/text.h"

namespace store {
namespace {

void write_texts(base::JsonWriter& writer, const std::vector<std::string>& texts) {
  writer.StartArray();
  for (const auto& text : texts) base::write_text(writer, text);
  writer.EndArray();
}

base::Result<std::vector<std::string>> texts_from_value(const rapidjson::Value& value) {
  if (!value.IsArray()) return base::Failure{"a list was expected"};
  std::vector<std::string> texts;
  for (const auto& element : value.GetArray()) {
    if (!element.IsString()) return base::Failure{"a list of texts was expected"};
    texts.emplace_back(base::text_of(&element));
  }
  return texts;
}

void write_answer(base::JsonWriter& writer, const verdict::Conclusive& answer) {
  writer.StartObject();
  std::visit(base::Overloaded{[&](const xads::Granted& granted) {
                                writer.Key("user_id");
                                base::write_text(writer, granted.user_id);
                                writer.Key("permissions");
                                write_texts(writer, granted.permissions.texts());
                              },
                              [&](const xads::Denied& denied) {
                                writer.Key("denial");
                                base::write_text(writer, xads::to_text(denied.denial));
                              }},
             answer);
  writer.EndObject();
}

base::Result<verdict::Conclusive> answer_from_value(const rapidjson::Value& value) {
  if (const auto* text = base::find_member(value, "denial")) {
    const auto denial = xads::denial_from_text(base::text_of(text));
    if (!denial) return base::Failure{"an unknown denial: " + std::string(base::text_of(text))};
    return verdict::Conclusive(xads::Denied{*denial});
  }
  const auto* user_id = base::find_member(value, "user_id");
  const auto* permissions = base::find_member(value, "permissions");
  if (user_id == nullptr || permissions == nullptr) return base::Failure{"neither a grant nor a denial"};
  const auto texts = texts_from_value(*permissions);
  if (!texts) return base::Failure{texts.error()};
  return verdict::Conclusive(
      xads::Granted{std::string(base::text_of(user_id)), xads::Permissions::from_texts(texts.value())});
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string texts_to_json(const std::vector<std::string>& texts) {
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  write_texts(writer, texts);
  return base::take_text(buffer);
}

base::Result<std::vector<std::string>> texts_from_json(std::string_view json) {
  const auto document = base::parse_json(json);
  if (!document) return base::Failure{document.error()};
  return texts_from_value(document.value());
}

std::string accounts_to_text(const std::vector<std::string>& accounts) {
  const auto plain = [](const std::string& account) {
    return !account.empty() && account.front() != '[' && account.find(' ') == std::string::npos;
  };
  return std::ranges::all_of(accounts, plain) ? base::join(accounts, " ") : texts_to_json(accounts);
}

base::Result<std::vector<std::string>> accounts_from_text(std::string_view text) {
  std::vector<std::string> accounts;
  if (text.empty()) return accounts;
  if (text.front() == '[') return texts_from_json(text);
  if (text.find(' ') == std::string_view::npos) {
    accounts.emplace_back(text);
    return accounts;
  }
  for (const auto account : base::split(text, ' ')) accounts.emplace_back(account);
  return accounts;
}

std::string labels_to_text(const audit::Labels& labels) {
  if (labels.empty()) return {};
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  writer.StartObject();
  for (const auto& [name, value] : labels) {
    base::write_text(writer, name);  // a text in this place is a key
    base::write_text(writer, value);
  }
  writer.EndObject();
  return base::take_text(buffer);
}

base::Result<audit::Labels> labels_from_text(std::string_view text) {
  if (text.empty()) return audit::Labels();
  const auto document = base::parse_json(text);
  if (!document) return base::Failure{document.error()};
  if (!document.value().IsObject()) return base::Failure{"an object was expected"};
  audit::Labels labels;
  for (const auto& member : document.value().GetObject()) {
    if (!member.value.IsString()) return base::Failure{"an object of texts was expected"};
    labels.emplace(base::text_of(&member.name), base::text_of(&member.value));
  }
  return labels;
}

std::string answer_to_json(const verdict::Conclusive& answer) {
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  write_answer(writer, answer);
  return base::take_text(buffer);
}

base::Result<verdict::Conclusive> answer_from_json(std::string_view json) {
  const auto document = base::parse_json(json);
  if (!document) return base::Failure{document.error()};
  return answer_from_value(document.value());
}

std::string suspicion_to_json(const verdict::Suspicion& suspicion) {
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  writer.StartObject();
  writer.Key("answer");
  write_answer(writer, suspicion.answer);
  writer.Key("began");
  writer.Int64(base::to_epoch_ms(suspicion.began));
  writer.Key("count");
  writer.Int(suspicion.count);
  writer.Key("http_status");
  writer.Int(suspicion.evidence.http_status);
  writer.Key("code");
  base::write_text(writer, suspicion.evidence.code);
  writer.Key("identity");
  base::write_text(writer, identity_to_text(suspicion.identity));
  writer.Key("definite_count");
  writer.Int(suspicion.definite_count);
  writer.Key("identity_count");
  writer.Int(suspicion.identity_count);
  writer.EndObject();
  return base::take_text(buffer);
}

base::Result<verdict::Suspicion> suspicion_from_json(std::string_view json) {
  const auto document = base::parse_json(json);
  if (!document) return base::Failure{document.error()};
  const auto* answer = base::find_member(document.value(), "answer");
  if (answer == nullptr) return base::Failure{"no suspicion: it has no answer"};
  auto conclusive = answer_from_value(*answer);
  if (!conclusive) return base::Failure{conclusive.error()};
  const auto member = [&](const char* name) { return base::text_of(base::find_member(document.value(), name)); };
  const auto began = whole_number(member("began"));
  const auto count = whole_number(member("count"));
  const auto http_status = whole_number(member("http_status"));
  const auto identity = identity_from_text(member("identity"));
  const auto definite_count = whole_number(member("definite_count"));  // older rows have none
  const auto identity_count = whole_number(member("identity_count"));  // older rows have none
  if (!began || !count || !http_status || !identity) return base::Failure{"no suspicion: a member cannot be read"};
  return verdict::Suspicion{std::move(conclusive).value(),
                            base::from_epoch_ms(*began),
                            static_cast<int>(*count),
                            static_cast<int>(definite_count.value_or(0)),
                            {static_cast<int>(*http_status), std::string(member("code"))},
                            *identity,
                            static_cast<int>(identity_count.value_or(0))};
}

std::string_view identity_to_text(xads::IdentityAnswer identity) {
  switch (identity) {
    case xads::IdentityAnswer::kAlive:
      return "alive";
    case xads::IdentityAnswer::kTokenInvalid:
      return "token_invalid";
    case xads::IdentityAnswer::kUnauthenticated:
      return "unauthenticated";
    case xads::IdentityAnswer::kAppRejected:
      return "app_rejected";
    case xads::IdentityAnswer::kClockSkewed:
      return "clock_skewed";
    case xads::IdentityAnswer::kNoStatement:
      return "no_statement";
  }
  base::broken_promise("an identity answer is one of its enumerators", __FILE__, __LINE__);
}

std::optional<xads::IdentityAnswer> identity_from_text(std::string_view text) {
  using xads::IdentityAnswer;
  for (const auto identity : {IdentityAnswer::kAlive, IdentityAnswer::kTokenInvalid, IdentityAnswer::kUnauthenticated,
                              IdentityAnswer::kAppRejected, IdentityAnswer::kClockSkewed, IdentityAnswer::kNoStatement})
    if (identity_to_text(identity) == text) return identity;
  return std::nullopt;
}

}  // namespace store
