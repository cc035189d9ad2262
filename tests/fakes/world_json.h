// The JSON form of a world: README.md shows it.
#pragma once

#include <rapidjson/document.h>

#include "world.h"

namespace fakes {

/// Adds what the object names to the world, replacing what has the same name; `options` changes only the named ones.
/// BadCommand on a member, a choice or a reference that does not exist; the world is then half changed, so load into
/// a copy.
void add_to_world(World& world, const rapidjson::Value& object);

/// Changes the named options only.
void set_options(Options& options, const rapidjson::Value& object);

}  // namespace fakes
