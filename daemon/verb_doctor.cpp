#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/text.h"
#include "doctor_judge.h"
#include "output.h"

namespace app {
namespace {

std::size_t count(const CheckResults& results, CheckState state) {
  return static_cast<std::size_t>(
      std::count_if(results.begin(), results.end(), [&](const auto& one) { return one.state == state; }));
}

void print_for_people(const CheckResults& results) {
  for (const auto& result : results) {
    const std::string name = fmt::format("{}{}{}", result.name, result.subject.empty() ? "" : " ", result.subject);
    fmt::print("{:<8} {:<18} {}\n", to_text(result.state), base::clean_text(name), base::clean_text(result.seen));
    if (!result.advice.empty()) fmt::print("{:<8} {:<18} -> {}\n", "", "", base::clean_text(result.advice));
  }
  const auto problems = count(results, CheckState::kProblem), warnings = count(results, CheckState::kWarning);
  fmt::print("\n{}; {} ok, {} skipped\n",
             problems + warnings == 0 ? "all well"
                                      : fmt::format("{} problem{}, {} warning{}", problems, problems == 1 ? "" : "s",
                                                    warnings, warnings == 1 ? "" : "s"),
             count(results, CheckState::kOk), count(results, CheckState::kSkipped));
}

void print_as_json(const CheckResults& results) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "ok", exit_code_of(results) == kExitOk);
    member(writer, "problems", static_cast<std::uint64_t>(count(results, CheckState::kProblem)));
    member(writer, "warnings", static_cast<std::uint64_t>(count(results, CheckState::kWarning)));
    writer.Key("checks");
    writer.StartArray();
    for (const auto& result : results) {
      writer.StartObject();
      member(writer, "name", result.name);
      member_or_null(writer, "subject", result.subject);
      member(writer, "state", to_text(result.state));
      member(writer, "seen", std::string_view(result.seen));
      member_or_null(writer, "advice", result.advice);
      writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();
  });
}

int doctor(const Invocation& called, bool offline) {
  const auto results = examine(admit(called, offline));
  called.json ? print_as_json(results) : print_for_people(results);
  return exit_code_of(results);
}

}  // namespace

void add_doctor(CLI::App& app, Invocation& invocation) {
  CLI::App* verb =
      app.add_subcommand("doctor", "Look at everything that the audit needs, and say of what is wrong what to do");
  auto offline = std::make_shared<bool>(false);
  verb->add_flag("--offline", *offline, "Ask nobody but the daemon on this machine");
  verb->footer(
      "Example: adsauditd doctor\n"
      "Exit code 0: no problem, perhaps warnings; 10: a problem; 3: the settings are broken. What can be checked "
      "without\n"
      "them is checked all the same. Nothing is changed, and no token is used. What does not answer is waited for 20 "
      "s\n"
      "in all at most; a large database takes some seconds more.");
  verb->callback([&invocation, offline] {
    invocation.verb = [offline](const Invocation& called) { return doctor(called, *offline); };
  });
}

}  // namespace app
