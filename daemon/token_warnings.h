#pragma once

#include <string>
#include <vector>

#include "service/options.h"
#include "store/store.h"

namespace app {

/// What is odd about tokens that are to be stored, beside those that are there: more than their app may hold, two of
/// one user at one app, one that is there under another name. One sentence each, without any secret. `opener`: nullptr
/// when no stored secret can be read.
std::vector<std::string> warnings_about(const std::vector<store::StoredToken>& fresh,
                                        const std::vector<store::TokenRow>& known,
                                        const std::vector<service::App>& apps, const store::Opener* opener);

}  // namespace app
