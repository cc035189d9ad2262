#include "settings/error_codes.h"

#include <map>
#include <utility>

#include "settings/parse.h"
#include "settings/source_file.h"
#include "settings/table.h"

namespace settings {
namespace {

constexpr std::size_t kLongestCode = 64;  // bytes; no more of a code is kept as evidence
constexpr std::string_view kCodeLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

std::vector<std::string_view> meaning_words() {
  std::vector<std::string_view> words;
  for (const xads::CodeMeaning& meaning : xads::all_code_meanings()) words.push_back(xads::to_text(meaning));
  return words;
}

std::optional<std::string> read_code(Walk& walk, const Node& node) {
  auto text = read_line(walk, node);
  if (!text) return std::nullopt;
  if (text->size() <= kLongestCode && text->find_first_not_of(kCodeLetters) == std::string::npos) return text;
  walk.error(node, in_quotes(node.text) + " is not a code; X has words like NOT_FOUND and numbers like 89");
  return std::nullopt;
}

/// The codes of other statuses are not looked at.
std::optional<int> read_status(Walk& walk, const Node& node) {
  const auto text = read_line(walk, node);
  if (!text) return std::nullopt;
  if (*text == "any") return 0;
  const bool three_digits = text->size() == 3 && text->find_first_not_of("0123456789") == std::string::npos;
  if (three_digits && text->front() == '4' && *text != "408" && *text != "423" && *text != "429")
    return std::stoi(*text);
  walk.error(node,
             in_quotes(node.text) +
                 " is no status at which a code is heard; it may be any, or from 400 to 499 but 408, 423 and 429");
  return std::nullopt;
}

const Table<xads::CodeRow>& row_keys() {
  static const Table<xads::CodeRow> table{
      {"code", Need::kRequired, into(&xads::CodeRow::code, Form<std::string>(read_code))},
      {"status", Need::kOptional, into(&xads::CodeRow::status, Form<int>(read_status))},
      {"means", Need::kRequired,
       into(&xads::CodeRow::meaning,
            choice<xads::CodeMeaning>("meaning", meaning_words(), xads::code_meaning_from_text))},
  };
  return table;
}

/// The first row that fits decides, so one that stands behind a row for the same statuses is a mistake.
void check_order(Walk& walk, const std::vector<const Node*>& nodes, const std::vector<xads::CodeRow>& rows) {
  std::map<std::pair<std::string_view, int>, const Node*> first;
  for (std::size_t index = 0; index < rows.size(); ++index) {
    const xads::CodeRow& row = rows[index];
    auto earlier = first.find({row.code, 0});
    if (earlier == first.end()) earlier = first.find({row.code, row.status});
    if (earlier != first.end())
      walk.error(*nodes[index], fmt::format("is never used, because the row at {} fits before it; remove one",
                                            walk.complaints.text_of(earlier->second->place)));
    first.emplace(std::pair(std::string_view(row.code), row.status), nodes[index]);
    if (row.meaning == xads::CodeMeaning{xads::Denial::kTokenInvalid} && row.status != 401)
      walk.warn(*nodes[index], "accuses a token, at a status that is not 401; mostly \"status: 401\" is meant");
  }
}

std::vector<xads::CodeRow> read_rows(Walk& walk, const Node& root) {
  std::vector<xads::CodeRow> rows;
  std::vector<const Node*> nodes;
  if (!require_kind(walk, root, Node::Kind::kList)) return rows;
  for (const Node& node : root.children) {
    nodes.push_back(&node);
    read_mapping(walk, node, row_keys(), rows.emplace_back());
  }
  if (!walk.complaints.any_error()) check_order(walk, nodes, rows);
  return rows;
}

}  // namespace

std::optional<xads::CodeTable> read_code_table(Walk& walk, const Node& node) {
  const auto line = read_line(walk, node);
  if (!line) return std::nullopt;
  const auto path = std::filesystem::path(walk.complaints.file(node.place.source)).parent_path() / *line;
  auto text = read_source_file(path);
  if (!text) {
    walk.error(node, in_quotes(path.string()) + " " + text.error());
    return std::nullopt;
  }
  const std::vector<Source> sources{{path.string(), std::move(text).value()}};
  Complaints complaints(sources);
  Walk inner{walk.references, complaints};
  std::vector<xads::CodeRow> rows;
  if (const auto root = parse(sources, 0, complaints)) rows = read_rows(inner, *root);
  const bool broken = complaints.any_error();
  walk.complaints.adopt(node.place, std::move(complaints));
  if (broken) return std::nullopt;
  return xads::CodeTable(std::move(rows));
}

}  // namespace settings
