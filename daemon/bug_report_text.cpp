#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "bug_report.h"

namespace app {
namespace {

std::string text_of(const Fact& fact) {
  if (const auto* number = std::get_if<std::int64_t>(&fact.value)) return std::to_string(*number);
  if (const auto* flag = std::get_if<bool>(&fact.value)) return *flag ? "yes" : "no";
  return std::string(std::get<PublicText>(fact.value).view());
}

void write_key(base::JsonWriter& writer, const PublicText& name) {
  writer.Key(name.view().data(), static_cast<rapidjson::SizeType>(name.view().size()));
}

void write_facts(base::JsonWriter& writer, const Facts& facts) {
  for (const auto& fact : facts) {
    write_key(writer, fact.name);
    if (const auto* number = std::get_if<std::int64_t>(&fact.value))
      writer.Int64(*number);
    else if (const auto* flag = std::get_if<bool>(&fact.value))
      writer.Bool(*flag);
    else
      base::write_text(writer, std::get<PublicText>(fact.value).view());
  }
}

template <class Named>
bool has(const std::vector<Named>& all, const PublicText& name) {
  return std::any_of(all.begin(), all.end(), [&](const Named& one) { return one.name == name; });
}

}  // namespace

void Section::add(Fact fact) {
  if (!has(facts, fact.name)) facts.push_back(std::move(fact));
}

void Section::add(Row row) {
  if (!has(rows, row.name)) rows.push_back(std::move(row));
}

void write_bug_report(std::ostream& out, const Sections& sections) {
  out << "Bug report of adsauditd. It holds figures, and words of the program itself: no name, id, host, path, label\n"
         "or text of yours; token-1 and the like stand in for names. Look it through all the same before you send "
         "it.\n";
  for (const auto& section : sections) {
    out << "\n" << section.name.view() << "\n";
    for (const auto& fact : section.facts) out << fmt::format("  {}: {}\n", fact.name.view(), text_of(fact));
    for (const auto& row : section.rows) {
      out << "  " << row.name.view();
      const char* before = ": ";
      for (const auto& fact : row.facts) {
        out << before << fact.name.view() << " " << text_of(fact);
        before = ", ";
      }
      out << "\n";
    }
  }
}

void write_bug_report(base::JsonWriter& writer, const Sections& sections) {
  writer.StartObject();
  for (const auto& section : sections) {
    write_key(writer, section.name);
    writer.StartObject();
    write_facts(writer, section.facts);
    for (const auto& row : section.rows) {
      write_key(writer, row.name);
      writer.StartObject();
      write_facts(writer, row.facts);
      writer.EndObject();
    }
    writer.EndObject();
  }
  writer.EndObject();
}

}  // namespace app
