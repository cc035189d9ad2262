#include "base/json.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace base {
namespace {

std::string parsed_text(std::string_view json) {
  const auto document = parse_json(json);
  REQUIRE(document.ok());
  return std::string(text_of(&document.value()));
}
std::string member_text(std::string_view json, const char* name) {
  const auto document = parse_json(json);
  REQUIRE(document.ok());
  return std::string(text_of(find_member(document.value(), name)));
}

}  // namespace

TEST_CASE("json: numbers arrive as text, with every digit") {
  CHECK(parsed_text("0") == "0");
  CHECK(parsed_text(" -12.50e+3 ") == "-12.50e+3");
  CHECK(parsed_text("123456789012345678901234567890") == "123456789012345678901234567890");
  CHECK(member_text(R"({"a":9223372036854775809,"b":1})", "a") == "9223372036854775809");
  CHECK(member_text("{\"a\" : 7 }", "a") == "7");
}

TEST_CASE("json: exponents beyond all bounds are text or refused, never computed") {
  for (const std::string number : {"1e308", "1e-308", "1e-99999999999999999999", "0e99999999999999999999", "-0.0e-0"}) {
    const auto document = parse_json(number);
    if (document) CHECK(text_of(&document.value()) == number);
  }
}

TEST_CASE("json: what is no number is refused") {
  for (const std::string text : {"01", "+1", ".5", "5.", "1e", "0x10", "NaN", "Infinity", "-"})
    CHECK_FALSE_MESSAGE(parse_json(text).ok(), text);
}

TEST_CASE("json: strings are unescaped and keep a NUL") {
  CHECK(parsed_text(R"("a\u0000b\n\u00e9\ud83d\ude00")") == std::string("a\0b\n\xC3\xA9\xF0\x9F\x98\x80", 10));
}

TEST_CASE("json: broken UTF-8 and lone surrogates are refused") {
  for (const std::string text : {"\"\xFF\"", "\"\xC0\x80\"", "\"\xED\xA0\x80\"", R"("\ud800")", R"("\udc00")",
                                 R"("\ud800\u0041")", "{\"\xC3\":1}"})
    CHECK_FALSE_MESSAGE(parse_json(text).ok(), text);
}

TEST_CASE("json: text that neighbours the surrogates is fine") {
  CHECK(parsed_text("\"\xED\x9F\xBF\xEE\x80\x80\"") == "\xED\x9F\xBF\xEE\x80\x80");
  CHECK(parsed_text(R"("\ud7ff\ue000")") == "\xED\x9F\xBF\xEE\x80\x80");
  CHECK(parse_json(R"({"a\udfff":1})").error() == "a lone surrogate (byte 10)");
}

TEST_CASE("json: a NUL in the text is refused, wherever it stands") {
  CHECK_FALSE(parse_json(std::string_view("\0", 1)).ok());
  CHECK_FALSE(parse_json(std::string_view("{}\0", 3)).ok());
  CHECK_FALSE(parse_json(std::string_view("{}\0{\"a\":1}", 10)).ok());
  CHECK_FALSE(parse_json(std::string_view("\"a\0b\"", 5)).ok());
  CHECK(parse_json(std::string_view("{}\0", 3)).error() == "a NUL (byte 2)");
}

TEST_CASE("json: nothing may follow the value") {
  CHECK_FALSE(parse_json("{} {}").ok());
  CHECK_FALSE(parse_json("1 2").ok());
  CHECK_FALSE(parse_json("[1],").ok());
  CHECK(parse_json(" [1] \r\n\t").ok());
}

TEST_CASE("json: the empty text, comments and trailing commas are refused") {
  for (const std::string text :
       {"", " ", "[1,]", "{\"a\":1,}", "// x\n1", "/* x */ 1", "{'a':1}", "{a:1}", "\xEF\xBB\xBF{}"})
    CHECK_FALSE_MESSAGE(parse_json(text).ok(), text);
}

TEST_CASE("json: thirty-two levels pass and one more does not") {
  CHECK(parse_json(std::string(32, '[') + std::string(32, ']')).ok());
  const auto deep = parse_json(std::string(33, '[') + std::string(33, ']'));
  REQUIRE_FALSE(deep.ok());
  CHECK(deep.error() == "nested deeper than 32 levels");
}

