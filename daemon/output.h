#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "verdict/incident.h"

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
/// One member of an object. An empty text becomes null where `or_null` is set.
void member(base::JsonWriter& writer, const char* name, std::string_view value);
void member_or_null(base::JsonWriter& writer, const char* name, std::string_view value);
void member(base::JsonWriter& writer, const char* name, std::uint64_t value);
void member(base::JsonWriter& writer, const char* name, bool value);
void member(base::JsonWriter& writer, const char* name, double value);
/// In milliseconds; the name ends in "_ms".
void member(base::JsonWriter& writer, const char* name, base::Duration value);
void member(base::JsonWriter& writer, const char* name, const std::vector<std::string>& values);
void member(base::JsonWriter& writer, const char* name, base::Instant instant);
void member(base::JsonWriter& writer, const char* name, const std::optional<base::Instant>& instant);

/// Names behind the ids of tokens.
using TokenNames = std::map<audit::TokenId, std::string>;
/// The same object in every command that tells of an incident.
void write_incident(base::JsonWriter& writer, const verdict::Incident& incident, const TokenNames& names);
/// In the order of incident_row().
const std::vector<std::string>& incident_header();
std::vector<std::string> incident_row(const verdict::Incident& incident, const TokenNames& names);

}  // namespace app
