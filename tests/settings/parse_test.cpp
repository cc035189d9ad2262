#include "settings/parse.h"

#include <doctest/doctest.h>

namespace settings {
namespace {

struct Outcome {
  std::optional<Node> root;
  std::vector<Complaint> complaints;
};
Outcome parse_text(const std::string& text) {
  const std::vector<Source> sources{{"a.yaml", text}};
  Complaints complaints(sources);
  auto root = parse(sources, 0, complaints);
  return {std::move(root), complaints.take()};
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int time = 0; time < times; ++time) all += text;
  return all;
}

/// The only complaint about a text that cannot be read at all.
std::string refusal(const std::string& text) {
  const Outcome outcome = parse_text(text);
  CHECK_FALSE(outcome.root.has_value());
  REQUIRE(outcome.complaints.size() == 1);
  return outcome.complaints[0].message;
}

}  // namespace

TEST_CASE("parse: every value knows its text, its place and its path") {
  const Outcome outcome = parse_text("tokens:\n  - name: 010\n    accounts: [no, \"x\"]\n");
  REQUIRE(outcome.root.has_value());
  CHECK(outcome.complaints.empty());
  const Node* tokens = find(*outcome.root, "tokens");
  REQUIRE(tokens != nullptr);
  REQUIRE(tokens->children.size() == 1);
  const Node* name = find(tokens->children[0], "name");
  REQUIRE(name != nullptr);
  CHECK(name->path == "tokens[0].name");
  CHECK(name->text == "010");
  CHECK(name->place == Place{0, 2, 11});
  CHECK(name->key_place == Place{0, 2, 5});
  const Node* accounts = find(tokens->children[0], "accounts");
  REQUIRE(accounts != nullptr);
  CHECK(accounts->children[0].text == "no");
  CHECK(accounts->children[0].path == "tokens[0].accounts");
  CHECK_FALSE(accounts->children[0].quoted);
  CHECK(accounts->children[1].quoted);
  CHECK(accounts->children[1].place == Place{0, 3, 20});
}

TEST_CASE("parse: places count bytes, complaints count characters") {
  const Outcome outcome = parse_text("{\u00fc\u00fc: x, \u00fc: &a y}\n");
  REQUIRE(outcome.root.has_value());
  CHECK(outcome.root->children[0].place == Place{0, 1, 8});
  REQUIRE(outcome.complaints.size() == 1);
  CHECK(outcome.complaints[0].column == 12);
}

TEST_CASE("parse: a key without a value stands where the key stands") {
  const Outcome outcome = parse_text("audit:\n\n\nlog: x\n");
  REQUIRE(outcome.root.has_value());
  CHECK(outcome.root->children[0].kind == Node::Kind::kNothing);
  CHECK(outcome.root->children[0].place == Place{0, 1, 1});
}

TEST_CASE("parse: a text that is empty or only comments has no tree to speak of") {
  for (const char* text : {"", "\n\n", "# nothing\n", "---\n", "---\n...\n"}) {
    const Outcome outcome = parse_text(text);
    REQUIRE(outcome.root.has_value());
    CHECK(outcome.root->kind == Node::Kind::kNothing);
    CHECK(outcome.complaints.empty());
  }
}

TEST_CASE("parse: of two equal keys the first one stays") {
  const Outcome outcome = parse_text("log: a\nlog: b\n");
  REQUIRE(outcome.root.has_value());
  REQUIRE(outcome.root->children.size() == 1);
  CHECK(outcome.root->children[0].text == "a");
  REQUIRE(outcome.complaints.size() == 1);
  CHECK(outcome.complaints[0].message == "is given twice, first on line 1; remove one");
}

TEST_CASE("parse: sizes, depths and counts have limits") {
  CHECK(refusal(std::string((1 << 20) + 1, '#')).starts_with("is larger than 1 MiB"));
  CHECK(refusal(repeated("[", 5000) + repeated("]", 5000)).starts_with("values are nested more than 16 deep"));
  CHECK(refusal(repeated("- ", 100'000)).starts_with("values are nested more than 16 deep"));
  CHECK(refusal("[" + repeated("x,", 100'001) + "]") == "there are more than 100000 values in this file");
  std::string keys;
  for (int key = 0; key < 1001; ++key) keys += "k" + std::to_string(key) + ": x\n";
  CHECK(refusal(keys) == "a mapping holds more than 1000 keys");
}

TEST_CASE("parse: sixteen levels are deep enough and legal") {
  const Outcome outcome = parse_text(repeated("[", 16) + repeated("]", 16));
  CHECK(outcome.root.has_value());
}

TEST_CASE("parse: a closing quote that is missing is found") {
  CHECK(refusal("a: \"b\nc: d\n") == "the closing \" of this text is missing on its line");
  CHECK(refusal("a: 'it''s\nc: d\n") == "the closing ' of this text is missing on its line");
  CHECK(refusal("a: \"b\\\"\n") == "the closing \" of this text is missing on its line");
}

TEST_CASE("parse: a text goes on over a line end only after | or >") {
  CHECK(refusal("a: \"b\n  c\"\n") == "the closing \" of this text is missing on its line");
  CHECK(refusal("kind: developer\n  access_token:x\n") ==
        "this line goes on with the text above; mind its indentation, and the colon and the blank after a key");
  const Outcome outcome = parse_text("a: >-\n  b\n  c\nd: |\n  e\n  f\n");
  REQUIRE(outcome.root.has_value());
  CHECK(find(*outcome.root, "a")->text == "b c");
  CHECK(find(*outcome.root, "d")->text == "e\nf\n");
}

TEST_CASE("parse: quotes within quotes close nothing") {
  const Outcome outcome = parse_text("a: 'it''s'\nb: \"c\\\"d\"\nh: it's \"so\"\n");
  REQUIRE(outcome.root.has_value());
  CHECK(find(*outcome.root, "a")->text == "it's");
  CHECK(find(*outcome.root, "b")->text == "c\"d");
  CHECK(find(*outcome.root, "h")->text == "it's \"so\"");
}

TEST_CASE("parse: tabs are refused where they indent and legal elsewhere") {
  CHECK(refusal("audit:\n \tinterval: 15m\n") == "a tab indents this line; YAML wants blanks");
  CHECK(parse_text("log:\t{level:\tinfo}\t# x\n").root.has_value());
  CHECK(parse_text("log: {\n\tlevel: info}\n").root.has_value());
}

TEST_CASE("parse: only UTF-8 without control characters is text") {
  for (const std::string& text : {std::string("a: \xff\n"), std::string("a: \xc0\xaf\n"), std::string("a: b\0c\n", 7),
                                  std::string("a: b\rc: d\n"),
                                  std::string("\xff\xfe"
                                              "a\0",
                                              4),
                                  std::string("a: \x7f\n")})
    CHECK(refusal(text).starts_with("there is a byte that is no text here"));
}

TEST_CASE("parse: whatever is cut off anywhere ends in a tree or in a complaint") {
  const std::string text =
      "api: {version: \"12\", 'base_url': x}\ntokens:\n  - name: >-\n      brand\n    labels: {a: [b, c]}\n? x\n: y\n";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    const Outcome outcome = parse_text(text.substr(0, length));
    CHECK((outcome.root.has_value() || outcome.complaints.size() == 1));
  }
}

}  // namespace settings
