// Plays many seeds on two threads, and says which of them broke a rule. A failing seed replays alone:
// simulate_many --seeds 17..17 --days 3 --pairs 50

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "simulation/play.h"

namespace {

using simulation::Outcome;
using simulation::Rule;

struct Options {
  std::uint64_t first = 1, last = 1000;
  simulation::Size size{.pairs = 50, .days = 3};
  std::string scenario = "random";
  double faults = -1;     ///< below 0: as the scenario says
  bool constant = false;  ///< nothing becomes of the world
  unsigned threads = 2;
  bool twice = false;            ///< each seed twice, to compare the hashes
  std::uint64_t each_fault = 0;  ///< go on until each fault was told so often
};

/// What all runs together gave.
struct Sum {
  std::uint64_t runs = 0, broken_runs = 0, audits = 0, identity_questions = 0, alerts = 0, changes = 0, events = 0;
  std::array<std::uint64_t, simulation::kRules> broken{};
  std::array<std::uint64_t, simulation::kFaults> faults{};
  std::map<std::string, std::uint64_t> whats;  ///< how often each violation was, of those that were kept
  std::vector<base::Duration> detections;
  base::Duration bound{0};
};

simulation::Scenario scenario_for(const Options& options, std::uint64_t seed) {
  auto scenario = simulation::scenario_named(options.scenario, options.size, seed).value();
  if (options.faults >= 0) scenario.lines.faults = options.faults;
  if (options.constant) scenario.events.clear();
  return scenario;
}

void print_violation(std::uint64_t seed, const simulation::Violation& violation) {
  fmt::print("seed {} at {}: {}: {}{}\n", seed, base::to_text(violation.at), to_text(violation.rule), violation.what,
             violation.pair == simulation::kNone ? "" : fmt::format(" (pair {})", violation.pair));
  for (const auto& line : violation.lines) fmt::print("    {}\n", line);
}

/// `all`: every violation of the run is told, else the first.
void add(Sum& sum, const Outcome& outcome, std::size_t events, bool all) {
  constexpr std::uint64_t kShown = 5;
  ++sum.runs;
  sum.audits += outcome.audits;
  sum.identity_questions += outcome.identity_questions;
  sum.alerts += outcome.alerts;
  sum.changes += outcome.changes;
  sum.events += events;
  sum.bound = outcome.bound;
  for (std::size_t rule = 0; rule < sum.broken.size(); ++rule) sum.broken[rule] += outcome.broken[rule];
  for (std::size_t fault = 0; fault < sum.faults.size(); ++fault) sum.faults[fault] += outcome.faults[fault];
  for (const auto& detection : outcome.detections) sum.detections.push_back(detection.took);
  for (const auto& violation : outcome.violations) {
    if (violation.what.find(" since ") == std::string::npos) ++sum.whats[violation.what];
  }
  if (outcome.fine()) return;
  if (sum.broken_runs++ >= kShown) return;
  for (const auto& violation : outcome.violations) {
    print_violation(outcome.seed, violation);
    if (!all) break;
  }
}

bool enough_faults(const Sum& sum, const Options& options) {
  return std::all_of(sum.faults.begin() + 1, sum.faults.end(),
                     [&](std::uint64_t count) { return count >= options.each_fault; });
}

Sum play_all(const Options& options) {
  Sum sum;
  std::mutex mutex;
  std::atomic<std::uint64_t> next = options.first;
  std::atomic<bool> enough = false;
  const auto work = [&] {
    for (std::uint64_t seed = next++; seed <= options.last && !enough; seed = next++) {
      const auto scenario = scenario_for(options, seed);
      const Outcome outcome = simulation::play(scenario, {.seed = seed});
      const bool differs = options.twice && simulation::play(scenario, {.seed = seed}).hash != outcome.hash;
      const std::lock_guard lock(mutex);
      if (differs) fmt::print("seed {}: two runs differ\n", seed);
      if (differs) ++sum.broken_runs;
      add(sum, outcome, scenario.events.size(), options.first == options.last);
      if (options.each_fault > 0 && enough_faults(sum, options)) enough = true;
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < options.threads; ++i) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
  return sum;
}

void print_sum(Sum& sum, const Options& options, double seconds) {
  fmt::print(
      "{} runs in {:.1f} s: {} audits, {} identity questions, {} events, {} changes, {} alerts; {:.2f} us of {} "
      "threads for each audit\n",
      sum.runs, seconds, sum.audits, sum.identity_questions, sum.events, sum.changes, sum.alerts,
      seconds * options.threads * 1e6 / double(std::max<std::uint64_t>(sum.audits, 1)), options.threads);
  std::sort(sum.detections.begin(), sum.detections.end());
  if (!sum.detections.empty()) {
    const auto at = [&](double share) {
      return sum.detections[std::size_t(share * double(sum.detections.size() - 1))];
    };
    fmt::print("detection of {}: p50 {}, p99 {}, most {}; bound {}\n", sum.detections.size(), base::to_text(at(0.5)),
               base::to_text(at(0.99)), base::to_text(at(1)), base::to_text(sum.bound));
  }
  std::uint64_t faults = 0;
  for (std::size_t fault = 1; fault < sum.faults.size(); ++fault) faults += sum.faults[fault];
  fmt::print("faults told: {}\n", faults);
  for (std::size_t fault = 1; fault < sum.faults.size() && options.each_fault > 0; ++fault)
    fmt::print("  {:<40} {}\n", to_text(static_cast<simulation::Fault>(fault)), sum.faults[fault]);
  for (std::size_t rule = 0; rule < sum.broken.size(); ++rule) {
    if (sum.broken[rule] > 0)
      fmt::print("violations of \"{}\": {}\n", to_text(static_cast<Rule>(rule)), sum.broken[rule]);
  }
  for (const auto& [what, count] : sum.whats) fmt::print("  {} times: {}\n", count, what);
  fmt::print("{} runs with violations\n", sum.broken_runs);
}

/// "17" or "1..1000"
bool read_seeds(const std::string& text, Options& options) {
  const auto dots = text.find("..");
  try {
    options.first = std::stoull(text);
    options.last = dots == std::string::npos ? options.first : std::stoull(text.substr(dots + 2));
  } catch (const std::exception&) {
    return false;
  }
  return options.first <= options.last;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  std::string seeds = "1..1000";
  int days = 3;
  CLI::App app("Plays many seeds of days that did not happen, with the real engine, and checks what it says.");
  app.add_option("--seeds", seeds, "FIRST..LAST");
  app.add_option("--days", days, "of each run");
  app.add_option("--pairs", options.size.pairs, "of each world");
  app.add_option("--scenario", options.scenario, "one of the built-in ones");
  app.add_option("--faults", options.faults, "part of the answers that a fault replaces");
  app.add_flag("--constant", options.constant, "nothing becomes of the world");
  app.add_flag("--twice", options.twice, "each seed twice, to compare");
  app.add_option("--each-fault", options.each_fault, "stop when each fault was told so often");
  app.add_option("--threads", options.threads, "of which each plays one run at a time");
  CLI11_PARSE(app, argc, argv);
  options.size.days = days;
  const auto& names = simulation::scenario_names();
  if (!read_seeds(seeds, options) || std::find(names.begin(), names.end(), options.scenario) == names.end()) {
    fmt::print(stderr, "simulate_many: --seeds FIRST..LAST; scenarios: {}\n", fmt::join(names, " "));
    return 2;
  }
  const auto start = std::chrono::steady_clock::now();
  Sum sum = play_all(options);
  print_sum(sum, options, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return sum.broken_runs == 0 ? 0 : 1;
}
