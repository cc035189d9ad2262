#include "daemon.h"

#include <fmt/format.h>
#include <spdlog/logger.h>

#include <boost/asio/post.hpp>
#include <csignal>
#include <utility>

#include "base/text.h"

namespace app {
namespace {

/// Complaints that a log gets of one reload.
constexpr std::size_t kMostLogged = 10;

/// Without the line of the file and the caret.
std::string in_one_line(const settings::Complaint& complaint) {
  const std::string text = settings::to_text(complaint);
  return base::clean_text(text.substr(0, text.find('\n')));
}

/// The first error; without one, the message.
std::string reason_of(const ReloadOutcome& outcome) {
  for (const auto& complaint : outcome.complaints) {
    if (!complaint.warning) return in_one_line(complaint);
  }
  return base::clean_text(outcome.message);
}

/// Whether a daemon of this database hears commands, whatever it makes of this one.
bool a_daemon_answers(const std::string& store_path) {
  for (const std::string& path : control_paths(store_path)) {
    const auto answer = service::ask_daemon(path, {"greet", store_path}, std::chrono::seconds(2));
    if (answer && outcome_from_line(answer.value()).code != kExitUnreachable) return true;
  }
  return false;
}

/// What X suffered from may be what the next settings mend.
bool asks_elsewhere(const settings::Settings& before, const settings::Settings& next) {
  return before.api.base_url != next.api.base_url || before.api.identity_url != next.api.identity_url ||
         before.api.deadline != next.api.deadline || before.tls.ca_file != next.tls.ca_file;
}

}  // namespace

Daemon::Daemon(const Invocation& called, settings::Settings settings)
    : settings_file_(called.settings_file),
      store_path_(settings.store_path),
      store_key_(settings.store_key.clone()),
      settings_(std::make_shared<settings::Settings>(std::move(settings))),
      metrics_(ADSAUDITD_VERSION, store_path_, clock_.now().utc),
      signals_(control_io_, SIGHUP, SIGTERM, SIGINT),
      log_(make_logger(settings_->log)),
      site_(store_path_, metrics_, clock_, random_),
      status_(
          clock_, health_, [this] { return site_.make_show(); },
          [this](const std::string& why) {
            const std::lock_guard lock(mutex_);
            log_->error("status listener: {}", base::clean_text(why));
          }) {}

Daemon::~Daemon() {
  control_io_.stop();
  if (thread_.joinable()) thread_.join();
}

int Daemon::run() {
  await_signal();
  site_.follow(*settings_);
  store_ = open_when_free();
  if (!store_) return kExitOk;
  status_.open(settings_->status);
  start_control();
  std::optional<service::Handover> handover;
  while (true) {
    handover = run_assembly(std::move(handover));
    const std::lock_guard lock(mutex_);
    if (handover && stopping_) supervisor_.stopping();  // the loop did not know
    if (!handover || stopping_) return kExitOk;
    if (asks_elsewhere(*settings_, *next_)) handover->api_pace = handover->identity_pace = std::nullopt;
    settings_ = std::move(next_);
    site_.follow(*settings_);
    log_ = make_logger(settings_->log);
    supervisor_.feed_watchdog();
  }
}

/// A command that works in front (audit --once, account discover) may hold the database for minutes: it is waited for,
/// because nobody starts a daemon again that has ended for it. Nothing when a signal comes meanwhile. Throws
/// store::LockedStore when another daemon holds it.
std::unique_ptr<store::Store> Daemon::open_when_free() {
  for (bool told = false;; told = true) {
    try {
      return open_as_daemon(*settings_, random_, clock_.now().utc);
    } catch (const store::LockedStore&) {
      if (a_daemon_answers(store_path_)) throw;
    }
    if (!told) log_->warn("a command uses the database; the audit starts when it has ended path={}", store_path_);
    std::this_thread::sleep_for(std::chrono::seconds(1));
    control_io_.poll();  // its thread does not run yet
    if (stopping_) return nullptr;
  }
}

std::optional<service::Handover> Daemon::run_assembly(std::optional<service::Handover> handover) {
  const auto log = log_;  // written by this thread alone
  Assembly assembly(*settings_, *log, clock_, random_, *store_, health_, &metrics_);
  service::Loop& loop = assembly.loop();
  const bool reloaded = handover.has_value();
  loop.on_ready([this, reloaded] {
    if (reloaded) boost::asio::post(control_io_, [this] { finish({kExitOk, "", std::move(warnings_)}); });
  });
  {
    const std::lock_guard lock(mutex_);
    assembly_ = &assembly;
    if (stopping_) assembly.post([&loop] { loop.stop("SIGTERM"); });
  }
  const auto forget = [this] {
    const std::lock_guard lock(mutex_);
    assembly_ = nullptr;
  };
  try {
    handover = loop.run(std::move(handover));
  } catch (...) {
    forget();
    throw;
  }
  forget();
  return handover;
}

bool Daemon::with_assembly(std::function<void(Assembly&)> job) {
  const std::lock_guard lock(mutex_);
  if (assembly_ == nullptr) return false;
  assembly_->post([assembly = assembly_, job = std::move(job)] { job(*assembly); });
  return true;
}

void Daemon::start_control() {
  const std::string path = control_paths(store_path_).front();
  try {
    socket_ = std::make_unique<service::ControlSocket>(
        control_io_, path,
        [this](const service::ControlRequest& request, Answer answer) { hear(request, std::move(answer)); });
    log_->info("control socket path={}", path);
  } catch (const std::exception& error) {  // the audit is worth more: SIGHUP is heard all the same
    log_->warn("no control socket, so adsauditd reload cannot reach this process path={} reason=\"{}\"", path,
               base::clean_text(error.what()));
  }
  thread_ = std::thread([this] { control_io_.run(); });
}

void Daemon::await_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int number) {
    if (error) return;
    if (number == SIGHUP) {
      reload(nullptr);
    } else {
      {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
      }
      with_assembly([number](Assembly& assembly) { assembly.loop().stop(number == SIGTERM ? "SIGTERM" : "SIGINT"); });
    }
    await_signal();
  });
}

