// How much a database grows in a year in which little happens.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <exception>

#include "virtual/simulation.h"

namespace {

using namespace std::chrono_literals;

constexpr auto kYear = 365 * 24h;
constexpr int kChangesPerPair = 4;

struct YearOptions {
  std::string database;
  int pairs = 200;
  bool tell_somebody = true;
};

/// Each pair's permissions change four times a year, at the same distances, each pair at times of its own.
bench::Simulation::Api changing_api(base::Instant start, int pairs) {
  return [start, pairs](int, int account, base::Moment now) {
    const auto between = base::Duration(kYear) / kChangesPerPair;
    const auto shift = between / 2 - between / 2 * account / pairs;
    const auto changes = (now.steady - start + shift) / between;
    return bench::granted({changes % 2 == 0 ? "AD_MANAGER" : "ANALYST", "TWEET_COMPOSER"}, now);
  };
}

void run(const YearOptions& options) {
  const auto began = std::chrono::steady_clock::now();
  bench::SimulationOptions simulated{.database = options.database, .tell_somebody = options.tell_somebody};
  // What an unchanged answer costs does not depend on how often open runs are flushed.
  simulated.flush_interval = 6h;
  const base::Instant start = base::from_epoch_ms(1'790'000'000'000);
  bench::Simulation simulation(std::move(simulated), {.tokens = options.pairs, .accounts = options.pairs},
                               changing_api(start, options.pairs));
  simulation.run_for(1h);
  const auto before = simulation.database_size();
  simulation.run_for(kYear);
  const auto after = simulation.database_size();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  fmt::print(R"({{"pairs":{},"changes_per_pair":{},"first_bytes_per_pair":{:.0f},"bytes_per_pair":{:.0f},)"
             R"("audits":{},"seconds":{:.1f}}})"
             "\n",
             options.pairs, kChangesPerPair, double(before) / options.pairs, double(after - before) / options.pairs,
             simulation.asked(), took.count());
}

}  // namespace

int main(int argc, char** argv) {
  YearOptions options;
  CLI::App app("A simulated year of the real engine and store.");
  app.add_option("--database", options.database, "a new file")->required();
  app.add_option("--pairs", options.pairs, "how many");
  app.add_option("--tell-somebody", options.tell_somebody, "false: no destination, so no alert is kept");
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench-year: {}\n", error.what());
    return 1;
  }
}
