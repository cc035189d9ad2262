#include "store/schema.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/crash_point.h"
#include "base/ensure.h"
#include "store/database_file.h"
#include "store/schema_steps.h"

namespace store {
namespace {

constexpr int kApplicationId = 0x41445355;  // "ADSU", in the header of the file
constexpr int kDevelopmentId = 0x41445341;  // of databases that were made before the first release

constexpr const char* kSteps[] = {kFirstStep, kSecondStep, kThirdStep, kFourthStep, kFifthStep};

void run_step(Database& database, int version, const char* sql, base::Instant now) {
  Transaction transaction(database);
  database.run(sql);
  if (version == 1) Statement(database, "INSERT INTO meta (name, value) VALUES ('created_at', ?)").bind(now).run();
  database.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, version));
  transaction.commit(fmt::format("schema_{}", version));
}

void back_up(Database& database, int version) {
  const auto path = fmt::format("{}.backup-v{}", database.path(), version);
  std::filesystem::remove(path);      // left by an upgrade that did not come to its end
  ENSURE(create_private_file(path));  // VACUUM INTO accepts an empty file, and keeps its mode
  base::crash_point("backup.before");
  Statement(database, "VACUUM INTO ?").bind(path).run();
  base::crash_point("backup.made");
  sync_file(path);
  base::crash_point("backup.after");
}

}  // namespace

std::span<const char* const> schema_steps() { return kSteps; }

int schema_version(Database& database, int newest) {
  const auto application = database.number("PRAGMA application_id");
  const auto version = database.number("PRAGMA user_version");
  if (application == kDevelopmentId)
    throw UnusableStore(database.path() +
                        ": a development version of adsauditd wrote it, and nothing reads it any more; move it away "
                        "to start with a new one");
  const bool empty = database.number("SELECT count(*) FROM sqlite_schema") == 0;
  const bool ours = application == kApplicationId && version > 0;
  const bool fresh = application == 0 && version == 0 && empty;
  if (!ours && !fresh)
    throw UnusableStore(database.path() + ": this is the database of another program; set store.path to another file");
  if (version > newest)
    throw UnusableStore(
        fmt::format("{}: a newer adsauditd wrote it (schema {}, this program knows {}); install that "
                    "version again, or put the backup of before the upgrade in its place",
                    database.path(), version, newest));
  return static_cast<int>(version);
}

void upgrade_schema(Database& database, std::span<const char* const> steps, base::Instant now) {
  const int newest = static_cast<int>(steps.size());
  const int version = schema_version(database, newest);
  if (version == newest) return;
  if (version > 0 && !database.in_memory()) back_up(database, version);
  for (int step = version; step < newest; ++step)
    run_step(database, step + 1, steps[static_cast<std::size_t>(step)], now);
}

}  // namespace store
