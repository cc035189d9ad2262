#pragma once

#include <memory>

#include "command_line.h"
#include "output.h"
#include "settings/settings.h"
#include "store/store.h"

namespace spdlog {
class logger;
}

namespace app {

enum class Secrets { kNeeded, kSkipped };

/// Looks references up in this process's environment and systemd's credentials; started otherwise, in the directory
/// that the unit takes them from.
settings::References references_of_process(Secrets secrets);
/// The settings of the invocation. Prints warnings to standard error; throws CommandError(kExitSettings) with all
/// complaints when they are broken.
settings::Settings load_settings(const Invocation& invocation, Secrets secrets);

bool has_database(const settings::Settings& settings);
/// Throws CommandError(kExitNotFound) when there is none.
void require_database(const settings::Settings& settings);
/// Its path and its keys.
store::StoreOptions store_options(const settings::Settings& settings, store::Access access);
/// A store beside a daemon that may be running. `random` outlives it. Throws CommandError(kExitNotFound) when there is
/// no database yet and `create` is false.
std::unique_ptr<store::Store> open_store(const settings::Settings& settings, base::Random& random, bool create);
/// The names of all live tokens.
TokenNames token_names(store::Store& store);
/// The incident whose id is `text`. Throws CommandError(kExitNotFound) when there is none.
verdict::Incident require_incident(store::Store& store, const std::string& text);
/// The same of one that is open; also throws when it was resolved.
verdict::Incident require_open_incident(store::Store& store, const std::string& text);

/// Text or JSON on standard error, or lines for the journal when systemd listens.
std::shared_ptr<spdlog::logger> make_logger(const settings::Log& options);

}  // namespace app
