#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "context.h"
#include "database.h"
#include "store/upkeep.h"

namespace app {
namespace {

void print_as_json(const store::Health& health) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "ok", health.well());
    member(writer, "schema", static_cast<std::uint64_t>(health.schema));
    member(writer, "damages", health.damages);
    member(writer, "broken_references", health.broken_references);
    member(writer, "changes", health.chain ? std::optional(health.chain->rows) : std::nullopt);
    member(writer, "broken_at", health.chain ? health.chain->broken_at : std::nullopt);
    member(writer, "secrets_opened", health.secrets);
    member(writer, "secrets_shut", health.sealed_shut);
    writer.EndObject();
  });
}

void print_for_people(const store::Health& health, bool with_secrets) {
  for (const auto& damage : health.damages) fmt::print("damaged: {}\n", base::clean_text(damage));
  if (health.broken_references > 0)
    fmt::print("damaged: {} rows name a row that is not there\n", health.broken_references);
  if (health.chain && health.chain->broken_at)
    fmt::print("altered: the change log does not fit from entry {} on; see adsauditd db verify\n",
               *health.chain->broken_at);
  if (!health.sealed_shut.empty())
    fmt::print(
        "shut: no key opens the secrets of {} tokens, such as {}; add them again, or set store.key to the key "
        "that sealed them\n",
        health.sealed_shut.size(), health.sealed_shut[0]);
  if (!health.well()) {
    if (!health.damages.empty() || health.broken_references > 0)
      fmt::print("stop the daemon, keep the damaged file, and put a backup in its place\n");
    return;
  }
  fmt::print("the database is well: every page, every reference{}{}\n",
             health.chain ? fmt::format(", {} chained changes", health.chain->rows) : "",
             with_secrets ? fmt::format(", the secrets of {} tokens", health.secrets) : "");
}

int check(const Invocation& called, bool without_secrets) {
  const auto settings = load_settings(called, without_secrets ? Secrets::kSkipped : Secrets::kNeeded);
  require_database(settings);
  const auto health = store::check(store_options(settings, store::Access::kOperator));
  if (called.json)
    print_as_json(health);
  else
    print_for_people(health, !without_secrets);
  return health.well() ? kExitOk : kExitStoreUnusable;
}

}  // namespace

void add_database_check(CLI::App& database, Invocation& invocation) {
  CLI::App* verb = database.add_subcommand(
      "check",
      "Read every page, follow every reference, check the change log, open every secret; exit code 13 if "
      "something is damaged");
  verb->footer("Example: adsauditd db check --without-secrets");
  auto without_secrets = std::make_shared<bool>(false);
  verb->add_flag("--without-secrets", *without_secrets, "Needs no key, and says nothing about the tokens' secrets");
  verb->callback([&invocation, without_secrets] {
    invocation.verb = [without_secrets](const Invocation& called) { return check(called, *without_secrets); };
  });
}

}  // namespace app