void Daemon::hear(const service::ControlRequest& request, Answer answer) {
  if (!request.store.empty() && request.store != store_path_)
    return answer(to_line({kExitUnreachable, "this daemon has another database: " + store_path_, {}}));
  if (request.action == "ready") {
    const bool ready = health_.ready(clock_.now().steady);
    return answer(to_line(
        ready ? ReloadOutcome{kExitOk, "ready", {}}
              : ReloadOutcome{kExitFailure, "it starts or stops, has no room to write, or gives no sign of life", {}}));
  }
  if (request.action != "reload")
    return answer(to_line({kExitUsage, "this daemon knows no such request; it may be of another version", {}}));
  reload(std::move(answer));
}

void Daemon::reload(Answer answer) {
  if (reloading_) {  // what is being read may be older than what is asked for
    again_ = true;
    if (answer) next_waiting_.push_back(std::move(answer));
    return;
  }
  reloading_ = true;
  again_ = false;
  waiting_ = std::exchange(next_waiting_, {});
  if (answer) waiting_.push_back(std::move(answer));
  read_settings();
}

void Daemon::read_settings() {
  supervisor_.reloading();
  auto loaded = settings::load_file(settings_file_, references_of_process(Secrets::kNeeded));
  if (!loaded.settings) return finish({kExitSettings, "the settings are broken", std::move(loaded.complaints)});
  if (auto fixed = fixed_changes(*loaded.settings); !fixed.empty())
    return finish({kExitSettings, "a running daemon cannot follow this change", std::move(fixed)});
  try {
    boost::asio::io_context unused;
    http::TlsTransport(unused, loaded.settings->tls);
  } catch (const std::exception& error) {
    return finish({kExitSettings, error.what(), {}});
  }
  try {
    status_.prepare(loaded.settings->status);
  } catch (const std::runtime_error& error) {
    return finish({kExitFailure, std::string("status.listen: ") + error.what(), {}});
  }
  hand_over(std::move(loaded));
}

/// What only a start can change.
std::vector<settings::Complaint> Daemon::fixed_changes(const settings::Settings& next) const {
  std::vector<settings::Complaint> complaints;
  const auto refuse = [&](const char* path, std::string message) {
    complaints.push_back({settings_file_, 0, 0, path, std::move(message), "", false});
  };
  if (next.store_path != store_path_)
    refuse("store.path", fmt::format("is {}, and the running daemon uses {}; another database needs a restart: "
                                     "systemctl restart adsauditd",
                                     next.store_path, store_path_));
  if (next.store_key.reveal() != store_key_.reveal())
    refuse("store.key",
           "is another key than the running daemon uses; another key needs a restart: "
           "systemctl restart adsauditd");
  return complaints;
}

void Daemon::hand_over(settings::Loaded loaded) {
  warnings_ = std::move(loaded.complaints);
  const auto next = std::make_shared<settings::Settings>(std::move(*loaded.settings));
  {
    const std::lock_guard lock(mutex_);
    next_ = next;
  }
  const auto refused = [this](const std::string& why) {
    boost::asio::post(control_io_, [this, why] { finish({kExitFailure, why, {}}); });
  };
  const auto prepare = [this, next](store::Store& store) { follow_settings(store, *next, random_, clock_.now().utc); };
  const bool posted =
      with_assembly([prepare, refused](Assembly& assembly) { assembly.loop().hand_over(prepare, refused); });
  if (!posted) finish({kExitFailure, "the daemon is starting or stopping; try again", {}});
}

void Daemon::finish(ReloadOutcome outcome) {
  const bool good = outcome.code == kExitOk;
  status_.settle(good);
  metrics_.reloaded(good, clock_.now().utc);
  if (good) outcome.message = settings_file_ + ": these settings are in force now";
  const std::string reason = reason_of(outcome);
  std::shared_ptr<spdlog::logger> log;
  std::string remark;
  {
    const std::lock_guard lock(mutex_);
    log = log_;
    remark_ = good ? "" : fmt::format("; reload failed at {}: {}", base::to_text(clock_.now().utc), reason);
    remark = remark_;
  }
  for (std::size_t place = 0; place < std::min(outcome.complaints.size(), kMostLogged); ++place) {
    const auto& complaint = outcome.complaints[place];
    log->log(complaint.warning ? spdlog::level::warn : spdlog::level::err, "settings {}", in_one_line(complaint));
  }
  if (good)
    log->info("settings reloaded file={}", settings_file_);
  else
    log->error("reload failed, the old settings stay reason=\"{}\"", reason);
  with_assembly([remark](Assembly& assembly) { assembly.loop().set_remark(remark); });
  if (!good) supervisor_.ready();  // a new loop says it by itself
  const std::string line = to_line(outcome);
  for (const Answer& answer : std::exchange(waiting_, {})) answer(line);
  reloading_ = false;
  if (again_) reload(nullptr);
}

}  // namespace app