TEST_CASE("json: a hundred thousand levels cost no stack") {
  CHECK_FALSE(parse_json(std::string(200'000, '[')).ok());
  std::string objects;
  for (int level = 0; level < 100'000; ++level) objects += "{\"a\":";
  CHECK_FALSE(parse_json(objects).ok());
}

TEST_CASE("json: many shallow levels one after the other are not deep") {
  std::string list = "[[]";
  for (int i = 0; i < 1000; ++i) list += ",[{}]";
  CHECK(parse_json(list + "]").ok());
}

TEST_CASE("json: the same key twice is refused at every level") {
  CHECK_FALSE(parse_json(R"({"a":1,"b":2,"a":1})").ok());
  CHECK_FALSE(parse_json(R"([{"x":{"a":1,"\u0061":2}}])").ok());
  CHECK(parse_json(R"([{"a":1},{"a":1,"b":{"a":1}}])").ok());
  CHECK(parse_json(R"({"a":1,"a\u0000":2})").ok());
}

TEST_CASE("json: an error names the byte") { CHECK(parse_json("[1,]").error().find("(byte 3)") != std::string::npos); }

TEST_CASE("json: looking into what is not there gives nothing") {
  const auto document = parse_json(R"({"a":[1],"b":true})");
  REQUIRE(document.ok());
  CHECK(find_member(document.value(), "c") == nullptr);
  CHECK(find_member(*find_member(document.value(), "a"), "a") == nullptr);
  CHECK(text_of(nullptr).empty());
  CHECK(text_of(find_member(document.value(), "b")).empty());
}

TEST_CASE("json: the document does not lean on the text it was read from") {
  std::string text = R"({"a":"a string that is too long to be stored in place","n":12345678901234567890123})";
  const auto document = parse_json(text);
  text.assign(text.size(), 'x');
  REQUIRE(document.ok());
  CHECK(text_of(find_member(document.value(), "a")) == "a string that is too long to be stored in place");
  CHECK(text_of(find_member(document.value(), "n")) == "12345678901234567890123");
}

TEST_CASE("json: more keys than are compared pair by pair are checked too") {
  std::string many = R"({"k0":0)";
  for (int i = 1; i < 40; ++i) many += ",\"k" + std::to_string(i) + "\":0";
  CHECK(parse_json(many + "}").ok());
  CHECK(parse_json(many + R"(,"k41":0})").ok());
  CHECK_FALSE(parse_json(many + R"(,"k17":0})").ok());
}

TEST_CASE("json: a reader says of every text what parse_json() says, whatever it read before") {
  JsonReader reader;
  std::string large = "[\"" + std::string(50'000, 'x') + "\"";
  for (int i = 0; i < 5000; ++i) large += ",{\"key\":\"value " + std::to_string(i) + "\"}";
  const std::vector<std::string> texts{R"({"a":{"b":[1,2.5e3,"text longer than a short string"]}})",
                                       large + "]",
                                       large,
                                       std::string(33, '[') + std::string(33, ']'),
                                       std::string(32, '[') + std::string(32, ']'),
                                       std::string(200'000, '['),
                                       R"({"a":1,"a":2})",
                                       R"("\udc00")",
                                       "\"\xFF\"",
                                       std::string("{}\0", 3),
                                       "{} {}",
                                       "",
                                       "7"};
  for (int round = 0; round < 2; ++round) {
    for (const std::string& text : texts) {
      CAPTURE(text.substr(0, 60));
      const auto read = reader.read(text);
      const auto parsed = parse_json(text);
      REQUIRE(read.ok() == parsed.ok());
      if (read)
        CHECK(*read.value() == parsed.value());
      else
        CHECK(read.error() == parsed.error());
    }
  }
}

TEST_CASE("json: what a reader gives does not lean on the text") {
  JsonReader reader;
  std::string text = R"({"a":"a string that is too long to be stored in place","n":12345678901234567890123})";
  const auto value = reader.read(text);
  text.assign(text.size(), 'x');
  REQUIRE(value.ok());
  CHECK(text_of(find_member(*value.value(), "a")) == "a string that is too long to be stored in place");
  CHECK(text_of(find_member(*value.value(), "n")) == "12345678901234567890123");
}

TEST_CASE("json: written text is escaped") {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  write_text(writer, std::string_view("a\"\n\0b", 5));
  CHECK(take_text(buffer) == R"("a\"\n\u0000b")");
}

TEST_CASE("json: indented for people it keeps the order of members and every digit") {
  CHECK(indented_json(R"({"b":[1.10,{}],"a":12345678901234567890123})") ==
        "{\n  \"b\": [\n    1.10,\n    {}\n  ],\n  \"a\": 12345678901234567890123\n}");
}

TEST_CASE("json: what is no JSON is not indented") {
  CHECK_FALSE(indented_json("Subject: hello").has_value());
  CHECK_FALSE(indented_json(R"({"a":1} and more)").has_value());
  CHECK_FALSE(indented_json("").has_value());
}

}  // namespace base
