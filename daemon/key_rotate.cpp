#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/clock.h"
#include "base/text.h"
#include "context.h"
#include "key.h"
#include "progress.h"
#include "store/key_rotation.h"

namespace app {
namespace {

void print_for_people(const store::Rotation& rotation) {
  if (rotation.resealed > 0) fmt::print("sealed the secrets of {} tokens anew\n", rotation.resealed);
  if (!rotation.unreadable.empty())
    fmt::print(
        "the old key does not open the secrets of {} tokens, such as {}; add them again or remove them, then "
        "rotate once more\n",
        rotation.unreadable.size(), base::clean_text(rotation.unreadable[0]));
  else if (!rotation.complete)
    fmt::print("another command sealed something meanwhile; rotate once more\n");
  else if (rotation.leftovers > 0)
    fmt::print(
        "what the old key sealed is still in {} places of the files, which are in use; stop the daemon and "
        "rotate once more\n",
        rotation.leftovers);
  else
    fmt::print(
        "nothing in the database is sealed with the old key any more: take store.old_key out of the settings, "
        "restart the daemon, and destroy that key when no backup needs it\n");
}

int rotate(const Invocation& called) {
  const auto settings = load_settings(called, Secrets::kNeeded);
  require_database(settings);
  if (settings.old_store_key.empty())
    throw UsageError(
        "there is no old key: put the new one into store.key and the one before into store.old_key, restart the "
        "daemon, "
        "then rotate");
  base::SystemRandom random;
  Progress progress(!called.json);
  const auto rotation = store::rotate_key(
      store_options(settings, store::Access::kOperator), random, base::SystemClock().now().utc,
      [&](std::uint64_t done, std::uint64_t all) { progress.show(fmt::format("sealed {} of {}", done, all)); });
  progress.end();
  const bool done = rotation.complete && rotation.leftovers == 0;
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      member(writer, "complete", done);
      member(writer, "resealed", rotation.resealed);
      member(writer, "unreadable", rotation.unreadable);
      member(writer, "leftovers", rotation.leftovers);
      writer.EndObject();
    });
  } else {
    print_for_people(rotation);
  }
  if (!rotation.unreadable.empty()) return kExitStoreUnusable;
  return done ? kExitOk : kExitFailure;
}

}  // namespace

void add_key_rotate(CLI::App& key, Invocation& invocation) {
  CLI::App* verb = key.add_subcommand(
      "rotate", "Seal all secrets anew with store.key, what store.old_key has sealed so far; the daemon may run");
  verb->footer("Example: adsauditd key rotate");
  verb->callback([&invocation] { invocation.verb = rotate; });
}

}  // namespace app
