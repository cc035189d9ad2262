#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <system_error>

#include "context.h"
#include "database.h"
#include "store/upkeep.h"

namespace app {
namespace {

int back_up(const Invocation& called, const std::string& target) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  require_database(settings);
  std::uint64_t bytes = 0;
  try {
    bytes = store::back_up(settings.store_path, target);
  } catch (const std::system_error& error) {
    const bool not_permitted = error.code() == std::errc::permission_denied ||
                               error.code() == std::errc::operation_not_permitted ||
                               error.code() == std::errc::read_only_file_system;
    throw CommandError(not_permitted ? kExitNotPermitted : kExitFailure, error.what());
  }
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      member(writer, "file", std::string_view(target));
      member(writer, "bytes", bytes);
      member(writer, "verified", true);
      writer.EndObject();
    });
  } else {
    fmt::print("wrote {} ({} bytes), whole and checked; its secrets stay sealed: keep the key elsewhere\n", target,
               bytes);
  }
  return kExitOk;
}

}  // namespace

void add_database_backup(CLI::App& database, Invocation& invocation) {
  CLI::App* verb = database.add_subcommand(
      "backup", "Write a checked copy of the database, while the daemon runs; an existing file is never overwritten");
  verb->footer("Example: adsauditd db backup /var/backups/adsauditd-2026-11-30.db");
  auto target = std::make_shared<std::string>();
  verb->add_option("FILE", *target, "Where the copy goes")->required();
  verb->callback([&invocation, target] {
    invocation.verb = [target](const Invocation& called) { return back_up(called, *target); };
  });
}

}  // namespace app
