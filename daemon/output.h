#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "view/json_rows.h"

namespace app {

/// Columns for people; every cell is cleaned of control characters.
class Table {
 public:
  explicit Table(std::vector<std::string> header) { rows_.push_back(std::move(header)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.size() == 1; }
  void print() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// One thing that is known of something, on a line of its own: its name and the text. Nothing for an empty text.
void print_field(std::string_view name, const std::string& text);
/// One line each, the name before the first.
void print_fields(std::string_view name, const std::vector<std::string>& texts);

/// Prints what `write` writes, and a line end.
void print_json(const std::function<void(base::JsonWriter&)>& write);
using view::member;
using view::member_or_null;
using view::TokenNames;
using view::write_change;
using view::write_incident;
/// In the order of incident_row().
const std::vector<std::string>& incident_header();
std::vector<std::string> incident_row(const verdict::Incident& incident, const TokenNames& names);

}  // namespace app
