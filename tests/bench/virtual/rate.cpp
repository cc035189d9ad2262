// 100,000 pairs against an API that counts calls in windows and refuses what is too much, in virtual time.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>

#include "virtual/simulation.h"

namespace {

using namespace std::chrono_literals;

constexpr base::Duration kInterval = 15min;
constexpr base::Duration kWindow = 15min;
constexpr double kShare = 0.10;

/// Which of X's two ways of counting: with account headers or without them.
enum class Family { kToken, kAccount };

/// Counts every call in windows that begin with their first call, as X does, and says so in the headers.
class WindowedApi {
 public:
  WindowedApi(Family family, int limit, bench::Population population)
      : family_(family),
        limit_(limit),
        population_(population),
        windows_(std::size_t(std::max(population.tokens, population.accounts))),
        asked_at_(population.pairs()) {}

  xads::Observation operator()(int token, int account, base::Moment now) {
    note_lateness(population_.pair_of(token, account), now);
    Window& window = windows_[std::size_t(family_ == Family::kToken ? token : account)];
    if (now.utc >= window.ends) window = {now.utc + kWindow, 0};
    largest_ = std::max(largest_, ++window.used);
    auto seen = bench::granted({"AD_MANAGER"}, now);
    const bool refused = window.used > limit_;
    if (refused) {
      ++refused_;
      seen.answer = xads::Throttled{window.ends};
      seen.evidence = {429, "TOO_MANY_REQUESTS"};
    }
    const xads::RateLimit headers{limit_, std::max(0, limit_ - window.used), window.ends};
    (family_ == Family::kToken ? seen.limits.user : seen.limits.account) = headers;
    return seen;
  }

  /// Lateness is noted from here on: how much later than one interval after its answer a pair is asked again.
  void expect_latency(base::Duration latency) { latency_ = latency; }

  std::uint64_t refused() const { return refused_; }
  int largest() const { return largest_; }
  std::size_t never_asked() const {
    return std::size_t(std::count(asked_at_.begin(), asked_at_.end(), base::Instant{}));
  }
  std::vector<base::Duration>& lateness() { return lateness_; }

 private:
  struct Window {
    base::Instant ends{};
    int used = 0;
  };

  void note_lateness(std::size_t pair, base::Moment now) {
    if (latency_ && asked_at_[pair] != base::Instant{})
      lateness_.push_back(std::max(base::Duration{0}, now.steady - asked_at_[pair] - *latency_ - kInterval));
    asked_at_[pair] = now.steady;
  }

  Family family_;
  int limit_;
  bench::Population population_;
  std::vector<Window> windows_;
  std::vector<base::Instant> asked_at_;  ///< steady
  std::optional<base::Duration> latency_;
  std::vector<base::Duration> lateness_;
  std::uint64_t refused_ = 0;
  int largest_ = 0;
};

struct RateOptions {
  std::string directory;
  int pairs = 100'000;
  int tokens = 625;  ///< 160 accounts each: 160 of the 200 calls that the share of 2,000 allows
};

/// No jitter, so that lateness can be told from outside.
bench::SimulationOptions simulated(const std::string& database) {
  bench::SimulationOptions options;
  options.audit.intervals.normal = kInterval;
  options.audit.intervals.jitter = 0;
  options.audit.intervals.boost.enabled = false;
  options.audit.budget.allowance.share = kShare;
  options.database = database;
  options.max_in_flight = 4096;
  return options;
}

double seconds(base::Duration duration) { return double(duration.count()) / 1000; }

base::Duration percentile(std::vector<base::Duration>& values, double share) {
  if (values.empty()) return {};
  const auto place = values.begin() + std::ptrdiff_t(share * double(values.size() - 1));
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

double resident_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
  return 0;
}

/// Two hours by the windows, then two hours without a process, then one minute.
std::string keep_windows(const RateOptions& options, Family family) {
  bench::Population population{options.tokens, options.pairs / options.tokens, options.pairs};
  int limit = 2000;
  if (family == Family::kAccount) {  // five tokens ask for each account, 6 calls are the share
    population.accounts = options.pairs / 5;
    limit = 60;
  }
  WindowedApi api(family, limit, population);
  auto simulation_options = simulated(options.directory + (family == Family::kToken ? "/token.db" : "/account.db"));
  const auto latency = simulation_options.latency;
  bench::Simulation simulation(std::move(simulation_options), population, std::ref(api));
  simulation.run_for(2 * kInterval);
  api.expect_latency(latency);
  simulation.run_for(2h - 2 * kInterval);
  auto& lateness = api.lateness();
  const double p99 = seconds(percentile(lateness, 0.99)), most = seconds(percentile(lateness, 1.0));
  simulation.restart_after(2h);
  const auto before = simulation.asked();
  simulation.run_for(1min);
  const double first_minute = double(simulation.asked() - before);
  return fmt::format(
      R"({{"refused":{},"largest_window":{},"share":{},"p99_s":{:.3f},"max_s":{:.3f},"gaps":{},"never_asked":{},)"
      R"("first_minute":{:.0f},"steady_minute":{:.0f}}})",
      api.refused(), api.largest(), int(kShare * limit), p99, most, lateness.size(), api.never_asked(), first_minute,
      double(population.pairs()) / seconds(kInterval) * 60);
}

/// Every answer takes 30 s: how long until all pairs were asked?
std::string slow_sweep(const RateOptions& options) {
  const bench::Population population{options.tokens, options.pairs / options.tokens, options.pairs};
  WindowedApi api(Family::kToken, 2000, population);
  auto slow = simulated(options.directory + "/slow.db");
  slow.latency = 30s;
  bench::Simulation simulation(std::move(slow), population, std::ref(api));
  base::Duration took{0};
  while (api.never_asked() > 0 && took < 2h) {
    simulation.run_for(10s);
    took += 10s;
  }
  return fmt::format(R"({{"sweep_min":{:.1f},"left":{},"peak_in_flight":{},"rss_mb":{:.0f}}})",
                     seconds(took + 30s) / 60, api.never_asked(), simulation.peak_in_flight(), resident_mb());
}

}  // namespace

int main(int argc, char** argv) {
  RateOptions options;
  CLI::App app("The real engine and store against rate-limit windows, in virtual time.");
  std::string part;
  app.add_option("--directory", options.directory, "for databases")->required();
  app.add_option("--part", part, "which")->required()->check(CLI::IsMember({"token", "account", "slow"}));
  app.add_option("--pairs", options.pairs, "how many; a multiple of 160 and of 5");
  CLI11_PARSE(app, argc, argv);
  options.tokens = options.pairs / 160;
  try {
    const std::string line = part == "slow"
                                 ? slow_sweep(options)
                                 : keep_windows(options, part == "token" ? Family::kToken : Family::kAccount);
    fmt::print("{}\n", line);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench-rate: {}\n", error.what());
    return 1;
  }
}
