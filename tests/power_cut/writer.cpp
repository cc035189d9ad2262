// The program that runs while the power goes, and the one that looks at what is left: see scripts/power-cut.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "check.h"
#include "load.h"
#include "store/sqlite_store.h"

namespace {

/// One line on standard output, at once: whoever reads it may be certain.
template <class... Arguments>
void tell(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::print(format, std::forward<Arguments>(arguments)...);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

/// Commits until the process is ended, and tells the number of each commit after it returned. The connection is the
/// daemon's own, as open_database() sets it up. `less_durable` is the control: the same with synchronous=NORMAL, which
/// does not wait for the disk at a commit, so that a power cut may take the latest ones.
[[noreturn]] void write(const std::string& path, bool less_durable) {
  auto opened = store::open_database({path}, power_cut::kStart);
  if (less_durable) opened.database.run("PRAGMA synchronous = NORMAL");
  tell("synchronous={}", opened.database.number("PRAGMA synchronous"));
  base::SystemRandom random;
  store::SqliteStore store(std::move(opened), random);
  for (std::uint64_t number = 1;; ++number) {
    store.commit(power_cut::batch_of(number));
    tell("acknowledged={}", number);
  }
}

void check(const std::string& path, std::uint64_t last_acknowledged) {
  const auto findings = power_cut::check(path, last_acknowledged);
  tell("acknowledged_rows={}", findings.acknowledged);
  tell("found_rows={}", findings.found);
  tell("rows={}", findings.rows);
  tell("soundness={}", findings.soundness);
}

}  // namespace

int main(int argc, char** argv) {
  std::string path;
  bool less_durable = false;
  std::uint64_t last_acknowledged = 0;
  CLI::App app("Commits to a store until it is killed, or checks what is left of that.");
  app.add_option("--database", path, "the file of the store")->required();
  app.require_subcommand(1);
  auto* write_verb = app.add_subcommand("write", "commits without end");
  write_verb->add_flag("--less-durable", less_durable, "with synchronous=NORMAL");
  app.add_subcommand("check", "looks for the acknowledged rows")
      ->add_option("--acknowledged", last_acknowledged, "the number of the last commit that was acknowledged")
      ->required();
  CLI11_PARSE(app, argc, argv);
  try {
    if (write_verb->parsed()) write(path, less_durable);
    check(path, last_acknowledged);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "power-cut-writer: {}\n", error.what());
    return 1;
  }
}
