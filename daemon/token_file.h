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
};

/// Reads the columns name,app,kind,access_token,access_token_secret,accounts,labels (RFC 4180; the first line names
/// them, in any order; accounts separated by blanks, empty for discovery; labels as key=value;key=value).
/// Error: every line that is wrong, one sentence each. No sentence holds a secret.
base::Result<std::vector<NewToken>, std::vector<std::string>> read_token_csv(std::string_view text);

/// What is wrong with a token's name, app, kind, accounts or secrets; empty when nothing is.
std::vector<std::string> complaints_about(const NewToken& token, const std::vector<service::App>& apps);

/// As the store keeps it. Requires a token without complaints.
store::StoredToken to_stored(NewToken token, base::Random& random, base::Instant now);

/// The whole file, or standard input for "-". Throws CommandError when it cannot be read, or is over 16 MiB.
base::Secret read_secret_file(const std::string& path);
/// "key=value" into a pair. Error: a sentence.
base::Result<std::pair<std::string, std::string>> parse_label(std::string_view text);

}  // namespace app
