#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "change_output.h"
#include "context.h"
#include "operator_words.h"
#include "time_option.h"

namespace app {
namespace {

using State = verdict::PlannedChange::State;

struct Options {
  std::string account, to, token, until, reason, by, withdraw;
  bool list = false;
  bool all = false;
};

/// Throws UsageError for a permission that X does not document: a slip would make the announced change loud.
std::optional<xads::Permissions> target_of(const std::string& text) {
  if (text == "none") return std::nullopt;
  std::vector<std::string_view> known;
  for (const auto permission : xads::all_permissions()) known.push_back(xads::to_text(permission));
  xads::Permissions target;
  for (const auto piece : base::split(text, ',')) {
    const auto name = base::trim(piece);
    if (!xads::permission_from_text(name)) {
      const auto nearest = base::nearest(name, known);
      throw UsageError(fmt::format("--to: unknown permission \"{}\"{}", base::clean_text(name),
                                   nearest.empty() ? fmt::format("; it is one of {}, or none", fmt::join(known, ", "))
                                                   : fmt::format(", did you mean \"{}\"?", nearest)));
    }
    target.add(name);
  }
  return target;
}

void require_known(store::Store& store, const std::string& account, const std::string& token) {
  const auto accounts = store.accounts();
  const auto is_it = [&](const store::AccountFacts& facts) { return facts.id == account; };
  if (std::none_of(accounts.begin(), accounts.end(), is_it) && store.history({.account = account, .limit = 1}).empty())
    throw CommandError(kExitNotFound, fmt::format("there is no ad account \"{}\"; see adsauditd account list",
                                                  base::clean_text(account)));
  if (token.empty()) return;
  const auto names = token_names(store);
  if (std::none_of(names.begin(), names.end(), [&](const auto& known) { return known.second == token; }))
    throw CommandError(kExitNotFound,
                       fmt::format("there is no token \"{}\"; see adsauditd token list", base::clean_text(token)));
}

void write_plan(base::JsonWriter& writer, const verdict::PlannedChange& plan) {
  writer.StartObject();
  member(writer, "id", std::string_view(plan.id.text()));
  member(writer, "state", verdict::to_text(plan.state));
  member(writer, "account", std::string_view(plan.account));
  member_or_null(writer, "token", plan.token);
  if (plan.to) {
    member(writer, "to", plan.to->texts());
  } else {
    writer.Key("to");
    writer.Null();
  }
  member(writer, "announced_at", plan.announced_at);
  member(writer, "until", plan.until);
  member(writer, "by", std::string_view(plan.by));
  member(writer, "reason", std::string_view(plan.reason));
  writer.EndObject();
}

void print_one(const Invocation& called, const verdict::PlannedChange& plan, const std::string& words) {
  if (called.json)
    print_json([&](base::JsonWriter& writer) { write_plan(writer, plan); });
  else
    fmt::print("{}\n", words);
}

int list(const Invocation& called, store::Store& store, bool all) {
  const auto plans = store.planned_changes(!all);
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      writer.Key("planned_changes");
      writer.StartArray();
      for (const auto& plan : plans) write_plan(writer, plan);
      writer.EndArray();
      writer.EndObject();
    });
    return kExitOk;
  }
  if (plans.empty()) {
    fmt::print("no change is announced\n");
    return kExitOk;
  }
  Table table({"PLAN", "STATE", "ACCOUNT", "TOKEN", "TO", "UNTIL", "BY", "REASON"});
  for (const auto& plan : plans)
    table.add({plan.id.text(), std::string(verdict::to_text(plan.state)), plan.account,
               plan.token.empty() ? "any" : plan.token, verdict::target_text(plan), base::to_text(plan.until), plan.by,
               plan.reason});
  table.print();
  return kExitOk;
}

int withdraw(const Invocation& called, store::Store& store, const std::string& text) {
  const auto id = verdict::PlanId::parse(text);
  auto plans = store.planned_changes(false);
  const auto plan =
      std::find_if(plans.begin(), plans.end(), [&](const auto& each) { return id && each.id == id.value(); });
  if (plan == plans.end())
    throw CommandError(kExitNotFound, fmt::format("there is no announced change \"{}\"; see adsauditd expect-change "
                                                  "--list",
                                                  base::clean_text(text)));
  if (plan->state != State::kOpen && plan->state != State::kOverdue)
    throw CommandError(kExitNotFound, fmt::format("{} is not open any more: it is {}", plan->id.text(),
                                                  verdict::to_text(plan->state)));
  plan->state = State::kWithdrawn;
  store.put_planned_change(*plan);
  print_one(called, *plan, plan->id.text() + " is withdrawn");
  return kExitOk;
}

/// Without an id, and not yet held against the database.
verdict::PlannedChange plan_of(const Options& options, base::Instant now) {
  if (options.account.empty() || options.to.empty() || options.until.empty())
    throw UsageError("expect-change wants ACCOUNT, --to, --until and --reason, or --list, or --withdraw ID");
  verdict::PlannedChange plan;
  plan.account = options.account;
  plan.token = options.token;
  plan.to = target_of(options.to);
  plan.announced_at = now;
  plan.until = deadline_of(options.until, "--until", now);
  plan.reason = checked_words(options.reason, "--reason");
  plan.by = options.by.empty() ? operator_name() : checked_words(options.by, "--by");
  return plan;
}

int announce(const Invocation& called, store::Store& store, const verdict::PlannedChange& plan) {
  require_known(store, plan.account, plan.token);
  store.put_planned_change(plan);
  print_one(called, plan,
            fmt::format("{}: {} on {} is expected to have {} by {}; the daemon takes it up within seconds, or at its "
                        "next start",
                        plan.id.text(), plan.token.empty() ? "a token" : plan.token, plan.account,
                        verdict::target_text(plan), base::to_text(plan.until)));
  return kExitOk;
}

int expect_change(const Invocation& called, const Options& options) {
  const bool announces = !options.list && options.withdraw.empty();
  const auto now = base::SystemClock().now().utc;
  auto plan = announces ? plan_of(options, now) : verdict::PlannedChange();
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  if (options.list) return list(called, *store, options.all);
  if (!announces) return withdraw(called, *store, options.withdraw);
  plan.id = verdict::PlanId::make(now, random);
  return announce(called, *store, plan);
}

}  // namespace

void add_expect_change(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand(
      "expect-change", "Announce a change: quiet when it comes, loud when another comes or none by then");
  auto options = std::make_shared<Options>();
  CLI::Option* account = verb->add_option("ACCOUNT", options->account, "The ad account");
  verb->add_option("--to", options->to, "What a token will have there: PERMISSION[,PERMISSION], or none");
  verb->add_option("--token", options->token, "Only this token; any token on the account unless given");
  verb->add_option("--until", options->until, "The latest: a time in UTC, or a duration from now on");
  verb->add_option("--reason", options->reason, "Why; kept in the change log");
  verb->add_option("--by", options->by, "Who; the login name unless given");
  CLI::Option* list = verb->add_flag("--list", options->list, "Show what is announced and has not come");
  verb->add_flag("--all", options->all, "With --list: also what came or was withdrawn")->needs(list);
  CLI::Option* withdraw = verb->add_option("--withdraw", options->withdraw, "Take back this one: its id");
  list->excludes(account);
  withdraw->excludes(account)->excludes(list);
  verb->footer(
      "Example: adsauditd expect-change 18ce54d4x5t --token brand-a --to CAMPAIGN_ANALYST --until 2h --reason \"new "
      "agency\"");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return expect_change(called, *options); };
  });
}

}  // namespace app
