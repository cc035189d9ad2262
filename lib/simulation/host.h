#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "simulation/faults.h"
#include "simulation/windows.h"
#include "simulation/world.h"

namespace simulation {

/// X's two hosts: answers from what is true of the world, in the shapes and with the headers of the real ones
/// (https://docs.x.com/x-ads-api/fundamentals/error-codes-and-responses), or as a fault says. Where X is known to
/// answer one thing in several ways, it does so here too.
class Host {
 public:
  /// `world` must outlive the host. X counts calls by ad account or by token.
  Host(const World& world, bool counts_by_account);

  struct Question {
    base::Instant asked;  ///< X's time
    Fault fault = Fault::kNoFault;
  };
  /// To GET accounts/:account_id/authenticated_user_access. Valid until the next call.
  const http::Reply& access(PairNumber pair, const Question& question);
  /// To GET /1.1/account/verify_credentials.json. Valid until the next call.
  const http::Reply& identity(TokenNumber token, const Question& question);

  /// Answers of 429 because a window was used up.
  std::uint64_t throttled() const { return throttled_; }

 private:
  struct Asked {
    const World::Token& token;
    const World::Account* account;  ///< nullptr at the identity host
    std::uint64_t number;           ///< of the answer: where X has several ways, they take turns
  };
  const http::Reply* weather(base::Instant now);
  const http::Reply* failure(Fault fault, const Asked& asked, base::Instant now);
  const http::Reply& truth(const Truth& truth, const Asked& asked, base::Instant now);
  const http::Reply& broken(http::Stage stage);
  const http::Reply& html(int status, base::Instant now);
  const http::Reply& begin(int status, base::Instant now);
  const http::Reply& refuse(int status, std::string_view code, std::string_view message, base::Instant now,
                            const World::Account* echo = nullptr);
  const http::Reply& grant(const Asked& asked, std::uint8_t role, base::Instant now);
  const http::Reply& alive(const Asked& asked, base::Instant now);
  const http::Reply& broken_grant(Fault fault, const Asked& asked, base::Instant now);
  const http::Reply& lie(Fault fault, const Asked& asked, base::Instant now);
  void add_limits(const Windows::Call& call);
  void add_number(std::string_view name, std::int64_t value);
  std::string_view date(base::Instant now);

  const World& world_;
  bool by_account_;
  Windows windows_;
  http::Reply reply_;
  http::Reply failure_;
  std::string date_;
  base::Instant dated_{};
  std::string large_;  ///< a body that is larger than anybody may send
  std::uint64_t answers_ = 0, throttled_ = 0;
};

}  // namespace simulation
