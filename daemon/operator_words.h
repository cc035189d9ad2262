#pragma once

#include <string>

namespace app {

/// Who runs this command, for the change log: the login name of the real user; behind sudo, of the one who called it.
std::string operator_name();

/// Who and why, as they are kept for ever: one line each. Throws UsageError, which names the option, for an empty text
/// and for one of more than 500 bytes.
std::string checked_words(const std::string& text, const char* option);

}  // namespace app
