#include "settings/error_codes.h"

#include <doctest/doctest.h>

#include "settings/fixtures.h"

namespace settings {
namespace {

using xads::CodeRow;
using xads::Denial;

/// The settings stand in the folder of the fixtures, so that relative paths begin there.
Loaded load_with(const std::string& error_codes) {
  return load({{kFolder + "/adsauditd.yaml", kLeast + "api: {error_codes: " + error_codes + "}\n"}}, test_references());
}

/// Each complaint as it is told, without the line and the caret.
std::vector<std::string> told(const Loaded& loaded) {
  std::vector<std::string> texts;
  for (Complaint complaint : loaded.complaints) {
    complaint.source_line.clear();
    if (complaint.file.starts_with(kFolder)) complaint.file = complaint.file.substr(kFolder.size() + 1);
    texts.push_back(to_text(complaint));
  }
  return texts;
}

}  // namespace

TEST_CASE("error codes: without a file of the operator's the table is the built-in one") {
  const Loaded loaded = load_text(kLeast);
  REQUIRE(loaded.settings);
  CHECK(loaded.settings->error_codes.rows() == xads::CodeTable::built_in().rows());
}

TEST_CASE("error codes: the file that is built in reads as the rows that are built in") {
  const Loaded loaded = load_with(TEST_DATA "/../../config/error_codes.yaml");
  CHECK(told(loaded).empty());
  REQUIRE(loaded.settings);
  const auto& built_in = xads::CodeTable::built_in().rows();
  const auto& rows = loaded.settings->error_codes.rows();
  REQUIRE(rows.size() == 2 * built_in.size());
  CHECK(std::vector<CodeRow>(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(built_in.size())) == built_in);
}

TEST_CASE("error codes: taught rows come before the built-in ones, from a path beside the settings") {
  const Loaded loaded = load_with("codes/taught.yaml");
  CHECK(told(loaded).empty());
  REQUIRE(loaded.settings);
  const xads::CodeTable& table = loaded.settings->error_codes;
  CHECK(table.rows().at(0) == CodeRow{"TOKEN_GONE", 401, Denial::kTokenInvalid});
  CHECK(table.rows().at(1) == CodeRow{"4711", 0, xads::ServerTrouble{}});
  CHECK(table.rows().at(2) == CodeRow{"NOT_FOUND", 0, Denial::kUnknown});
  CHECK(table.rows().at(3) == xads::CodeTable::built_in().rows().at(0));
  CHECK(table.meaning_of("NOT_FOUND", 404, "") == xads::CodeMeaning{Denial::kUnknown});
}

TEST_CASE("error codes: a broken file is complained about at its own lines") {
  const Loaded loaded = load_with("codes/broken.yaml");
  CHECK_FALSE(loaded.settings);
  const auto texts = told(loaded);
  REQUIRE(texts.size() == 8);
  CHECK(texts[0] ==
        "codes/broken.yaml:1:42: [0].means: unknown meaning \"tokn_invalid\", did you mean \"token_invalid\"?");
  CHECK(
      texts[1] ==
      "codes/broken.yaml:2:10: [1].code: \"token-gone\" is not a code; X has words like NOT_FOUND and numbers like 89");
  CHECK(texts[2] ==
        "codes/broken.yaml:3:24: [2].status: \"500\" is no status at which a code is heard; it may be any, or from "
        "400 to 499 but 408, 423 and 429");
  CHECK(texts[3].starts_with("codes/broken.yaml:4:24: [3].status: \"429\" is no status"));
  CHECK(texts[4].starts_with("codes/broken.yaml:5:24: [4].status: \"4o1\" is no status"));
  CHECK(texts[5].starts_with("codes/broken.yaml:6:3: [5]: the key \"means\" is missing"));
  CHECK(texts[6].starts_with("codes/broken.yaml:6:16: [5].meaning: unknown key \"meaning\""));
  CHECK(texts[7].starts_with("codes/broken.yaml:7:3: must be a mapping"));
}

TEST_CASE("error codes: the line of a complaint is shown, with its caret") {
  const std::string text = to_text(load_with("codes/broken.yaml"));
  CHECK_MESSAGE(text.find("\n- {code: TOKEN_GONE, status: 401, means: tokn_invalid}\n") != std::string::npos, text);
}

TEST_CASE("error codes: a row that is never used is an error") {
  const Loaded loaded = load_with("codes/order.yaml");
  CHECK_FALSE(loaded.settings);
  const auto texts = told(loaded);
  REQUIRE(texts.size() == 2);
  CHECK(texts[0].starts_with("codes/order.yaml:3:3: [2]: is never used, because the row at "));
  CHECK(texts[0].ends_with("codes/order.yaml:2:3 fits before it; remove one"));
  CHECK(texts[1].starts_with("codes/order.yaml:5:3: [4]: is never used"));
}

TEST_CASE("error codes: an accusation at every status gives a warning") {
  const Loaded loaded = load_with("codes/hasty.yaml");
  CHECK(loaded.settings.has_value());
  const auto texts = told(loaded);
  REQUIRE(texts.size() == 1);
  CHECK(texts[0].starts_with("codes/hasty.yaml:1:3: warning: [0]: accuses a token, at a status"));
}

TEST_CASE("error codes: a file that is missing, empty or no list is refused") {
  CHECK(told(load_with("codes/nowhere.yaml"))
            .at(0)
            .ends_with("/codes/nowhere.yaml\" cannot be read: No such file or directory"));
  CHECK(told(load_with("codes")).at(0).ends_with("/codes\" is a directory; name the file in it"));
  CHECK(told(load_with("codes/mapping.yaml")).at(0).starts_with("codes/mapping.yaml:1:1: must be a list"));
  CHECK(told(load_with("codes/empty.yaml")).at(0).find("codes/empty.yaml") != std::string::npos);
  for (const char* file : {"codes/nowhere.yaml", "codes", "codes/mapping.yaml", "codes/empty.yaml", "", "[]"})
    CHECK_FALSE_MESSAGE(load_with(file).settings, file);
}

TEST_CASE("error codes: complaints about the file stand where the settings name it") {
  const Loaded loaded = load({{kFolder + "/adsauditd.yaml",
                               "api: {error_codes: codes/order.yaml, version: x}\n" + kLeast + "log: {level: loud}\n"}},
                             test_references());
  const auto texts = told(loaded);
  REQUIRE(texts.size() == 4);
  CHECK(texts[0].starts_with("codes/order.yaml:3:3"));
  CHECK(texts[1].starts_with("codes/order.yaml:5:3"));
  CHECK(texts[2].starts_with("adsauditd.yaml:1:"));
  CHECK(texts[3].starts_with("adsauditd.yaml:5:"));
}

TEST_CASE("error codes: fifty errors of the file are told and the others are counted") {
  const std::vector<Source> settings{{"a", "x"}};
  const std::vector<Source> codes{{"b", "y"}};
  Complaints outer(settings);
  Complaints inner(codes);
  for (int i = 0; i < 60; ++i) inner.error({0, 1, 1}, "", "broken");
  inner.warn({0, 1, 1}, "", "odd");
  outer.adopt({0, 1, 1}, std::move(inner));
  CHECK(outer.errors() == 60);
  CHECK(outer.left_out() == 10);
  const auto complaints = outer.take();
  REQUIRE(complaints.size() == 51);
  CHECK(complaints.back().file == "b");
}

}  // namespace settings
