#pragma once

#include "command_line.h"

namespace app {

// The verbs about the database, each in a file of its own: declares the options of `db ...`.
void add_database_backup(CLI::App& database, Invocation& invocation);
void add_database_check(CLI::App& database, Invocation& invocation);
void add_database_stats(CLI::App& database, Invocation& invocation);
void add_database_prune(CLI::App& database, Invocation& invocation);
void add_database_verify(CLI::App& database, Invocation& invocation);

}  // namespace app
