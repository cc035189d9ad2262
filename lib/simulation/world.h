#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "simulation/scenario.h"
#include "simulation/truth.h"

namespace simulation {

/// What stands between us and X, for everybody alike.
enum class Weather : std::uint8_t {
  kFair,
  kOverloaded,   ///< 503 with retry-after
  kMaintenance,  ///< 503 without
  kRefused,      ///< no connection
  kNoAddress,
  kBrokenTls,
  kPortal,    ///< HTML with status 200
  kRedirect,  ///< HTML with status 302
};

/// Apps, users, tokens, ad accounts and roles, and what became of them when. All times are steady: they are X's, and
/// our wall clock may be wrong. Every token has a user of its own.
class World {
 public:
  struct App {
    std::string name;
    std::optional<Standing> fault;
    std::vector<TokenNumber> tokens;
  };
  struct Token {
    std::string name;
    std::size_t app = 0;
    audit::TokenKind kind = audit::TokenKind::kAdvertiser;
    std::string user_id;
    std::vector<PairNumber> pairs;
    bool revoked = false, suspended = false, locked = false, old = false;
  };
  struct Account {
    std::string id;
    bool deleted = false;
    std::vector<PairNumber> pairs;
  };
  /// From `since` on, until the next one.
  struct Span {
    base::Instant since;
    Truth truth;
  };
  struct Pair {
    TokenNumber token = 0;
    AccountNumber account = 0;
    std::uint8_t role = 0;
    bool removed = false;
    std::vector<Span> history;  ///< never empty
  };
  /// What an event has put an end to.
  struct Undo {
    std::vector<std::pair<PairNumber, std::uint8_t>> roles;
  };

  World(const std::vector<Cast>& cast, base::Instant start);

  /// Names in the event that the world does not have are no error: nothing happens.
  Undo begin(const Event& event, base::Instant now);
  void end(const Event& event, const Undo& undo, base::Instant now);
  /// Tokens that the operator has to store anew since the last call.
  std::vector<TokenNumber> take_replaced() { return std::exchange(replaced_, {}); }
  /// Pairs of which something else is true since the last call.
  std::vector<PairNumber> take_changed() { return std::exchange(changed_, {}); }

  const std::vector<App>& apps() const { return apps_; }
  const std::vector<Token>& tokens() const { return tokens_; }
  const std::vector<Account>& accounts() const { return accounts_; }
  const std::vector<Pair>& pairs() const { return pairs_; }
  const Truth& truth(PairNumber pair) const { return pairs_[pair].history.back().truth; }
  base::Instant true_since(PairNumber pair) const { return pairs_[pair].history.back().since; }
  /// Whether at some instant from `from` to `to`, both included, this was true of the pair.
  template <class Is>
  bool held(PairNumber pair, base::Instant from, base::Instant to, Is is) const {
    const auto& history = pairs_[pair].history;
    for (std::size_t place = history.size(); place-- > 0;) {
      if (history[place].since > to) continue;
      if (is(history[place].truth)) return true;
      if (history[place].since <= from) return false;
    }
    return false;
  }
  Weather weather() const { return weather_; }
  base::Duration clock_ahead() const { return clock_ahead_; }  ///< ours, of X's
  bool crowded() const { return crowded_; }                    ///< others use up the rate limits
  bool sunset() const { return sunset_; }
  /// X bears no larger difference of the clocks.
  static constexpr base::Duration kClockTolerance{5 * 60'000};

  std::optional<TokenNumber> find_token(const std::string& name) const;
  std::optional<AccountNumber> find_account(const std::string& id) const;

 private:
  void turn(const Event& event, bool on, base::Instant now);
  void change_role(const Event& event, base::Instant now, Undo& undo);
  template <class Change>
  void change_token(TokenNumber token, base::Instant now, Change change);
  void set_fault(const std::string& app, std::optional<Standing> fault, base::Instant now);
  void revoke_all(const std::string& app, bool on, base::Instant now);
  void replace(TokenNumber token, base::Instant now);
  void set_weather(Weather weather) { weather_ = weather; }
  std::vector<PairNumber> pairs_of(const Event& event) const;
  Truth look(const Pair& pair) const;
  void refresh(PairNumber pair, base::Instant now);
  void refresh_all(base::Instant now);

  std::vector<App> apps_;
  std::vector<Token> tokens_;
  std::vector<Account> accounts_;
  std::vector<Pair> pairs_;
  std::map<std::string, TokenNumber> token_by_name_;
  std::map<std::string, AccountNumber> account_by_id_;
  Weather weather_ = Weather::kFair;
  base::Duration clock_ahead_{0};
  bool crowded_ = false, sunset_ = false, version_retired_ = false;
  std::vector<TokenNumber> replaced_;
  std::vector<PairNumber> changed_;
};

}  // namespace simulation
