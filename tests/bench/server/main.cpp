#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>

#include "server/server.h"

namespace {

/// Thousands of connections need as many descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  bench::ServerOptions options;
  int delay_ms = 0;
  CLI::App app("A fast server with the answers of X's Ads API, for measuring clients. Server obeys standard input.");
  app.add_option("--cert", options.certificate, "PEM chain")->required();
  app.add_option("--key", options.key, "PEM key")->required();
  app.add_option("--delay-ms", delay_ms, "between request and answer");
  app.add_option("--limit", options.answers.limit, "calls per account and window, as the headers tell");
  app.add_option("--window", options.answers.window_seconds, "seconds");
  app.add_flag("--enforce", options.answers.enforce, "answer 429 above the limit");
  CLI11_PARSE(app, argc, argv);
  options.delay = std::chrono::milliseconds(delay_ms);
  try {
    bench::Server(std::move(options)).run();
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench-server: {}\n", error.what());
    return 1;
  }
}
