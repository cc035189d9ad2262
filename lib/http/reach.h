#pragma once

#include <optional>
#include <string_view>

#include "http/message.h"
#include "http/resolver.h"

namespace http {

/// Why a request may not go to these addresses; nothing when it may go to each of them. One bad address among good ones
/// is an objection: a name that points both ways is an attack or a mistake. Pure.
std::optional<std::string_view> objection_to(const Addresses& addresses, Reach reach, bool tls);

}  // namespace http
