#pragma once

#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "xads/credentials.h"

namespace store {

/// Both secrets of a token in one text, to be sealed. X's own look like "<user id>-<40 letters and digits>" and "<45
/// letters and digits>": eight bytes for the number and six bits for a character make 75 bytes of 104. Any other text
/// is kept as it is. Throws std::runtime_error for secrets longer than xads::kTokenRoom together.
base::Secret pack_secrets(const xads::AccessToken& secrets);
/// Error: `packed` was not made by pack_secrets().
base::Result<xads::AccessToken> unpack_secrets(std::string_view packed);

}  // namespace store
