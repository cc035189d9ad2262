#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>

#include "base/clock.h"
#include "base/text.h"
#include "budget_plan.h"
#include "context.h"

namespace app {
namespace {

struct Options {
  std::string token, account;
  bool narrowed() const { return !token.empty() || !account.empty(); }
};

/// The proof for one way of counting, narrowed to what was asked for.
struct Report {
  audit::Counting by;
  bool fits = true;
  std::vector<audit::BucketLoad> loads;  ///< the fullest first
  std::vector<audit::PairBound> bounds;  ///< the longest first
};

bool wanted(const settings::Plan& plan, const audit::PlannedPair& pair, const Options& options) {
  return (options.token.empty() || plan.token_of(pair) == options.token) &&
         (options.account.empty() || plan.account_of(pair) == options.account);
}

/// All pairs load the buckets; of the buckets, those are told that a wanted pair spends from.
Report report_on(const BudgetPlan& budget, audit::Counting by, const audit::BoundTerms& terms, const Options& options) {
  audit::Proof proof = audit::prove(budget.plan.pairs, by, budget.limits, terms);
  if (!options.narrowed()) return {by, proof.fits, std::move(proof.loads), std::move(proof.bounds)};
  Report report{.by = by};
  std::set<std::uint32_t> owners;
  for (const audit::PairBound& bound : proof.bounds) {
    const audit::PlannedPair& pair = budget.plan.pairs[bound.pair];
    if (!wanted(budget.plan, pair, options)) continue;
    report.bounds.push_back(bound);
    owners.insert(by == audit::Counting::kToken ? static_cast<std::uint32_t>(pair.token)
                                                : static_cast<std::uint32_t>(pair.account));
  }
  for (const audit::BucketLoad& load : proof.loads) {
    if (!owners.contains(load.bucket.owner)) continue;
    report.fits = report.fits && load.fits();
    report.loads.push_back(load);
  }
  return report;
}

std::string percent(double share) { return fmt::format("{:.4g}%", share * 100); }

std::string terms_text(const settings::Settings& settings, const audit::BoundTerms& terms) {
  const audit::IntervalOptions& intervals = settings.audit.intervals;
  return fmt::format(
      "A lasting change is reported within D = I(1+j) + S + T + (k-1)(c+T): interval I {} (critical {}, archive {}), "
      "jitter j {}, scheduler lateness S {}, request deadline T {}, confirmations k {}, {} apart (c).",
      base::to_text(intervals.normal), base::to_text(intervals.critical), base::to_text(intervals.archive),
      percent(terms.jitter), base::to_text(terms.lateness), base::to_text(terms.deadline), terms.confirmations,
      base::to_text(terms.spacing));
}

/// What would make it fit, or what room is left.
std::string improvement_text(const settings::Plan& plan, const audit::BucketLoad& load) {
  const std::string owner = settings::owner_text(plan, load.bucket);
  if (!load.fits()) return fmt::format("What would make {} fit: {}.", owner, settings::remedy_text(load));
  return fmt::format(
      "The bound gets shorter with the intervals: the fullest bucket, of {}, has room for intervals {:.1f} times "
      "shorter.",
      owner, load.allowed / load.calls);
}

void print_loads(const Report& report, const settings::Plan& plan) {
  constexpr std::size_t kShown = 10;
  Table table({"BUCKET", "PAIRS", "WANTED PER 15m", "ALLOWED", "OF X'S", "FITS"});
  for (std::size_t i = 0; i < std::min(report.loads.size(), kShown); ++i) {
    const audit::BucketLoad& load = report.loads[i];
    table.add({settings::owner_text(plan, load.bucket), std::to_string(load.pairs), fmt::format("{:.1f}", load.calls),
               std::to_string(load.allowed), std::to_string(load.limit), load.fits() ? "yes" : "NO"});
  }
  table.print();
  if (report.loads.size() > kShown) fmt::print("and {} less full\n", report.loads.size() - kShown);
}

void print_bounds(const Report& report, const settings::Plan& plan, bool all) {
  constexpr std::size_t kShown = 20;
  Table table({"TOKEN", "ACCOUNT", "INTERVAL", "ASKED EACH", "BOUND D"});
  const std::size_t shown = all ? report.bounds.size() : std::min(report.bounds.size(), kShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const audit::PairBound& bound = report.bounds[i];
    const audit::PlannedPair& pair = plan.pairs[bound.pair];
    table.add({plan.token_of(pair), plan.account_of(pair), base::to_text(pair.interval),
               base::to_rough_text(bound.interval), base::to_rough_text(bound.bound)});
  }
  table.print();
  if (report.bounds.size() > shown)
    fmt::print("and {} pairs with a bound that is not longer; --json tells all\n", report.bounds.size() - shown);
}

void print_report(const Report& report, const settings::Plan& plan, bool all) {
  fmt::print("\nIf X counts {}: {}; the longest bound is {}.\n", settings::to_text(report.by),
             report.fits ? "fits" : "DOES NOT FIT", base::to_rough_text(report.bounds.front().bound));
  print_loads(report, plan);
  fmt::print("{}\n\n", base::clean_text(improvement_text(plan, report.loads.front())));
  print_bounds(report, plan, all);
}

void print_lists(const std::vector<DiscoveredList>& lists) {
  const auto largest = std::max_element(
      lists.begin(), lists.end(), [](const auto& left, const auto& right) { return left.accounts < right.accounts; });
  fmt::print(
      "\nLists of ad accounts (GET accounts) have a budget of their own: {} calls in 15m for each token until X's "
      "headers show more, a page of 1000 accounts each.\n",
      audit::documented_limit(audit::Endpoint::kAccounts));
  if (largest == lists.end()) return;
  const auto rough = [&](std::size_t accounts) {
    const base::Duration time = time_to_read(accounts, largest->allowed);
    return time == base::Duration::zero() ? std::string("seconds") : "about " + base::to_rough_text(time);
  };
  fmt::print(
      "The longest known list, of token {}, holds {} accounts: read in {}, with {} calls in 15m. A list of 12000 "
      "accounts would take {}.\n",
      largest->token, largest->accounts, rough(largest->accounts), largest->allowed, rough(12'000));
}

void write_load(base::JsonWriter& writer, const audit::BucketLoad& load, const settings::Plan& plan) {
  const bool by_token = load.bucket.by == audit::Counting::kToken;
  const audit::Remedy remedy = audit::remedy_for(load);
  writer.StartObject();
  member(writer, by_token ? "token" : "account",
         std::string_view(by_token ? plan.tokens[load.bucket.owner] : plan.accounts[load.bucket.owner]));
  member(writer, "fits", load.fits());
  member(writer, "pairs", static_cast<std::uint64_t>(load.pairs));
  member(writer, "wanted", load.calls);
  member(writer, "allowed", static_cast<std::uint64_t>(load.allowed));
  member(writer, "limit", static_cast<std::uint64_t>(load.limit));
  writer.Key("would_fit");
  writer.StartObject();
  member(writer, "share", remedy.share);
  member(writer, "interval_factor", remedy.interval_factor);
  member(writer, "tokens", static_cast<std::uint64_t>(remedy.tokens));
  writer.EndObject();
  writer.EndObject();
}

void write_bound(base::JsonWriter& writer, const audit::PairBound& bound, const settings::Plan& plan) {
  const audit::PlannedPair& pair = plan.pairs[bound.pair];
  writer.StartObject();
  member(writer, "token", std::string_view(plan.token_of(pair)));
  member(writer, "account", std::string_view(plan.account_of(pair)));
  member(writer, "interval_ms", pair.interval);
  member(writer, "asked_each_ms", bound.interval);
  member(writer, "bound_ms", bound.bound);
  writer.EndObject();
}

void write_report(base::JsonWriter& writer, const char* name, const Report& report, const settings::Plan& plan) {
  writer.Key(name);
  writer.StartObject();
  member(writer, "fits", report.fits);
  writer.Key("buckets");
  writer.StartArray();
  for (const auto& load : report.loads) write_load(writer, load, plan);
  writer.EndArray();
  writer.Key("pairs");
  writer.StartArray();
  for (const auto& bound : report.bounds) write_bound(writer, bound, plan);
  writer.EndArray();
  writer.EndObject();
}

void write_terms(base::JsonWriter& writer, const settings::Settings& settings, const audit::BoundTerms& terms) {
  const audit::IntervalOptions& intervals = settings.audit.intervals;
  writer.Key("terms");
  writer.StartObject();
  member(writer, "interval_ms", intervals.normal);
  member(writer, "critical_interval_ms", intervals.critical);
  member(writer, "archive_interval_ms", intervals.archive);
  member(writer, "jitter", terms.jitter);
  member(writer, "lateness_ms", terms.lateness);
  member(writer, "deadline_ms", terms.deadline);
  member(writer, "confirmations", static_cast<std::uint64_t>(terms.confirmations));
  member(writer, "spacing_ms", terms.spacing);
  writer.EndObject();
}

void write_lists(base::JsonWriter& writer, const std::vector<DiscoveredList>& lists) {
  writer.Key("discovery");
  writer.StartArray();
  for (const auto& list : lists) {
    writer.StartObject();
    member(writer, "token", std::string_view(list.token));
    member(writer, "accounts", static_cast<std::uint64_t>(list.accounts));
    member(writer, "limit", static_cast<std::uint64_t>(list.limit));
    member(writer, "allowed", static_cast<std::uint64_t>(list.allowed));
    member(writer, "takes_ms", time_to_read(list.accounts, list.allowed));
    writer.EndObject();
  }
  writer.EndArray();
}

BudgetPlan read_plan(const settings::Settings& settings) {
  base::SystemRandom random;
  const auto store = has_database(settings) ? open_store(settings, random, false) : nullptr;
  return read_budget_plan(settings, store.get());
}

int budget(const Invocation& called, const Options& options) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  const BudgetPlan budget = read_plan(settings);
  const audit::BoundTerms terms = service::bound_terms(settings.audit);
  const Report by_account = report_on(budget, audit::Counting::kAccount, terms, options);
  const Report by_token = report_on(budget, audit::Counting::kToken, terms, options);
  if (options.narrowed() && by_token.bounds.empty())
    throw CommandError(kExitNotFound, "no pair of token and ad account fits; see adsauditd account list");
  const bool fits = by_account.fits && by_token.fits;
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      member(writer, "fits", fits);
      write_terms(writer, settings, terms);
      write_report(writer, "by_account", by_account, budget.plan);
      write_report(writer, "by_token", by_token, budget.plan);
      write_lists(writer, budget.lists);
      writer.EndObject();
    });
  } else {
    fmt::print("{}\n", terms_text(settings, terms));
    if (by_token.bounds.empty()) fmt::print("\nNo pair of token and ad account is known yet.\n");
    for (const Report* report : {&by_account, &by_token}) {
      if (!report->bounds.empty()) print_report(*report, budget.plan, options.narrowed());
    }
    print_lists(budget.lists);
  }
  return fits ? kExitOk : kExitFindings;
}

}  // namespace

void add_budget(CLI::App& app, Invocation& invocation) {
  CLI::App* verb =
      app.add_subcommand("budget", "Prove that the audits fit X's rate limits; exit code 10 when they do not");
  auto options = std::make_shared<Options>();
  verb->add_option("--token", options->token, "Only this token");
  verb->add_option("--account", options->account, "Only this ad account");
  verb->footer("Example: adsauditd budget --account 18ce54d4x5t");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return budget(called, *options); };
  });
}

}  // namespace app
