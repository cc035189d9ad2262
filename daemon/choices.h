#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "settings/settings.h"

namespace app {

// Names that the operator gives to options. A wrong one is told with the nearest right one.

/// Throws UsageError, which names the option, unless `word` is one of the `known`. `what` names the idea: "cause".
void require_choice(const char* option, std::string_view what, const std::string& word,
                    const std::vector<std::string_view>& known);
verdict::Cause cause_named(const char* option, const std::string& name);
verdict::Severity severity_named(const char* option, const std::string& name);

/// The destination of that name, or the members of a cluster; they live as long as the settings. Throws
/// CommandError(kExitNotFound) for an unknown name.
std::vector<const alert::Destination*> destinations_named(const settings::Settings& settings, const std::string& name);
/// The same for one alone: throws UsageError for the name of a cluster with several members.
const alert::Destination& destination_named(const settings::Settings& settings, const std::string& name);

}  // namespace app
