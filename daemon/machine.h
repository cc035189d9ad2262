#pragma once

#include <functional>

#include "context.h"
#include "service/loop.h"
#include "settings/settings.h"

namespace app {

/// The parts of a running daemon that a verb may touch.
struct Machine {
  service::Loop& loop;
  service::Engine& engine;
  const base::Clock& clock;
};

/// Builds everything that audits and delivers, top to bottom in the order of dependence, gives it to `use`, and takes
/// it apart in reverse. Holds the daemon's lock on the database meanwhile. Throws what the store and the network throw
/// when they cannot be set up.
int with_machine(const settings::Settings& settings, spdlog::logger& log, const std::function<int(Machine&)>& use);

}  // namespace app
