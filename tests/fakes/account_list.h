// GET accounts: filters, pages and cursors.
#pragma once

#include <vector>

#include "answers.h"
#include "text.h"
#include "world.h"

namespace fakes {

/// One page of the accounts, in their order. With `odd_cursors` the cursor holds characters that a careless signer or
/// URL writer gets wrong: % + = / & and two that are not ASCII.
Answer list_accounts(const std::vector<const AdAccount*>& reachable, const NameValues& query, bool odd_cursors);

}  // namespace fakes
