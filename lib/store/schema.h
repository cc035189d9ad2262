#pragma once

#include <span>
#include <string>

#include "base/time.h"
#include "store/sqlite.h"

namespace store {

/// SQL of the steps, the first one makes version 1. A step that was released is never edited.
std::span<const char* const> schema_steps();

/// The version of the schema, 0 for an empty database. Reads only. Throws UnusableStore for a database of another
/// program or of a version above `newest`.
int schema_version(Database& database, int newest);

/// Runs the steps that are missing, each in one transaction. Before it changes an existing schema it writes a copy of
/// the database beside it, "<path>.backup-v<version>", mode 0600. Does nothing when no step is missing.
void upgrade_schema(Database& database, std::span<const char* const> steps, base::Instant now);

}  // namespace store
