#include "settings/parse.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "base/text.h"
#include "settings/tree_builder.h"

namespace settings {
namespace {

/// What yaml-cpp says, and what we say instead.
struct Wording {
  std::string_view theirs;
  std::string_view ours;
};
constexpr std::array kWordings{
    Wording{"illegal map value",
            "there is a \": \" where no key can be; mind the indentation, and put a value that "
            "holds \": \" in quotes"},
    Wording{"illegal map key", "there is a \"? \" where no key can be; put the value in quotes"},
    Wording{"illegal block entry", "there is a list item (\"- \") where none can be; mind the indentation"},
    Wording{"end of map not found", "this line does not fit the indentation of the lines above"},
    Wording{"end of sequence not found", "this line does not fit the indentation of the list above"},
    Wording{"end of sequence flow not found", "the list that begins with [ has no ]"},
    Wording{"end of map flow not found", "the mapping that begins with { has no }"},
    Wording{"unknown token", "a value cannot begin with this character; put the value in quotes"},
    Wording{"the referenced anchor is not defined",
            "aliases (\"*name\") are not supported; write the value out, and "
            "put a text that begins with * in quotes"}};

std::string words_for(const std::string& message) {
  for (const Wording& wording : kWordings) {
    if (message == wording.theirs) return std::string(wording.ours);
  }
  return message;
}

bool indented_by_tab(std::string_view line) {
  return line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
}

/// An unquoted "${...}" inside { } or [ ] looks like a mapping of its own to YAML.
bool bare_reference_in_brackets(std::string_view line) {
  const std::size_t reference = line.find("${");
  if (reference == std::string_view::npos || reference == 0) return false;
  const bool bare = line[reference - 1] == ' ' || line[reference - 1] == '\t';
  return bare && line.substr(0, reference).find_first_of("{[") != std::string_view::npos;
}

/// Tabs are the reason of many errors that the parser words in other ways.
std::optional<Place> first_tab_before(std::size_t end, std::size_t source, const Complaints& complaints) {
  const auto& lines = complaints.lines(source);
  for (std::size_t index = 0; index < std::min(end, lines.size()); ++index) {
    if (!indented_by_tab(lines[index])) continue;
    return Place{source, static_cast<int>(index) + 1, static_cast<int>(lines[index].find('\t')) + 1};
  }
  return std::nullopt;
}

std::optional<Place> bare_reference_after(const Place& begin, std::size_t end, const Complaints& complaints) {
  const auto& lines = complaints.lines(begin.source);
  for (auto index = static_cast<std::size_t>(begin.line) - 1; index < std::min(end, lines.size()); ++index) {
    if (!bare_reference_in_brackets(lines[index])) continue;
    return Place{begin.source, static_cast<int>(index) + 1, static_cast<int>(lines[index].find("${")) + 1};
  }
  return std::nullopt;
}

/// Finds a better place and better words for an error of the parser than it has itself.
void complain_about_syntax(const YAML::Exception& error, const TreeBuilder& builder, std::size_t source,
                           Complaints& complaints) {
  const std::size_t end = static_cast<std::size_t>(std::max(error.mark.line, 0)) + 1;  // the line after the error's
  if (const auto tab = first_tab_before(end, source, complaints))
    return complaints.error(*tab, "", "a tab indents this line; YAML wants blanks");
  const auto open = builder.innermost_open();
  if (!open || !error.msg.ends_with("flow not found"))
    return complaints.error(place_of(error.mark, source, complaints), "", words_for(error.msg));
  if (const auto reference = bare_reference_after(*open, end, complaints))
    return complaints.error(*reference, "", "inside { } and [ ] a reference needs quotes: \"${...}\"");
  complaints.error(*open, "", words_for(error.msg));
}

/// True when all bytes are UTF-8 and no control character but tab and line end is among them.
bool is_clean(std::size_t source, Complaints& complaints) {
  int number = 0;
  for (const std::string_view line : complaints.lines(source)) {
    ++number;
    std::string blank(line);
    std::replace(blank.begin(), blank.end(), '\t', ' ');
    const std::string clean = base::clean_text(blank);
    if (clean == blank) continue;
    const auto differs = std::mismatch(blank.begin(), blank.end(), clean.begin(), clean.end()).first;
    complaints.error(
        {source, number, static_cast<int>(differs - blank.begin()) + 1}, "",
        "there is a byte that is no text here (not UTF-8, or a control character); save the file as UTF-8");
    return false;
  }
  return true;
}

}  // namespace

std::optional<Node> parse(const std::vector<Source>& sources, std::size_t source, Complaints& complaints) {
  if (sources[source].text.size() > kMaxFileBytes) {
    complaints.error({source, 0, 0}, "",
                     "is larger than 1 MiB; move tokens into the database with adsauditd token import");
    return std::nullopt;
  }
  if (!is_clean(source, complaints)) return std::nullopt;
  TreeBuilder builder(source, complaints);
  try {
    std::istringstream stream(sources[source].text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    complain_about_syntax(error, builder, source, complaints);
    return std::nullopt;
  }
  return builder.take_root();
}

}  // namespace settings
