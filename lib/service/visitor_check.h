#pragma once

#include <optional>
#include <string>

#include "base/secret.h"
#include "base/time.h"
#include "http/listener.h"

namespace service {

/// Decides who may see what the status listener shows; whether Host is one of ours has been checked before. One thread.
class VisitorCheck {
 public:
  /// So many wrong tokens within a minute are somebody's guessing: the refusals after them take a second each.
  static constexpr int kFreeGuesses = 10;
  static constexpr base::Duration kPenalty{1'000};

  /// `token`: empty when everybody may ask.
  explicit VisitorCheck(base::Secret token) : token_(std::move(token)) {}

  struct Refusal {
    http::OutboundAnswer answer;
    base::Duration delay{0};  ///< before it is given
  };
  /// Nothing when the request may be answered. `now` is steady. The token is looked for as Bearer (RFC 6750) and as the
  /// password of Basic (RFC 7617), which is what browsers ask people for.
  std::optional<Refusal> check(const http::InboundRequest& request, base::Instant now);

 private:
  bool knows_token(const http::InboundRequest& request) const;
  base::Duration delay_of_guess(base::Instant now);

  base::Secret token_;
  base::Instant minute_began_{};
  int guesses_ = 0;  ///< since then
};

/// Whether a page of somebody else made the browser ask. A link that was followed is no such request: what it gives is
/// shown to the person alone.
bool from_elsewhere(const http::InboundRequest& request);

}  // namespace service
