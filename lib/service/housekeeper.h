#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>

#include "base/clock.h"
#include "service/store_thread.h"
#include "store/retention.h"

namespace spdlog {
class logger;
}

namespace service {

/// Throws away every hour what is kept no longer, in steps of some milliseconds with pauses between them, so that the
/// store has time for what is new. Loop thread only.
class Housekeeper {
 public:
  struct Pace {
    base::Duration first{10 * 60'000};  ///< after the start, which has enough to do
    base::Duration every{60 * 60'000};
    base::Duration between_steps{50};
    base::Duration while_busy{200};
  };

  /// `may_write`: whether the store has nothing else to do, and room. All others outlive the housekeeper.
  Housekeeper(boost::asio::io_context& io, StoreThread& store, store::Retention retention, const base::Clock& clock,
              spdlog::logger& log, std::function<bool()> may_write, const Pace& pace);

  void start();
  void stop();

 private:
  void wait(base::Duration pause);
  void step();
  void note(const store::Pruned& step);

  StoreThread& store_;
  const store::Retention retention_;
  const base::Clock& clock_;
  spdlog::logger& log_;
  std::function<bool()> may_write_;
  Pace pace_;
  boost::asio::steady_timer timer_;
  store::Pruned pass_;  ///< what the present one did so far
  bool stopped_ = false;
};

}  // namespace service
