#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "alert/explanation.h"
#include "base/text.h"
#include "command_line.h"
#include "output.h"

namespace app {
namespace {

using verdict::Cause;

void write_page(base::JsonWriter& writer, const alert::Explanation& page) {
  writer.StartObject();
  member(writer, "cause", verdict::to_text(page.cause));
  member(writer, "title", page.title);
  member(writer, "severity", verdict::to_text(verdict::severity_of(page.cause)));
  member(writer, "meaning", page.meaning);
  writer.Key("rules");
  writer.StartArray();
  for (const alert::Rule& rule : page.rules) {
    writer.StartObject();
    member(writer, "rule", rule.name);
    member(writer, "opens_when", rule.words);
    writer.EndObject();
  }
  writer.EndArray();
  member(writer, "closes", page.closes);
  member(writer, "stops", page.stops);
  member(writer, "repair", page.repair);
  writer.EndObject();
}

void print_page(const alert::Explanation& page) {
  fmt::print("{} ({}): {}\n\n{}\n\nIt opens when\n", verdict::to_text(page.cause),
             verdict::to_text(verdict::severity_of(page.cause)), page.title, page.meaning);
  for (const alert::Rule& rule : page.rules) fmt::print("  {}: {}\n", rule.name, rule.words);
  fmt::print("It closes: {}\nWhat stops: {}\nWhat to do: {}\n", page.closes, page.stops, page.repair);
}

int list_causes(bool json) {
  if (json) {
    print_json([](base::JsonWriter& writer) {
      writer.StartObject();
      writer.Key("causes");
      writer.StartArray();
      for (const Cause cause : verdict::all_causes()) write_page(writer, alert::explanation_of(cause));
      writer.EndArray();
      writer.EndObject();
    });
    return kExitOk;
  }
  Table table({"CAUSE", "SEVERITY", "TITLE"});
  for (const Cause cause : verdict::all_causes())
    table.add({std::string(verdict::to_text(cause)), std::string(verdict::to_text(verdict::severity_of(cause))),
               std::string(alert::explanation_of(cause).title)});
  table.print();
  return kExitOk;
}

Cause require_cause(const std::string& name) {
  if (const auto cause = verdict::cause_from_text(name)) return *cause;
  std::vector<std::string_view> known;
  for (const Cause cause : verdict::all_causes()) known.push_back(verdict::to_text(cause));
  const std::string_view near = base::nearest(name, known);
  throw CommandError(kExitNotFound, fmt::format("there is no cause \"{}\"{}", base::clean_text(name),
                                                near.empty() ? "; adsauditd explain lists them"
                                                             : fmt::format("; did you mean \"{}\"?", near)));
}

int explain(const Invocation& called, const std::string& name) {
  if (name.empty()) return list_causes(called.json);
  const alert::Explanation& page = alert::explanation_of(require_cause(name));
  if (called.json)
    print_json([&](base::JsonWriter& writer) { write_page(writer, page); });
  else
    print_page(page);
  return kExitOk;
}

}  // namespace

void add_explain(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("explain", "What a cause means, when it opens and closes, and how to repair it");
  auto name = std::make_shared<std::string>();
  verb->add_option("CAUSE", *name, "Such as token.revoked; without it, all of them are listed");
  verb->footer("Example: adsauditd explain access.removed");
  verb->callback(
      [&invocation, name] { invocation.verb = [name](const Invocation& called) { return explain(called, *name); }; });
}

}  // namespace app
