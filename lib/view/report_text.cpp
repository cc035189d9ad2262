// The forms of a report that are text: Markdown and CSV.

#include <algorithm>
#include <array>
#include <ostream>

#include "base/text.h"
#include "view/report_forms.h"

namespace view {
namespace {

/// Nothing in it is taken for markup (CommonMark, with tables as GitHub has them).
std::string in_markdown(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    if (c == '<') {
      escaped += "&lt;";
    } else if (c == '&') {
      escaped += "&amp;";
    } else {
      if (std::string_view("\\`*_[]|>#~!").find(c) != std::string_view::npos) escaped += '\\';
      escaped += c;
    }
  }
  return escaped;
}

void write_row(std::ostream& out, const std::vector<std::string>& cells) {
  out << '|';
  for (const auto& cell : cells) out << ' ' << (cell.empty() ? "-" : in_markdown(cell)) << " |";
  out << '\n';
}

void write_table(std::ostream& out, const Report& report, ReportTable table) {
  out << "\n## " << title_of(table) << "\n\n";
  const auto columns = columns_of(table, Style::kPeople);
  bool empty = true;
  each_row(table, report, Style::kPeople, [&](const std::vector<std::string>& row) {
    if (empty) {
      write_row(out, columns);
      for (std::size_t column = 0; column < columns.size(); ++column) out << "| --- ";
      out << "|\n";
    }
    empty = false;
    write_row(out, row);
  });
  if (empty) out << nothing_of(table) << '\n';
}

/// A spreadsheet computes what begins so (OWASP: CSV Injection), also behind blanks, and some do with the wide forms.
bool is_formula(std::string_view cell) {
  const auto first = cell.find_first_not_of(' ');
  if (first == std::string_view::npos) return false;
  cell.remove_prefix(first);
  constexpr std::array<std::string_view, 4> kWide{"\uff1d", "\uff0b", "\uff0d", "\uff20"};
  return std::string_view("=+-@\t\r\n").find(cell.front()) != std::string_view::npos ||
         std::any_of(kWide.begin(), kWide.end(), [&](std::string_view sign) { return cell.starts_with(sign); });
}

void write_csv_row(std::ostream& out, const std::vector<std::string>& cells) {
  const char* separator = "";
  for (const auto& cell : cells) {
    out << separator;
    separator = ",";
    const std::string safe = is_formula(cell) ? "'" + cell : cell;
    if (safe.find_first_of("\",\r\n") == std::string::npos) {
      out << safe;
      continue;
    }
    out << '"';
    for (const char c : safe) {
      if (c == '"') out << '"';
      out << c;
    }
    out << '"';
  }
  out << "\r\n";
}

}  // namespace

void write_markdown(std::ostream& out, const Report& report) {
  out << "# Access report\n\n";
  for (const auto& [name, text] : facts_of(report)) out << "* **" << name << ":** " << in_markdown(text) << '\n';
  for (const auto table : all_report_tables()) write_table(out, report, table);
  out << "\n## What this report cannot tell\n\n";
  for (const auto& limit : report.limits) out << "* " << in_markdown(limit) << '\n';
}

void write_csv(std::ostream& out, const Report& report, ReportTable table) {
  write_csv_row(out, columns_of(table, Style::kPrograms));
  each_row(table, report, Style::kPrograms, [&](const std::vector<std::string>& row) { write_csv_row(out, row); });
}

}  // namespace view
