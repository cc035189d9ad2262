#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "http/deadlines.h"
#include "http/message.h"
#include "http/transport.h"

namespace http {

class Connection;
struct Site;

/// One request on its way.
struct Exchange {
  Request request;     ///< without its URL, which site and target stand for
  std::string target;  ///< path and query
  Site* site = nullptr;
  Transport::Handler on_reply;
  Deadlines::Clock::time_point ends_at;
  std::uint64_t number = 0;          ///< in the order in which they came
  Connection* connection = nullptr;  ///< that works for it
  bool started = false;              ///< holds one of the slots
  bool retried = false;
};

/// All requests on their way, by an id that is never used twice and never 0. Places are reused, so that a request costs
/// no allocation here. Loop thread only.
class Exchanges {
 public:
  using Id = std::uint64_t;

  Id add(Exchange exchange);
  /// nullptr when it has ended. Valid until take() of the same id.
  Exchange* find(Id id);
  /// Requires that it has not ended.
  Exchange& at(Id id);
  Exchange take(Id id);
  std::size_t size() const { return size_; }

  /// Those that end before or at `time`, in the order in which they came.
  std::vector<Id> ending_by(Deadlines::Clock::time_point time) const;
  /// When the first one ends; max() when there is none.
  Deadlines::Clock::time_point first_end() const;

 private:
  struct Place {
    std::uint32_t generation = 0;
    std::optional<Exchange> exchange;
  };

  std::deque<Place> places_;
  std::vector<std::uint32_t> free_;  ///< in places_
  std::size_t size_ = 0;
  std::uint64_t last_number_ = 0;
};

}  // namespace http
