#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "service/engine.h"
#include "store/store.h"

namespace bench {

struct SimulationOptions {
  service::AuditOptions audit;
  std::string database;
  bool tell_somebody = false;   ///< one webhook, which takes everything at once
  base::Duration latency{100};  ///< of every answer
  std::size_t max_in_flight = 64;
  base::Duration flush_interval{2 * 60'000};
};

/// `tokens` access tokens, each with `accounts_per_token` of `accounts` ad accounts, one after another and over again.
struct Population {
  int tokens = 1;
  int accounts_per_token = 1;
  int accounts = 1;
  std::size_t pairs() const { return std::size_t(tokens) * std::size_t(accounts_per_token); }
  /// The number of a pair, from 0.
  std::size_t pair_of(int token, int account) const;
};

/// The real engine and the real store through simulated time. What the API says is a function of who asks for what
/// and when. Answers come in the order of the questions.
class Simulation {
 public:
  using Api = std::function<xads::Observation(int token, int account, base::Moment now)>;

  Simulation(SimulationOptions options, Population population, Api api);

  void run_for(base::Duration span);
  /// An orderly end, `pause` without a process, and a new start from the database.
  void restart_after(base::Duration pause);
  /// Bytes of the database, with nothing left in its log. Stops and starts.
  std::uintmax_t database_size();

  base::Moment now() const { return clock_.now(); }
  std::uint64_t asked() const { return asked_; }
  std::uint64_t answered() const { return answered_; }
  std::size_t peak_in_flight() const { return peak_in_flight_; }

 private:
  struct Pending {
    base::Instant due;  ///< steady
    service::AuditWork work;
    xads::Observation observation;
  };

  void watch();
  void start();
  void stop();
  void flush();
  void ask_all();
  void finish_due();
  base::Instant next_event() const;
  void commit();

  SimulationOptions options_;
  Population population_;
  Api api_;
  base::ManualClock clock_{base::from_epoch_ms(1'790'000'000'000)};
  base::SeededRandom random_{42};
  std::vector<alert::Destination> destinations_;
  std::vector<alert::Route> routes_;
  std::vector<alert::MaintenanceWindow> windows_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<service::Engine> engine_;
  std::deque<Pending> in_flight_;  ///< by due time
  std::vector<alert::DeliveryAttempt> attempts_;
  base::Instant next_flush_{}, next_commit_{};
  std::uint64_t asked_ = 0, answered_ = 0;
  std::size_t peak_in_flight_ = 0;
};

/// "18ce0000042" is account 42, "t0000042" token 42.
std::string account_name(int number);
std::string token_name(int number);

/// What `user_id` is to an answer that grants the permissions.
xads::Observation granted(const std::vector<std::string>& permissions, base::Moment now);

}  // namespace bench
