// The fake's decisions: one signed request in, X's answer out. No clock, no socket, no thread; the server calls it
// under one lock and tells it the time.
#pragma once

#include <cstdint>
#include <string>

#include "answers.h"
#include "oauth_check.h"
#include "rate_windows.h"
#include "sign_in.h"
#include "world.h"

namespace fakes {

/// What came of checking the request's OAuth 1.0a parts.
enum class Verdict {
  kNotChecked,  ///< refused before: no such version
  kGood,
  kMalformed,
  kUnknownConsumer,
  kSuspendedApp,
  kOutOfTime,
  kUnknownToken,
  kBadSignature,
  kNonceReused,
  kRevoked,
};
std::string to_text(Verdict verdict);

struct Handled {
  Answer answer;
  Verdict verdict = Verdict::kNotChecked;
  std::string token;     ///< Token::name, empty when the token is unknown
  std::string account;   ///< the ad account id in the path, empty when there is none
  std::string endpoint;  ///< authenticated_user_access, accounts, account, verify_credentials, users_me,
                         ///< request_token, access_token, invalidate_token or "other"
};

class AdsApi {
 public:
  /// `now_s` is this machine's time; the world's skew is added here.
  Handled handle(const SignedRequest& request, std::int64_t now_s);

  /// Eats calls out of a window, as another program that uses the same token would.
  void spend(const std::string& token, const std::string& account, const std::string& endpoint, std::int64_t calls,
             std::int64_t now_s);
  void forget_windows() { windows_.clear(); }

  World world;
  SignIns sign_ins;

 private:
  struct Route;
  struct Caller;
  static Route find_route(const SignedRequest& request);
  /// The body and status; verdict, caller and levels come back as far as they were found out.
  Answer answer(const SignedRequest& request, const Route& route, std::int64_t now_s, Verdict& verdict, Caller& caller,
                NameValues& levels);
  /// Sets the caller as far as it is known.
  Verdict check(const SignedRequest& request, const Route& route, std::int64_t now_s, Caller& caller);
  /// The secret that the request must be signed with, or nullptr for an unknown token; sets the caller's token and
  /// user.
  const std::string* token_secret(const Route& route, Caller& caller) const;
  Answer refusal(Verdict verdict, const Route& route) const;
  /// Spends one call; the answer's headers tell the levels. False when a window is empty.
  bool count_call(const Caller& caller, const Route& route, std::int64_t now_s, std::int64_t calls,
                  NameValues& headers);
  Answer answer_ads(const Caller& caller, const Route& route, const SignedRequest& request) const;
  Answer answer_identity(const Caller& caller, const Route& route);
  Answer answer_sign_in(const Caller& caller, const Route& route, const SignedRequest& request);
  Answer answer_account(const Caller& caller, const Route& route, bool with_deleted) const;
  Answer answer_list(const Caller& caller, const NameValues& query) const;
  Answer no_grant(const std::string& account_id) const;

  RateWindows windows_;
  NonceMemory nonces_;
};

}  // namespace fakes
