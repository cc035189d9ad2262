// fake-ads-api: X's Ads API in one small process, for tests and for the demo. README.md tells how to talk to it.
#include <pthread.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

#include "control.h"
#include "json.h"
#include "listeners.h"
#include "stage.h"
#include "tls_server.h"

namespace fakes {
namespace {

struct CommandLine {
  std::string address = "127.0.0.1";
  int port = 0;
  int control_port = 0;
  int sink_port = 0;
  std::string certificate_file;
  std::string key_file;
  std::string world_file;
  bool wrong_certificate = false;
  bool exit_with_stdin = false;
  size_t threads = 256;
  std::uint32_t seed = 1;
};

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

int listen_on(httplib::Server& server, const std::string& address, int port) {
  const int bound = port != 0 ? (server.bind_to_port(address, port) ? port : -1) : server.bind_to_any_port(address);
  if (bound <= 0) throw std::runtime_error("cannot listen on " + address + ":" + std::to_string(port));
  return bound;
}

void listen_in_background(httplib::Server& server) {
  std::thread([&server] { server.listen_after_bind(); }).detach();
}

void end_with_stdin() {
  std::thread([] {
    char ignored[256];
    while (::read(STDIN_FILENO, ignored, sizeof ignored) > 0) {
    }
    ::kill(::getpid(), SIGTERM);
  }).detach();
}

/// Only the calling thread may then wait for these signals. A peer that hangs up must not end the process.
sigset_t block_signals() {
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

/// Returns only by an exception.
[[noreturn]] void run(const CommandLine& line) {
  const sigset_t signals = block_signals();
  static Stage stage(line.seed);
  stage.wrong_certificate = line.wrong_certificate;
  if (!line.world_file.empty()) command(stage, "POST", "/world", {}, read_file(line.world_file));

  const auto api = make_tls_server({line.certificate_file, line.key_file, line.threads,
                                    [] { return stage.wrong_certificate.load(); },
                                    [] {
                                      const std::lock_guard guard(stage.lock);
                                      stage.tally.handshake();
                                    }});
  httplib::Server control;
  httplib::Server sinks;
  set_up(control, 16);
  set_up(sinks, 64);
  serve_api(*api, stage);
  serve_control(control, stage);
  serve_sinks(sinks, stage);

  const int api_port = listen_on(*api, line.address, line.port);
  const int control_port = listen_on(control, line.address, line.control_port);
  const int sink_port = listen_on(sinks, line.address, line.sink_port);
  listen_in_background(*api);
  listen_in_background(control);
  listen_in_background(sinks);
  std::cout << R"({"api_port":)" << api_port << R"(,"control_port":)" << control_port << R"(,"sink_port":)" << sink_port
            << '}' << std::endl;

  if (line.exit_with_stdin) end_with_stdin();
  int signal = 0;
  sigwait(&signals, &signal);
  // Held and idle connections would keep cpp-httplib's threads for up to a minute, and there is nothing to save.
  std::_Exit(0);
}

CLI::App& describe(CLI::App& app, CommandLine& line) {
  app.add_option("--address", line.address, "where to listen");
  app.add_option("--port", line.port, "port of the API (TLS); 0 takes a free one");
  app.add_option("--control-port", line.control_port, "port of the control plane (plain HTTP)");
  app.add_option("--sink-port", line.sink_port, "port of the sinks (plain HTTP)");
  app.add_option("--cert", line.certificate_file, "certificate chain, PEM")->required();
  app.add_option("--key", line.key_file, "private key, PEM")->required();
  app.add_option("--world", line.world_file, "JSON file with the world to begin with");
  app.add_option("--threads", line.threads, "how many connections the API serves at once");
  app.add_option("--seed", line.seed, "seed of the misbehaviours with a probability");
  app.add_flag("--wrong-cert", line.wrong_certificate, "show a self-signed certificate for another name");
  app.add_flag("--exit-with-stdin", line.exit_with_stdin, "end when standard input closes");
  return app;
}

}  // namespace
}  // namespace fakes

int main(int argc, char** argv) {
  fakes::CommandLine line;
  CLI::App app("A fake X Ads API for tests");
  fakes::describe(app, line);
  try {
    app.parse(argc, argv);
    fakes::run(line);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::cerr << "fake-ads-api: " << error.what() << '\n';
    return 1;
  }
}
