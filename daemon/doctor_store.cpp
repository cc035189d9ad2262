#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "budget_plan.h"
#include "config_access.h"
#include "context.h"
#include "doctor_judge.h"
#include "settings/listing.h"
#include "store/upkeep.h"

namespace app {
namespace {

constexpr std::uint64_t kQuicklyRead = std::uint64_t{1} << 30;  // bytes: half a second or so
constexpr std::uint64_t kTokensTried = 100'000;

std::string mebibytes(std::uint64_t bytes) { return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20)); }

/// The database itself. `usable`: it can be opened, and its schema is ours.
CheckResult check_file(const std::string& path, bool& usable) {
  if (::access(path.c_str(), R_OK | W_OK) != 0)  // a reader, too, writes beside the database
    return {.name = "database",
            .state = CheckState::kSkipped,
            .seen = fmt::format("{}: {}", path, std::generic_category().message(errno)),
            .advice = "run this as root, or as the daemon's user"};
  const auto glance = store::glance(path, kQuicklyRead);
  CheckResult result{.name = "database"};
  result.seen = fmt::format("{}: schema {}, {} ({} of it free){}", path, glance.schema, mebibytes(glance.file_bytes),
                            mebibytes(glance.free_bytes),
                            glance.every_page ? "" : "; too large to look at every page here: adsauditd db check does");
  usable = glance.damage.empty() && glance.schema == glance.newest_schema;
  if (!glance.damage.empty()) {
    result.state = CheckState::kProblem;
    result.seen = fmt::format("{} is damaged: {}", path, base::clean_text(glance.damage));
    result.advice = "adsauditd db check tells more; stop the daemon, keep the damaged file, put a backup in its place";
  } else if (!usable) {
    result.state = CheckState::kWarning;
    result.advice = fmt::format("this program makes schema {}: the daemon brings it up to date when it starts again",
                                glance.newest_schema);
  }
  return result;
}

CheckResult check_space(const std::string& store_path) {
  const auto folder = std::filesystem::absolute(store_path).parent_path().string();
  struct statvfs space {};
  if (::statvfs(folder.c_str(), &space) != 0)
    return {.name = "disk",
            .state = CheckState::kProblem,
            .seen = fmt::format("{}: {}", folder, std::generic_category().message(errno)),
            .advice = "store.path must lie in a folder that is there"};
  std::error_code none;
  const auto size = std::filesystem::file_size(store_path, none);
  return judge_space(std::uint64_t{space.f_bavail} * space.f_frsize, none ? 0 : size, folder);
}

std::string name_of_user(uid_t user) {
  const passwd* const entry = ::getpwuid(user);
  return entry == nullptr ? fmt::format("user {}", user) : entry->pw_name;
}

/// Where the key's file is, if it is one.
std::optional<KeyFile> key_file_of(const std::string& settings_file) {
  const auto all = settings::list_file(settings_file);
  const auto key = std::find_if(all.begin(), all.end(), [](const auto& one) { return one.path == "store.key"; });
  if (key == all.end()) return std::nullopt;
  const auto path = settings::file_of_reference(key->value, references_of_process(Secrets::kNeeded));
  struct stat status {};
  if (!path || ::stat(path->c_str(), &status) != 0) return std::nullopt;
  const passwd* const daemon = ::getpwnam(kDaemonUser);
  const bool trusted =
      status.st_uid == 0 || status.st_uid == ::geteuid() || (daemon != nullptr && status.st_uid == daemon->pw_uid);
  return KeyFile{*path, status.st_mode, name_of_user(status.st_uid), trusted};
}

CheckResult try_key(const settings::Settings& settings) {
  const auto trial = store::try_key(store_options(settings, store::Access::kReader), kTokensTried);
  CheckResult result{.name = "key", .seen = fmt::format("it opens the secrets of {} tokens", trial.opened)};
  if (trial.shut) {
    result.state = CheckState::kProblem;
    result.seen = fmt::format("it does not open the secrets of {}; of others, {}", *trial.shut, trial.opened);
    result.advice = "add such tokens again (adsauditd token add), or set store.old_key to the key that sealed them";
  } else if (trial.tokens > trial.opened) {
    result.seen += fmt::format(", of {} in all; adsauditd db check opens every one", trial.tokens);
  }
  return result;
}

CheckResult check_key(const Patient& patient, bool usable) {
  if (patient.secrets_skipped) return skipped_check("key", "it cannot be read; see settings");
  const auto file = key_file_of(patient.settings_file);
  if (file) {
    if (auto found = judge_key_file(*file)) return *found;
  }
  if (!usable) return skipped_check("key", "there is no database that it could open");
  try {
    auto result = try_key(*patient.settings());
    if (file) result.seen += fmt::format("; {} has mode {:04o}", file->path, file->mode & 07777U);
    return result;
  } catch (const store::UnusableStore& error) {
    return {.name = "key",
            .state = CheckState::kProblem,
            .seen = error.what(),
            .advice = "set store.key (or store.old_key) to the key that sealed the tokens, or add the tokens again"};
  }
}

