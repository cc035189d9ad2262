#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "service/engine.h"
#include "simulation/host.h"
#include "simulation/network.h"
#include "simulation/oracle.h"
#include "simulation/play.h"
#include "simulation/trace.h"
#include "simulation/world.h"
#include "store/store.h"

namespace simulation {

constexpr base::Instant kStart = base::from_epoch_ms(1'790'000'000'000);

/// One run: drives engine and store as the daemon's loop does, with virtual time. See play().
class Player {
 public:
  Player(const Scenario& scenario, const PlayOptions& options);
  Outcome run();

 private:
  /// An event that is over at some time.
  struct End {
    base::Instant at;
    std::size_t event;
    World::Undo undo;
  };

  // The stage.
  void store_tokens(const std::vector<TokenNumber>& tokens);
  void start();

  // Time.
  base::Instant next_time() const;
  void act();
  void settle_events();
  void after_event(const Event& event);
  void take_ticks();
  void flush();

  // Questions and answers.
  void ask_all();
  void ask(service::Work work);
  void deliver_due();
  void deliver(Sent& sent);
  PairNumber pair_of(const service::AuditWork& work);

  // What is committed.
  void commit();
  void tell(const store::Batch& batch);
  void close();

  const Scenario& scenario_;
  PlayOptions options_;
  base::ManualClock clock_{kStart};
  base::SeededRandom random_;
  std::vector<alert::Destination> destinations_;
  std::vector<alert::Route> routes_;
  std::vector<alert::MaintenanceWindow> windows_;
  service::AuditOptions audit_options_;
  World world_;
  Trace trace_;
  Oracle oracle_;
  Host host_;
  Faults faults_;
  Network network_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<service::Engine> engine_;
  std::uint64_t revision_ = 0;
  std::vector<TokenNumber> token_at_;                           ///< by the engine's index
  std::vector<std::pair<audit::ProbeId, PairNumber>> pair_at_;  ///< by the engine's index
  std::vector<audit::TokenId> ids_;                             ///< by token
  std::map<verdict::IncidentId, bool> told_;                    ///< of open incidents, for the story
  std::vector<std::size_t> order_;                              ///< of the events, by time
  std::size_t next_event_ = 0;
  std::vector<End> ends_;
  base::Instant end_, next_tick_, next_flush_, next_look_;
  int replacements_ = 0;
  Outcome outcome_;
};

}  // namespace simulation
