#pragma once

#include <functional>
#include <stdexcept>
#include <string>

#include "exit_codes.h"

namespace CLI {
class App;
}

namespace app {

/// The command line makes no sense. The message says what to write instead.
class UsageError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// A command ends with this code; the message, if any, goes to standard error.
class CommandError : public std::runtime_error {
 public:
  CommandError(ExitCode exit_code, const std::string& message) : std::runtime_error(message), code(exit_code) {}
  ExitCode code;
};

/// What every verb is told.
struct Invocation {
  std::string settings_file = "/etc/adsauditd/adsauditd.yaml";
  bool json = false;
  std::function<int(const Invocation&)> verb;  ///< set by the verb that was named
};

// One function a verb, each in a file of its own: declares the verb's options and sets Invocation::verb.
void add_run(CLI::App& app, Invocation& invocation);
void add_reload(CLI::App& app, Invocation& invocation);
void add_wait(CLI::App& app, Invocation& invocation);
void add_audit(CLI::App& app, Invocation& invocation);
void add_config(CLI::App& app, Invocation& invocation);
void add_token(CLI::App& app, Invocation& invocation);
void add_account(CLI::App& app, Invocation& invocation);
void add_budget(CLI::App& app, Invocation& invocation);
void add_status(CLI::App& app, Invocation& invocation);
void add_top(CLI::App& app, Invocation& invocation);
void add_history(CLI::App& app, Invocation& invocation);
void add_events(CLI::App& app, Invocation& invocation);
void add_incidents(CLI::App& app, Invocation& invocation);
void add_who_had_access(CLI::App& app, Invocation& invocation);
void add_report(CLI::App& app, Invocation& invocation);
void add_expect_change(CLI::App& app, Invocation& invocation);
void add_ack(CLI::App& app, Invocation& invocation);
void add_mute(CLI::App& app, Invocation& invocation);
void add_accept(CLI::App& app, Invocation& invocation);
void add_alerts(CLI::App& app, Invocation& invocation);
void add_doctor(CLI::App& app, Invocation& invocation);
void add_bugreport(CLI::App& app, Invocation& invocation);
void add_explain(CLI::App& app, Invocation& invocation);
void add_blast_radius(CLI::App& app, Invocation& invocation);
void add_database(CLI::App& app, Invocation& invocation);
void add_key(CLI::App& app, Invocation& invocation);
void add_simulate(CLI::App& app, Invocation& invocation);
void add_completion(CLI::App& app, Invocation& invocation);
void add_documents(CLI::App& app, Invocation& invocation);
void add_version(CLI::App& app, Invocation& invocation);

/// Runs what the command line asks for and returns the exit code. Throws UsageError, CommandError and what the rooms
/// throw.
int run_command(int argc, char** argv);

}  // namespace app
