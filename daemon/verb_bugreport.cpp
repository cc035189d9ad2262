#include <CLI/CLI.hpp>
#include <iostream>

#include "bug_report.h"
#include "report_output.h"

namespace app {
namespace {

struct Options {
  std::string output;
  bool force = false, offline = false;
};

void write(std::ostream& out, const Sections& sections, bool json) {
  if (!json) return write_bug_report(out, sections);
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  write_bug_report(writer, sections);
  out << base::take_text(buffer) << "\n";
}

int bugreport(const Invocation& called, const Options& options) {
  const auto sections = collect(admit(called, options.offline));
  const auto write_to = [&](std::ostream& out) { write(out, sections, called.json); };
  if (!options.output.empty()) {
    write_private_file(options.output, write_to, options.force ? Replace::kAllowed : Replace::kRefused);
    return kExitOk;
  }
  write_to(std::cout);
  if (!std::cout.flush()) throw CommandError(kExitFailure, "cannot write the report to standard output");
  return kExitOk;
}

}  // namespace

void add_bugreport(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand(
      "bugreport", "Write what helps others to find a fault of the program: figures, and nothing of yours");
  auto options = std::make_shared<Options>();
  verb->add_option("--output", options->output, "Into this file, mode 0600; else to standard output");
  verb->add_flag("--force", options->force, "Replace the file if it is there");
  verb->add_flag("--offline", options->offline, "Ask nobody but the daemon on this machine");
  verb->footer(
      "Example: adsauditd bugreport --output bugreport.txt\n"
      "It is made of versions, figures, and words of the program itself. No name, id, host, path, label, reason or "
      "answer\n"
      "is in it, and no secret; token-1 and the like stand in for names. It holds what doctor says, without the "
      "words.");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return bugreport(called, *options); };
  });
}

}  // namespace app
