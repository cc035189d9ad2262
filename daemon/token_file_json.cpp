#include <fmt/format.h>

#include <array>
#include <map>

#include "base/json.h"
#include "base/text.h"
#include "token_file.h"

namespace app {
namespace {

using rapidjson::Value;

constexpr std::array<std::string_view, 7> kMembers{"name",     "app",   "kind", "access_token", "access_token_secret",
                                                   "accounts", "labels"};

base::Result<std::string> text_member(const Value& object, const char* name, const std::string& otherwise = "") {
  const Value* value = base::find_member(object, name);
  if (value == nullptr || value->IsNull()) return otherwise;
  if (!value->IsString()) return base::Failure{fmt::format("\"{}\" is no text", name)};
  return std::string(base::trim(base::text_of(value)));
}

base::Result<std::vector<std::string>> accounts_of(const Value& object) {
  const Value* value = base::find_member(object, "accounts");
  if (value == nullptr || value->IsNull()) return std::vector<std::string>();
  if (value->IsString()) return parse_accounts(std::string(base::text_of(value)));
  if (!value->IsArray()) return base::Failure{"\"accounts\" is no array of ids"};
  std::vector<std::string> accounts;
  for (const Value& entry : value->GetArray()) {
    if (!entry.IsString()) return base::Failure{"\"accounts\" is no array of ids"};
    accounts.emplace_back(base::text_of(&entry));
  }
  return accounts;
}

base::Result<audit::Labels> labels_of(const Value& object) {
  const Value* value = base::find_member(object, "labels");
  if (value == nullptr || value->IsNull()) return audit::Labels();
  if (value->IsString()) return parse_labels(base::text_of(value));
  if (!value->IsObject()) return base::Failure{"\"labels\" is no object of texts"};
  audit::Labels labels;
  for (const auto& label : value->GetObject()) {
    if (!label.value.IsString()) return base::Failure{"\"labels\" is no object of texts"};
    labels.emplace(label.name.GetString(), label.value.GetString());
  }
  return labels;
}

base::Result<NewToken> token_of(const Value& object, const TokenDefaults& defaults) {
  if (!object.IsObject()) return base::Failure{"it is no object"};
  for (const auto& entry : object.GetObject()) {
    const std::string_view name(entry.name.GetString(), entry.name.GetStringLength());
    if (std::find(kMembers.begin(), kMembers.end(), name) == kMembers.end())
      return base::Failure{fmt::format("{} is none of {}", shown(name), fmt::join(kMembers, ", "))};
  }
  std::array<std::string, 5> texts;
  const std::array<std::string, 5> otherwise{defaults.name, defaults.app, defaults.kind, "", ""};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto text = text_member(object, kMembers[i].data(), otherwise[i]);
    if (!text) return base::Failure{text.error()};
    texts[i] = std::move(text).value();
  }
  auto accounts = accounts_of(object);
  if (!accounts) return base::Failure{accounts.error()};
  auto labels = labels_of(object);
  if (!labels) return base::Failure{labels.error()};
  return NewToken{.name = texts[0],
                  .app = texts[1],
                  .kind = texts[2],
                  .accounts = std::move(accounts).value(),
                  .labels = std::move(labels).value(),
                  .secrets = {base::Secret(std::move(texts[3])), base::Secret(std::move(texts[4]))}};
}

}  // namespace

TokensRead read_token_json(std::string_view text, const TokenDefaults& defaults) {
  using Complaints = std::vector<std::string>;
  const auto document = base::parse_json(text);
  if (!document) return base::Failure{Complaints{"the file is no JSON: " + document.error()}};
  const Value& root = document.value();
  const Value* list = root.IsObject() ? base::find_member(root, "tokens") : &root;
  if (list == nullptr || !list->IsArray())
    return base::Failure{Complaints{"the file holds no array of tokens, nor an object with one as \"tokens\""}};
  std::vector<NewToken> tokens;
  Complaints complaints;
  std::map<std::string, rapidjson::SizeType> places;
  for (rapidjson::SizeType place = 0; place < list->Size(); ++place) {
    auto token = token_of((*list)[place], defaults);
    if (!token) {
      complaints.push_back(fmt::format("token {}: {}", place + 1, token.error()));
      continue;
    }
    const auto [first, fresh] = places.emplace(token.value().name, place + 1);
    if (!fresh)
      complaints.push_back(fmt::format("token {}: the name {} is that of token {} already", place + 1,
                                       shown(first->first), first->second));
    tokens.push_back(std::move(token).value());
  }
  if (!complaints.empty()) return base::Failure{complaints};
  return tokens;
}

}  // namespace app
