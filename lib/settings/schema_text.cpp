#include "settings/schema_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json.h"

namespace settings::schema {
namespace {

constexpr std::string_view kReference = R"({"$ref":"#/definitions/reference"})";

std::string quoted(std::string_view text) {
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  base::write_text(writer, text);
  return base::take_text(buffer);
}

}  // namespace

std::string any_of(const std::vector<std::string>& schemas) {
  return fmt::format(R"({{"anyOf":[{}]}})", fmt::join(schemas, ","));
}

std::string one_of(const std::vector<std::string_view>& words) {
  std::vector<std::string> texts;
  for (const std::string_view word : words) texts.push_back(quoted(word));
  return any_of({fmt::format(R"({{"enum":[{}]}})", fmt::join(texts, ",")), std::string(kReference)});
}

std::string whole(int least, int most) {
  return any_of({fmt::format(R"({{"type":"integer","minimum":{},"maximum":{}}})", least, most),
                 R"({"type":"string","pattern":"^[0-9]+$"})", std::string(kReference)});
}

std::string list_of(const std::string& item, std::size_t most) {
  const std::string limit = most > 0 ? fmt::format(R"(,"maxItems":{})", most) : std::string();
  return fmt::format(R"({{"type":"array","minItems":1{},"items":{}}})", limit, item);
}

std::string matching(std::string_view expression) {
  return fmt::format(R"({{"type":["string","number","boolean"],"pattern":{}}})",
                     quoted(fmt::format("{}|\\$\\{{", expression)));
}

std::string definitions() {
  const std::string name = "[A-Za-z0-9._-]{1,64}";
  const auto define = [](std::string_view defined, const std::string& schema) {
    return fmt::format("{}:{}", quoted(defined), schema);
  };
  const std::vector<std::string> all{
      define(
          "reference",
          R"re({"type":"string","pattern":"\\$\\{(file:/|cred:|env:)[^}]+\\}","description":"${file:/path}, ${cred:name} or ${env:NAME}"})re"),
      define(
          "secret",
          R"re({"type":"string","pattern":"^\\$\\{(file:/|cred:|env:)[^}]+\\}$","description":"A secret never stands here itself: ${file:/path}, ${cred:name} or ${env:NAME}"})re"),
      define("text", R"({"type":["string","number","boolean"]})"),
      define("duration",
             R"re({"type":"string","pattern":"^([0-9]+(ms|s|m|h|d))+$|\\$\\{","description":"30s, 15m, 6h or 2d"})re"),
      define("share", R"re({"type":"string","pattern":"^[0-9.]+%$|\\$\\{","description":"10%"})re"),
      define("flag", any_of({R"({"type":"boolean"})", R"({"enum":["true","false"]})", std::string(kReference)})),
      define("name", matching("^" + name + "$")),
      define("name_pattern", matching("^[A-Za-z0-9._*?-]{1,64}$")),
      define("account", matching("^[0-9a-z]{1,32}$")),
      define("account_pattern", matching("^[0-9a-z*?]{1,32}$")),
      define("labels", fmt::format(R"({{"type":"object","propertyNames":{{"pattern":{}}},"additionalProperties":{}}})",
                                   quoted("^" + name + "$"), kText))};
  return fmt::format(R"("definitions":{{{}}})", fmt::join(all, ","));
}

}  // namespace settings::schema
