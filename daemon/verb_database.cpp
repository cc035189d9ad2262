#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "context.h"

namespace app {
namespace {

int verify(const Invocation& called) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto check = open_store(settings, random, false)->verify_chain();
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      member(writer, "ok", !check.broken_at);
      member(writer, "changes", check.rows);
      if (check.broken_at) member(writer, "broken_at", *check.broken_at);
      writer.EndObject();
    });
  } else if (check.broken_at) {
    fmt::print("the change log was altered at entry {}; the entries before it are as they were written\n",
               *check.broken_at);
  } else {
    fmt::print("the change log is whole: {} entries, each chained to the one before\n", check.rows);
  }
  return check.broken_at ? kExitFindings : kExitOk;
}

}  // namespace

void add_database(CLI::App& app, Invocation& invocation) {
  CLI::App* database = app.add_subcommand("db", "The database");
  database->require_subcommand(1);
  database->add_subcommand("verify", "Check that the change log was not altered")->callback([&invocation] {
    invocation.verb = verify;
  });
}

}  // namespace app
