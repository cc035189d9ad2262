#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "control.h"
#include "machine.h"
#include "service/control_socket.h"
#include "service/supervisor.h"
#include "status_place.h"
#include "status_site.h"

namespace app {

/// `adsauditd run`: one assembly after the other on the same database, each on the settings of its time. A thread of
/// its own hears SIGHUP and the control socket and reads the settings, so that a slow disk delays no audit. Broken
/// settings never take the place of running ones.
///
///   idle -reload-> reading --broken, or not to be changed while running--> idle, the old ones stay
///                     \--good--> handing over (service::Loop::hand_over) --> a new assembly is ready --> idle
class Daemon {
 public:
  Daemon(const Invocation& called, settings::Settings settings);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Until SIGTERM or SIGINT. Throws what the store and the network throw.
  int run();

 private:
  using Answer = service::ControlSocket::Answer;

  std::unique_ptr<store::Store> open_when_free();
  std::optional<service::Handover> run_assembly(std::optional<service::Handover> handover);
  void start_control();

  // On the control thread.
  void await_signal();
  void hear(const service::ControlRequest& request, Answer answer);
  void reload(Answer answer);
  void read_settings();
  void hand_over(settings::Loaded loaded);
  std::vector<settings::Complaint> fixed_changes(const settings::Settings& next) const;
  void finish(ReloadOutcome outcome);

  /// Runs `job` with the present assembly on its thread. False when there is none.
  bool with_assembly(std::function<void(Assembly&)> job);

  const std::string settings_file_;
  const std::string store_path_;
  const base::Secret store_key_;
  base::SystemClock clock_;
  base::SystemRandom random_;
  std::shared_ptr<settings::Settings> settings_;  ///< of the present assembly; main thread
  std::unique_ptr<store::Store> store_;           ///< used by the assembly's store thread while there is one
  service::Supervisor supervisor_;
  service::Health health_{clock_.now().steady};
  service::Metrics metrics_;  ///< outlives each assembly

  // Control thread.
  boost::asio::io_context control_io_{1};
  boost::asio::signal_set signals_;
  std::unique_ptr<service::ControlSocket> socket_;
  bool reloading_ = false;
  bool again_ = false;                          ///< SIGHUP came while reloading
  std::vector<Answer> waiting_, next_waiting_;  ///< for the present reload; for the one after it
  std::vector<settings::Complaint> warnings_;   ///< of the settings that are being taken over

  std::mutex mutex_;  ///< guards what follows
  Assembly* assembly_ = nullptr;
  std::shared_ptr<settings::Settings> next_;  ///< kept by whoever still reads it
  std::shared_ptr<spdlog::logger> log_;
  std::string remark_;  ///< for the status line
  bool stopping_ = false;

  StatusSite site_;     ///< any thread
  StatusPlace status_;  ///< control thread; its threads log

  std::thread thread_;  ///< the control thread; last, so that all else is there
};

}  // namespace app
