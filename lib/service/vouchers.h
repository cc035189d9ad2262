#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "service/roster.h"

namespace service {

/// Who shows that X and we are well, while a token is under suspicion: the control token, or else any other token of
/// the same app that was granted between the suspicion's questions. Loop thread only.
class Vouchers {
 public:
  /// `roster` must outlive this; `control_token` is a name.
  Vouchers(const Roster& roster, std::optional<std::string> control_token)
      : roster_(roster), control_name_(std::move(control_token)) {}

  struct Grant {
    audit::PairIndex pair{};
    audit::TokenIndex token{};
    base::Instant asked{};  ///< steady
  };

  /// A pair was granted, and nothing is suspected of it. `asked`, steady: when.
  void granted(audit::PairIndex pair, base::Instant asked);
  /// Somebody other than `suspect` who may speak for it was asked within this time, and granted.
  std::optional<Grant> voucher(audit::TokenIndex suspect, base::Instant from, base::Instant to) const;
  /// There is somebody who may speak for it and was granted within the last windows, or, as long as nobody was in this
  /// process, was granted when last asked.
  bool anybody(audit::TokenIndex suspect) const;
  /// Whether the control token is granted anything; nothing without one, and before it has a pair.
  std::optional<bool> control_good() const;
  /// A few pairs whose grant would vouch for the suspect.
  std::vector<audit::PairIndex> candidates(audit::TokenIndex suspect);
  /// Tokens came or went.
  void look_up_control() { control_ = control_name_ ? roster_.find_token_named(*control_name_) : std::nullopt; }

 private:
  /// The grants of some time, thinned out to two tokens a second, latest last.
  using Trail = std::deque<Grant>;
  static void add(Trail& trail, const Grant& grant);
  static std::optional<Grant> find(const Trail& trail, audit::TokenIndex suspect, base::Instant from, base::Instant to);
  bool control_speaks_for(audit::TokenIndex suspect) const;
  bool good(audit::PairIndex pair) const;
  bool anybody_before(audit::TokenIndex suspect) const;

  const Roster& roster_;
  std::optional<std::string> control_name_;
  std::optional<audit::TokenIndex> control_;
  Trail control_trail_;
  std::map<std::uint16_t, Trail> trails_;  ///< by app
  std::size_t next_place_ = 0;             ///< where the search for candidates goes on
};

}  // namespace service
