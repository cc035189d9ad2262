#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "service/options.h"
#include "store/store.h"

namespace app {

/// What the operator says of one token that is to be stored.
struct NewToken {
  std::string name;
  std::string app;
  std::string kind;
  std::vector<std::string> accounts;
  audit::Labels labels;
  xads::AccessToken secrets;
  std::string user_id{};  ///< whose it is for certain; empty: as the first answer says
};

/// What a file need not say of its tokens.
struct TokenDefaults {
  std::string name;  ///< where a file has one token without a name
  std::string app;
  std::string kind;
};

/// The forms of files below. Error of each: everything that is wrong, one sentence each, with its line or place; no
/// sentence holds a secret.
using TokensRead = base::Result<std::vector<NewToken>, std::vector<std::string>>;

/// The columns name,app,kind,access_token,access_token_secret,accounts,labels (RFC 4180; the first line names them, in
/// any order; accounts separated by blanks, empty for discovery; labels as key=value;key=value).
TokensRead read_token_csv(std::string_view text, const TokenDefaults& defaults);
/// An array of objects with the same members (or an object with that array as "tokens"): accounts an array too, labels
/// an object.
TokensRead read_token_json(std::string_view text, const TokenDefaults& defaults);
/// Lines NAME=VALUE, as of `env` or a .env file. BRAND_A_ACCESS_TOKEN and BRAND_A_ACCESS_TOKEN_SECRET make a token
/// named brand-a; BRAND_A_APP, _KIND, _ACCOUNTS and _LABELS say the rest. Without a prefix, or with X or TWITTER as
/// one, the name is that of `defaults`. All other lines are passed over.
TokensRead read_token_env(std::string_view text, const TokenDefaults& defaults);

/// What is wrong with a token's name, app, kind, accounts or secrets; empty when nothing is.
std::vector<std::string> complaints_about(const NewToken& token, const std::vector<service::App>& apps);

/// As the store keeps it. Requires a token without complaints.
store::StoredToken to_stored(NewToken token, base::Random& random, base::Instant now);

/// "key=value" into a pair. Error: a sentence.
base::Result<std::pair<std::string, std::string>> parse_label(std::string_view text);
/// "key=value;key=value". Error: a sentence.
base::Result<audit::Labels> parse_labels(std::string_view text);
/// Words between blanks.
std::vector<std::string> parse_accounts(const std::string& text);
/// A cell for a complaint. A comma too many or too few moves a secret into a neighbour's column, and secrets are long:
/// what is long is described, not repeated.
std::string shown(std::string_view cell);

}  // namespace app
