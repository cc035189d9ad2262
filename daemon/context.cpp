#include "context.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "base/clock.h"
#include "base/text.h"

namespace app {
namespace {

/// Where the unit takes its credentials from, for commands that run beside it.
constexpr const char* kCredentials = "/etc/adsauditd/credentials";

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

}  // namespace

settings::References references_of_process(Secrets secrets) {
  std::error_code ignored;
  const char* beside_the_unit = std::filesystem::is_directory(kCredentials, ignored) ? kCredentials : "";
  return {.environment = environment,
          .credentials_directory = environment("CREDENTIALS_DIRECTORY").value_or(beside_the_unit),
          .skip_secrets = secrets == Secrets::kSkipped};
}

settings::Settings load_settings(const Invocation& invocation, Secrets secrets) {
  auto loaded = settings::load_file(invocation.settings_file, references_of_process(secrets));
  if (!loaded.settings) {
    fmt::print(stderr, "{}", settings::to_text(loaded));
    throw CommandError(kExitSettings, "the settings are broken; nothing was started or changed");
  }
  if (secrets == Secrets::kNeeded) fmt::print(stderr, "{}", settings::to_text(loaded));
  return std::move(*loaded.settings);
}

bool has_database(const settings::Settings& settings) {
  std::error_code ignored;
  return std::filesystem::exists(settings.store_path, ignored);
}

void require_database(const settings::Settings& settings) {
  if (has_database(settings)) return;
  throw CommandError(kExitNotFound,
                     fmt::format("there is no database at {} yet; adsauditd run makes it", settings.store_path));
}

store::StoreOptions store_options(const settings::Settings& settings, store::Access access) {
  return {.path = settings.store_path,
          .key = settings.store_key.clone(),
          .access = access,
          .old_key = settings.old_store_key.clone()};
}

std::unique_ptr<store::Store> open_store(const settings::Settings& settings, base::Random& random, bool create) {
  if (!create) require_database(settings);
  return store::open_sqlite(store_options(settings, store::Access::kOperator), random, base::SystemClock().now().utc);
}

TokenNames token_names(store::Store& store) {
  TokenNames names;
  for (const auto& stored : store.tokens()) names.emplace(stored.token.id, stored.token.name);
  return names;
}

verdict::Incident require_incident(store::Store& store, const std::string& text) {
  const auto id = verdict::IncidentId::parse(text);
  auto incident = id ? store.find_incident(id.value()) : std::nullopt;
  if (!incident)
    throw CommandError(kExitNotFound, fmt::format("there is no incident \"{}\"; see adsauditd incidents --all",
                                                  base::clean_text(text)));
  return std::move(*incident);
}

verdict::Incident require_open_incident(store::Store& store, const std::string& text) {
  auto incident = require_incident(store, text);
  if (incident.resolved_at)
    throw CommandError(kExitNotFound, fmt::format("{} is not open any more: it was resolved at {}", incident.id.text(),
                                                  base::to_text(*incident.resolved_at)));
  return incident;
}

}  // namespace app
