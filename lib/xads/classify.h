#pragma once

#include <string_view>

#include "http/message.h"
#include "xads/error_codes.h"
#include "xads/observation.h"

namespace xads {

/// Reads the reply to GET accounts/:account_id/authenticated_user_access. Pure: the same reply always gives the same
/// observation. `account_id` is the one that was asked for: an answer that echoes another one is no answer to us.
/// `codes` says what the codes of refusals mean.
Observation classify(const http::Reply& reply, std::string_view account_id,
                     const CodeTable& codes = CodeTable::built_in());
/// Reads the reply to GET accounts. Pure.
AccountsObservation classify_accounts(const http::Reply& reply, const CodeTable& codes = CodeTable::built_in());
/// Reads the reply of the identity host to GET /1.1/account/verify_credentials.json. Pure.
IdentityAnswer classify_identity(const http::Reply& reply, const CodeTable& codes = CodeTable::built_in());
/// Whom the same reply names; empty when it is no 200 or names nobody. Pure.
std::string user_of_identity(const http::Reply& reply);

}  // namespace xads
