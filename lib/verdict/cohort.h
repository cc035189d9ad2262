#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "audit/index.h"
#include "base/time.h"
#include "verdict/grounds.h"
#include "xads/observation.h"

namespace verdict {

/// In what way tokens fail alike.
enum class Failing : std::uint8_t {
  kAuthentication,  ///< 401: the token is dead, or the keys are wrong, or the app is suspended
  kApp,             ///< a code that blames the app
  kVersion,         ///< the version of the API is gone
};
constexpr std::size_t kFailings = 3;
/// Nothing for answers that blame neither the app nor the token as a whole.
std::optional<Failing> failing_of(const xads::Answer& answer);

/// What the tokens of one app have said lately, taken together: tells a fault of the app from faults of its tokens.
/// Every function takes constant time, because a fault of the app makes all its tokens speak at once. Steady times;
/// `asked` is when a question was asked, since an answer may come after a later one.
class Cohort {
 public:
  /// The whole app is said to be at fault when at least this many tokens fail alike, ...
  static constexpr std::uint64_t kLeast = 3;
  /// ... and at least this part of those that were asked, over this time.
  static constexpr std::uint64_t kPart = 10;  ///< one in ten
  static constexpr base::Duration kWindow{5 * 60'000};
  /// A mass of failing tokens in which none recovered for so long is no passing illness.
  static constexpr base::Duration kStable{5 * 60'000};

  /// A token was granted. `live`: tokens of this app that are asked at all.
  void granted(audit::TokenIndex token, base::Instant asked, base::Instant now);
  /// A token failed, and no verdict about it has been made yet.
  void failed(audit::TokenIndex token, Failing way, const xads::Evidence& evidence, bool definite, base::Instant asked,
              base::Instant now);
  /// The identity host spoke about a failing token.
  void identity(audit::TokenIndex token, xads::IdentityAnswer answer);
  /// The token has its own verdict, or is gone: it speaks for the app no longer.
  void settle(audit::TokenIndex token);

  struct Reading {
    std::uint64_t failing = 0;  ///< tokens whose latest word is this failure
    std::uint64_t asked = 0;    ///< those, and the tokens granted within the window
    bool mass = false;          ///< many: no single token is to be blamed on its neighbours' word
    bool stable = false;        ///< a mass, and nobody recovered for kStable
    bool app_at_fault = false;  ///< it is the app
    bool revoking = false;      ///< the identity host confirms of many that they are dead: it is the tokens
  };
  /// `confirmations`: answers that must agree; `live`: how many tokens the app has.
  Reading reading(Failing way, int confirmations, std::uint64_t live, base::Instant now) const;
  /// Enough grants since `began`, of several tokens where there are several, and in between no failure that may be the
  /// app's: it is well again. Grants of one token alone are enough over kStable: the others may be dead.
  bool recovered(base::Instant began, std::uint64_t live) const;
  bool is_failing(audit::TokenIndex token) const { return failures_.contains(token); }
  std::uint64_t failing(Failing way) const { return tally(way).failing; }  ///< tokens
  std::optional<Failing> way_of(audit::TokenIndex token) const;
  std::optional<base::Instant> last_grant_asked() const;
  bool quiet() const { return failures_.empty(); }
  /// Some of the failing tokens.
  std::vector<audit::TokenIndex> sample(std::size_t most) const;
  /// The latest word of a failing token, for the grounds of a verdict: "401 code 32 (3 times)".
  std::optional<std::string> word_of(audit::TokenIndex token) const;
  /// What most likely ails the app, one sentence; the codes and words of the failing tokens.
  std::string likely_cause(Failing way) const;
  std::vector<std::string> tally_text(Failing way) const;

 private:
  struct Failure {
    Failing way = Failing::kAuthentication;
    bool definite = false;  ///< code 89: X says that it is this token
    xads::IdentityAnswer identity = xads::IdentityAnswer::kNoStatement;
    bool identity_spoke = false;
    std::uint32_t epoch = 0;  ///< of the counts
    int count_in_epoch = 0;   ///< answers in a row since any token of the app was granted
    int count = 0;            ///< answers in a row
    base::Instant latest_asked = base::Instant::min();
    base::Instant granted_asked = base::Instant::min();  ///< of a grant that was asked for before the latest failure
    std::string word;                                    ///< "401 code 32"
  };
  /// Sums over the failing tokens of one way.
  struct Tally {
    std::uint64_t failing = 0;
    std::uint64_t repeated = 0;   ///< three answers and more, whoever was granted meanwhile
    std::uint64_t confirmed = 0;  ///< since anybody was granted: two answers, and nothing that blames the token alone
    std::uint64_t dead = 0;       ///< the identity host says that the token is dead
    std::array<std::uint64_t, 6> identity{};  ///< by IdentityAnswer, of those about which it was asked
    std::map<std::string, std::uint64_t> words;
  };
  using Minute = std::int32_t;
  /// Tokens of one app lie mostly together among those of all apps: only pages with tokens of this app are there.
  static constexpr std::size_t kPage = 32;
  using Page = std::array<Minute, kPage>;

  Tally& tally(Failing way) { return tallies_[static_cast<std::size_t>(way)]; }
  const Tally& tally(Failing way) const { return tallies_[static_cast<std::size_t>(way)]; }
  bool confirmed(const Failure& failure) const;
  void add(const Failure& failure, std::uint64_t sign);
  void count_grant(audit::TokenIndex token, Minute minute);
  void recover(audit::TokenIndex token, base::Instant asked, base::Instant now);
  std::uint64_t granted_recently(base::Instant now) const;

  std::unordered_map<audit::TokenIndex, Failure> failures_;
  std::array<Tally, kFailings> tallies_;
  std::uint32_t epoch_ = 0;  ///< grows when a token is granted: what failed before counts anew
  base::Instant last_grant_asked_ = base::Instant::min();
  std::array<std::optional<base::Instant>, kFailings> mass_since_;  ///< when those that fail this way became many
  base::Instant last_recovery_ = base::Instant::min();
  /// Which token was granted to a question of when. The latest, since a token failed.
  std::array<std::pair<audit::TokenIndex, base::Instant>, 3> grants_in_a_row_{};
  std::size_t grants_ = 0;     ///< how many of those there are
  base::Instant row_began_{};  ///< when the first grant since a token failed came
  // How many tokens were granted last in which minute.
  std::vector<std::unique_ptr<Page>> minutes_;  ///< by token
  std::map<Minute, std::uint64_t> granted_in_;
};

}  // namespace verdict
