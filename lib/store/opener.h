#pragma once

#include <memory>
#include <string>

#include "store/seal.h"
#include "store/store.h"

namespace store {

/// Opens what this seal opens. `path`, of the database, is for messages.
std::shared_ptr<const Opener> make_opener(Seal seal, std::string path);

}  // namespace store