CheckResult check_budget(const settings::Settings& settings, store::Store* store) {
  const BudgetPlan budget = read_budget_plan(settings, store);
  const auto terms = service::bound_terms(settings.audit);
  const auto by_account = audit::prove(budget.plan.pairs, audit::Counting::kAccount, budget.limits, terms);
  const auto by_token = audit::prove(budget.plan.pairs, audit::Counting::kToken, budget.limits, terms);
  if (budget.plan.pairs.empty())
    return {
        .name = "budget",
        .state = CheckState::kWarning,
        .seen = "no pair of token and ad account is known yet: nothing is watched",
        .advice = "add tokens (adsauditd token add, authorize or import); adsauditd account list shows their accounts"};
  CheckResult result{.name = "budget"};
  const auto& worst = by_account.fits ? by_token : by_account;
  result.seen =
      fmt::format("{} pairs fit X's limits; a change is noticed within {}", budget.plan.pairs.size(),
                  base::to_rough_text(std::max(by_account.bounds.front().bound, by_token.bounds.front().bound)));
  if (by_account.fits && by_token.fits) return result;
  result.state = by_account.fits ? CheckState::kWarning : CheckState::kProblem;
  result.seen = fmt::format("{} pairs do not fit {}; a change is noticed within {}", budget.plan.pairs.size(),
                            by_account.fits ? "if X counts by token" : "X's limits",
                            base::to_rough_text(worst.bounds.front().bound));
  result.advice = "adsauditd budget tells which, and what would make them fit";
  return result;
}

CheckResult check_deliveries(store::Store& store) {
  const auto counts = store.delivery_counts();
  CheckResult result{.name = "deliveries"};
  result.seen = fmt::format("{} delivered, {} pending, {} dead", counts.delivered, counts.pending, counts.dead);
  std::vector<std::string> ill;
  for (const auto& [destination, of_it] : store.undelivered()) {
    if (of_it.dead > 0) ill.push_back(fmt::format("{} dead at {}", of_it.dead, destination));
  }
  if (ill.empty()) return result;
  result.state = CheckState::kProblem;
  result.seen += ": " + base::join(ill, ", ");
  result.advice = "adsauditd alerts dead tells why; when the destination is well again: adsauditd alerts replay";
  return result;
}

/// Incidents that are about the audit itself, not about tokens and roles: while they are open, silence proves nothing.
CheckResult check_audit(store::Store& store) {
  std::vector<std::string> causes;
  for (const auto cause : verdict::all_causes()) {
    const auto scope = verdict::scope_of(cause);
    if (scope == verdict::Scope::kAudit || scope == verdict::Scope::kDelivery || scope == verdict::Scope::kStore)
      causes.emplace_back(verdict::to_text(cause));
  }
  const auto open = store.incidents({.open_only = true, .causes = causes});
  CheckResult result{.name = "audit", .seen = "no incident of the audit itself is open: it sees and tells"};
  if (open.empty()) return result;
  const auto& latest = open.front();
  result.state = CheckState::kProblem;
  result.seen = fmt::format("{} incident{} of the audit itself open, the latest {} since {}", open.size(),
                            open.size() == 1 ? "" : "s", verdict::to_text(latest.finding.key.cause),
                            base::to_text(latest.opened_at));
  result.advice = fmt::format("adsauditd incidents {}; adsauditd explain {}", latest.id.text(),
                              verdict::to_text(latest.finding.key.cause));
  return result;
}

}  // namespace

CheckResults check_database(const Patient& patient) {
  CheckResults results;
  std::error_code ignored;
  bool usable = false;
  if (std::filesystem::exists(patient.store_path, ignored))
    results.push_back(guarded_check("database", [&] { return check_file(patient.store_path, usable); }));
  else
    results.push_back({.name = "database",
                       .state = CheckState::kWarning,
                       .seen = fmt::format("there is none at {} yet", patient.store_path),
                       .advice = "the daemon makes it when it starts first; else look at store.path"});
  results.push_back(guarded_check("disk", [&] { return check_space(patient.store_path); }));
  const auto* settings = patient.settings();
  if (settings == nullptr) {
    for (const auto* name : {"key", "budget", "deliveries", "audit"})
      results.push_back(skipped_check(name, "the settings are broken"));
    return results;
  }
  results.push_back(guarded_check("key", [&] { return check_key(patient, usable); }));
  base::SystemRandom random;
  std::unique_ptr<store::Store> store;
  if (usable) store = store::open_sqlite({.path = settings->store_path, .access = store::Access::kReader}, random, {});
  results.push_back(guarded_check("budget", [&] { return check_budget(*settings, store.get()); }));
  if (!store) {
    for (const auto* name : {"deliveries", "audit"})
      results.push_back(skipped_check(name, "there is no database to look at"));
    return results;
  }
  results.push_back(guarded_check("deliveries", [&] { return check_deliveries(*store); }));
  results.push_back(guarded_check("audit", [&] { return check_audit(*store); }));
  return results;
}

}  // namespace app
