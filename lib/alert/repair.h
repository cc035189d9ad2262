#pragma once

#include <string>

#include "alert/alert.h"

namespace alert {

/// What to do about an open incident: one to three sentences, the command last where there is one.
std::string repair_of(const Alert& alert);

}  // namespace alert
