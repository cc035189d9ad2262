#include <CLI/CLI.hpp>

#include "database.h"

namespace app {

void add_database(CLI::App& app, Invocation& invocation) {
  CLI::App* database = app.add_subcommand("db", "The database: save it, check it, keep it small");
  database->require_subcommand(1);
  for (const auto add :
       {add_database_backup, add_database_check, add_database_stats, add_database_prune, add_database_verify})
    add(*database, invocation);
}

}  // namespace app
