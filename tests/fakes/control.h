// The control plane: what a test may ask of the fake while it runs. README.md lists every command.
#pragma once

#include <string>

#include "stage.h"
#include "text.h"

namespace fakes {

/// Obeys one request of the control plane and gives the JSON to answer. BadCommand when it makes no sense; nothing has
/// changed then. The caller holds the stage's lock.
std::string command(Stage& stage, const std::string& method, const std::string& path, const NameValues& query,
                    const std::string& body);

}  // namespace fakes
