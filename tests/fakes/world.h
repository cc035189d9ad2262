// The small world behind the fake X Ads API: who exists, who may see what, and how X words its refusals.
//
// Pure state. No clock, no socket, no thread: the server calls it under one lock.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace fakes {

struct App {
  std::string name;
  std::string consumer_key;
  std::string consumer_secret;
  bool suspended = false;
  bool ads_access = true;  ///< false: 403 UNAUTHORIZED_CLIENT_APPLICATION
  bool read_only = false;  ///< true: 403 READONLY_CLIENT_APPLICATION and x-access-level: read
};

struct User {
  std::string id;
  std::string screen_name;
  bool suspended = false;
  bool locked = false;
};

struct Token {
  std::string name;  ///< what tests and counters call it
  std::string token;
  std::string secret;
  std::string user;  ///< User::id
  std::string app;   ///< App::name
  bool revoked = false;
  bool needs_reauthorization = false;
};

struct AdAccount {
  std::string id;
  std::string name;
  std::string approval_status = "ACCEPTED";
  bool deleted = false;
  bool locked = false;  ///< 403 ACCOUNT_LOCKED_OUT
};

/// Where X is known or believed to answer in more than one way, a world chooses one of them.
struct Options {
  std::string revoked = "unauthorized_access";            ///< ads host; or code_89
  std::string bad_signature = "unauthorized_access";      ///< ads host; or code_32
  std::string no_grant = "not_found_404";                 ///< or account_not_found_403, not_found_403
  std::string suspended_user = "current_user_suspended";  ///< ads host; or code_64
  std::string locked_user = "code_326";                   ///< ads host; or account_locked_out
  std::string clock = "code_135";                         ///< ads host; or unauthorized_access
  bool account_family = true;         ///< sends x-account-rate-limit-*; the token family is then one quota for the app
  std::int64_t account_limit = 2000;  ///< calls per window, ad account and endpoint (with the account family)
  std::int64_t token_limit = 2000;    ///< calls per window, token and endpoint (without the account family)
  std::int64_t app_quota = 10000000;  ///< calls per window and app (with the account family)
  std::int64_t accounts_limit = 5;    ///< GET accounts, per window and token
  std::int64_t identity_limit = 75;   ///< each identity endpoint, per window and token
  std::int64_t window_s = 900;
  std::int64_t clock_tolerance_s = 300;
  std::int64_t skew_s = 0;             ///< how far the fake's clock runs ahead of this machine's
  std::string current_version = "12";  ///< "11" also answers, with x-api-warn
  std::string warning;                 ///< x-api-warn on every ads answer, when not empty
  bool retired = false;                ///< every version answers INVALID
  bool odd_cursors = false;            ///< next_cursor holds characters that are easily signed wrongly
};

/// Everything that exists. Members may be changed freely, except tokens, which are found by their text too.
class World {
 public:
  std::map<std::string, App> apps;            ///< by App::name
  std::map<std::string, User> users;          ///< by User::id
  std::map<std::string, AdAccount> accounts;  ///< by AdAccount::id
  Options options;

  /// Puts a token in, in place of one with the same name.
  void put(Token token);

  /// These throw BadCommand when there is nothing of that name.
  App& app(const std::string& name);
  User& user(const std::string& id);
  Token& token(const std::string& name);
  AdAccount& account(const std::string& id);

  const App* app_with_key(const std::string& consumer_key) const;
  const Token* token_with_text(const std::string& text) const;

  void grant(const std::string& account, const std::string& user, std::vector<std::string> permissions);
  /// BadCommand when there is no such grant.
  void drop_grant(const std::string& account, const std::string& user);
  /// The permissions of the user on the account, or nullptr. An empty list is a grant without permissions.
  const std::vector<std::string>* permissions(const std::string& account, const std::string& user) const;
  /// The accounts that the user has a grant on, ordered by id.
  std::vector<const AdAccount*> accounts_of(const std::string& user) const;

 private:
  std::map<std::string, Token> tokens_;                                            ///< by Token::name
  std::unordered_map<std::string, std::string> name_by_token_;                     ///< Token::token to Token::name
  std::map<std::string, std::map<std::string, std::vector<std::string>>> grants_;  ///< user, then account
};

}  // namespace fakes
