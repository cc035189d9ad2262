#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api_line.h"
#include "audit/probe.h"
#include "output.h"
#include "verdict/capabilities.h"
#include "xads/permissions.h"

namespace app {

/// What X says that a token may do on one ad account.
struct AccountRights {
  std::string account;
  std::optional<xads::Permissions> permissions;  ///< none: it was refused, or nothing certain was said
  std::string trouble;                           ///< then: "denied account_not_found"
};

/// Asks for each of the first kMostAsked accounts, with the token itself.
std::vector<AccountRights> ask_rights(ApiLine& line, const service::App& app, const xads::AccessToken& token,
                                      const std::vector<std::string>& accounts, const xads::CodeTable& codes);
constexpr std::size_t kMostAsked = 20;

/// One thing of config/capabilities.yaml, and whether a token may do it.
struct Right {
  std::string capability;
  std::string words;
  verdict::Capabilities::Answer answer;
};
/// For a token of this kind, of this app, with these permissions: all of them, in the order of the table.
std::vector<Right> rights_of(audit::TokenKind kind, const service::App& app, const xads::Permissions& permissions);

/// For people: each account, then what each set of permissions is good for. `names`: of the accounts, by id.
void print_rights(const std::vector<AccountRights>& accounts, const std::map<std::string, std::string>& names,
                  audit::TokenKind kind, const service::App& app);
/// The members "account_access" and "may" of an object.
void write_rights(base::JsonWriter& writer, const std::vector<AccountRights>& accounts,
                  const std::map<std::string, std::string>& names, audit::TokenKind kind, const service::App& app);

}  // namespace app
