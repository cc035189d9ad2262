#pragma once

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "service/roster.h"

namespace service {

/// Who shows that X and we are well, while a token is under suspicion: the control token, or else any other token of
/// the same app that was granted meanwhile. Loop thread only.
class Vouchers {
 public:
  /// `roster` must outlive this; `control_token` is a name.
  Vouchers(const Roster& roster, std::optional<std::string> control_token)
      : roster_(roster), control_name_(std::move(control_token)) {}

  /// A pair was granted, and nothing is suspected of it.
  void granted(audit::PairIndex pair, base::Instant steady_now);
  /// Since `began`, steady, somebody other than `suspect` was granted who may speak for it.
  bool vouched(audit::TokenIndex suspect, base::Instant began) const;
  /// A few pairs whose grant would vouch for the suspect.
  std::vector<audit::PairIndex> candidates(audit::TokenIndex suspect);
  /// Tokens came or went.
  void look_up_control() { control_ = control_name_ ? roster_.find_token_named(*control_name_) : std::nullopt; }

 private:
  struct Grant {
    audit::PairIndex pair{};
    audit::TokenIndex token{};
    base::Instant at = base::Instant::min();
  };
  bool control_speaks_for(audit::TokenIndex suspect) const;
  bool good(audit::PairIndex pair) const;

  const Roster& roster_;
  std::optional<std::string> control_name_;
  std::optional<audit::TokenIndex> control_;
  base::Instant control_granted_ = base::Instant::min();
  std::map<std::uint16_t, std::array<Grant, 2>> latest_;  ///< app to the latest grants of two of its tokens
  std::size_t next_place_ = 0;                            ///< where the search for candidates goes on
};

}  // namespace service
