#pragma once

#include <string>
#include <vector>

#include "context.h"
#include "progress.h"
#include "token_file.h"

namespace app {

/// What storing tokens did, or would do; names, in the order of the tokens.
struct Stored {
  std::vector<std::string> added;
  std::vector<std::string> replaced;
  std::vector<std::string> unchanged;  ///< stored already, in every respect
};

/// The settings have a token of this name.
bool is_in_settings(const settings::Settings& settings, const std::string& name);

/// Prints the complaints, or the first of many, and throws CommandError(kExitUsage): nothing was stored.
[[noreturn]] void refuse_tokens(const std::vector<std::string>& complaints);

/// Stores all tokens, or none: throws CommandError(kExitUsage) after all complaints went to standard error. Warns there
/// of what is odd about them beside those that are there. `dry_run`: stores nothing, and makes no database. `progress`
/// moves on with many.
Stored store_tokens(const settings::Settings& settings, std::vector<NewToken> tokens, bool dry_run, Progress& progress);

/// The live token of that name. Throws CommandError(kExitNotFound) when there is none, and CommandError(kExitUsage)
/// when it comes from the settings: those would bring the old one back at the next start.
store::TokenRow require_own_token(store::Store& store, const settings::Settings& settings, const std::string& name);
/// Gives a token of the store new secrets, of this user (empty: not known); all else stays. Throws CommandError when it
/// was removed or replaced by another one of that name meanwhile.
void replace_secrets(store::Store& store, const store::TokenRow& row, xads::AccessToken secrets,
                     const std::string& user_id, base::Random& random);
/// The app of that name. Throws CommandError(kExitUsage).
const service::App& require_app(const settings::Settings& settings, const std::string& name);
/// Whose token it is, as far as it is known: the pinned user, else the one that it claims. Empty when neither is there.
const std::string& known_user(const store::TokenRow& row);

}  // namespace app
