#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "service/dispatcher.h"
#include "service/engine.h"
#include "service/health.h"
#include "service/heartbeat.h"
#include "service/housekeeper.h"
#include "service/keyring.h"
#include "service/metrics.h"
#include "service/pulse.h"
#include "service/repeater.h"
#include "service/store_thread.h"
#include "service/supervisor.h"
#include "xads/client.h"
#include "xads/error_codes.h"

namespace service {

/// An answer as it came, for whoever watches (audit --explain).
struct Audited {
  std::string token;
  std::string account;
  xads::Observation observation;
  verdict::Baseline baseline;  ///< after the answer
};

/// A page of a token's list of accounts, or why it did not come.
struct Discovered {
  std::string token;
  std::size_t accounts = 0;  ///< of this token, so far
  bool complete = false;     ///< it was the last page
  std::string failure;       ///< empty when the page came
};

struct LoopOptions {
  store::Retention retention;
  base::Duration flush_interval{2 * 60'000};  ///< of open runs and buckets
  base::Duration refresh_interval{2'000};     ///< how soon a token of the command line is noticed
  base::Duration drain_limit{3'000};          ///< at the end, for deliveries under way
  /// People are told that nothing can be written when it lasts for so long: a moment's refusal is none of their
  /// business.
  base::Duration pause_to_tell{10'000};
  // Before another loop takes the place of this one:
  base::Duration deliveries_limit{
      30'000};                          ///< for deliveries under way, meanwhile the audit goes on; their own is less
  base::Duration answers_limit{2'000};  ///< then for answers of X; a question without one is asked again
};

/// Everything that the loop moves, and does not own.
struct LoopParts {
  boost::asio::io_context& io;
  boost::asio::signal_set& signals;  ///< SIGTERM and SIGINT, caught since before anything was opened
  Engine& engine;
  const Keyring& keyring;
  const xads::Client& client;
  const xads::CodeTable& codes;  ///< what the codes of refusals mean
  http::Transport& api;
  http::Transport& sinks;
  alert::Courier& courier;
  const std::vector<alert::Destination>& destinations;
  const std::vector<alert::Heartbeat>& heartbeats;
  Health& health;
  store::Store& store;
  const base::Clock& clock;
  spdlog::logger& log;
  Metrics* metrics = nullptr;  ///< none: nobody scrapes this process
};

/// Runs the day on one thread: asks what the engine wants asked, commits what it decides, sends what was committed.
/// Ends on SIGTERM and SIGINT, or when the focus of `audit --once` is settled.
class Loop {
 public:
  Loop(const LoopParts& parts, LoopOptions options);

  /// Until a signal or stop(): gives nothing. Or until what hand_over() began is done: gives what the next loop is to
  /// be run with. Throws what the store threw, when it failed: the caller ends the process.
  std::optional<Handover> run(std::optional<Handover> handover = std::nullopt);
  using Refused = std::function<void(const std::string& why)>;
  /// The settings are others. Calls `prepare` on the store's thread, takes over what it did to the tokens, and brings
  /// run() to its end with everything on disk: nothing is begun, what is under way is recorded, or asked again by the
  /// next loop. Calls `refused` and goes on as ever when that cannot be done now.
  void hand_over(std::function<void(store::Store&)> prepare, Refused refused);
  void stop(const std::string& why) { begin_stop(why); }
  /// Called once, when run() has begun.
  void on_ready(std::function<void()> ready) { ready_ = std::move(ready); }
  /// Stands at the end of the status line from now on.
  void set_remark(std::string remark);
  /// Asks the pairs that fit once, waits for confirmations and for the deliveries of what was found, within `limit`.
  /// Returns the number of pairs that could not be settled in that time.
  std::size_t run_once(const std::string& token, const std::string& account, base::Duration limit);
  /// Reads the lists of accounts of one discovered token, or of all (empty), within `limit`. Returns the number of
  /// tokens whose list could not be read to its end.
  std::size_t run_discovery(const std::string& token, base::Duration limit);

  /// Sends what the operator asked for as a test, and what else is pending, within `limit`, or until nothing is pending
  /// for this destination. Asks X nothing.
  void run_deliveries(const std::string& destination, base::Duration limit);

  void observe(std::function<void(const Audited&)> observer) { observer_ = std::move(observer); }
  void observe_discovery(std::function<void(const Discovered&)> observer) { discovered_ = std::move(observer); }

 private:
  void load(std::optional<Handover> handover = std::nullopt);
  void tell(const std::vector<Notice>& notices);
  void run_until_stopped();

  void pump();
  void start(const Work& work);
  void ask(const AuditWork& work);
  void ask(const IdentityWork& work);
  void ask(const DiscoveryWork& work);
  /// Whether the reply still means something; if not, the question waits again.
  bool counts(const Work& work, const http::Reply& reply);
  void after_answer();
  void report(const AuditWork& work, const xads::Observation& observation);
  void report(const DiscoveryWork& work, const xads::AccountsObservation& observation);

  void commit_soon();
  void commit();
  void pause(store::Batch batch, const std::string& why);
  void announce_pause(const std::string& why);
  void send_urgent();
  void resume();
  void after_commit(const store::Batch& batch);
  void count(const store::Batch& batch);

  void prepare_handover(const store::TokenNews& tokens);
  void wait_for_handover();
  void begin_stop(const std::string& why);
  void continue_stop();
  void finish_stop();
  bool drained() const;
  bool well() const;
  bool clock_is_off() const;

  void tick();
  void prove_life();
  std::string_view stuck();
  void show_status();
  void show_figures();
  void refresh();
  void flush();
  void flush_some();
  void every(boost::asio::steady_timer& timer, base::Duration interval, void (Loop::*action)());

  LoopParts parts_;
  LoopOptions options_;
  StoreThread store_thread_;
  Dispatcher dispatcher_;
  Repeater repeater_;
  Heartbeat heartbeat_;
  Housekeeper housekeeper_;
  Supervisor supervisor_;
  Pulse questions_, deliveries_;  ///< do they move?
  boost::asio::steady_timer pump_timer_, commit_timer_, flush_timer_, refresh_timer_, tick_timer_, stop_timer_;
  std::vector<alert::DeliveryAttempt> attempts_;  ///< not committed yet
  std::optional<store::Batch> unwritten_;         ///< refused for want of room; written before anything else
  base::Instant paused_at_{};                     ///< steady; meaningless unless retry_in_ says so
  bool pause_told_ = false;
  std::vector<alert::PendingDelivery> urgent_;   ///< told from memory while nothing can be written, not arrived yet
  std::vector<alert::DeliveryAttempt> arrived_;  ///< of those: arrived, to be committed with the rows they are of
  std::size_t urgent_in_flight_ = 0;
  base::Duration retry_in_{0};            ///< growing while refused, 0 otherwise
  std::vector<Work> held_;                ///< to be asked after the next commit
  std::optional<base::Instant> pump_at_;  ///< steady, when the timer will pump
  bool commit_planned_ = false;
  bool committing_ = false;
  bool flushing_ = false;  ///< more open runs are to follow the present commit
  bool handing_over_ = false;
  bool asks_no_more_ = false;     ///< while handing over, when all deliveries have ended
  base::Instant hand_over_by_{};  ///< steady
  Refused refused_;               ///< while handing over
  std::function<void()> ready_;
  std::string remark_;
  bool stopping_ = false;
  bool finishing_ = false;
  bool ended_ = false;  ///< the last batch is made
  bool once_ = false;
  std::optional<std::string> deliver_to_;  ///< run_deliveries(): whose deliveries are waited for
  base::Instant stop_by_{};                ///< steady
  std::int64_t data_version_ = -1;  ///< of the latest refresh; the first one takes what was said while nobody ran
  std::uint64_t token_revision_ = 0;
  bool incidents_changed_ = true;   ///< since the metrics counted them
  bool deliveries_changed_ = true;  ///< since the metrics counted them
  std::exception_ptr failure_;
  std::function<void(const Audited&)> observer_;
  std::function<void(const Discovered&)> discovered_;
};

}  // namespace service
