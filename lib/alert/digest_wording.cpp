#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "alert/alert.h"
#include "base/text.h"

namespace alert {
namespace {

std::string counts_text(const Digest& digest) {
  std::vector<std::string> parts;
  const auto add = [&](std::uint64_t count, std::string_view what) {
    if (count > 0) parts.push_back(fmt::format("{} {}", count, what));
  };
  add(digest.opened, "opened");
  add(digest.updated, "changed");
  add(digest.reminded, "last");
  add(digest.resolved, "resolved");
  return base::join(parts, ", ");
}

std::string title_of(const Digest& digest) {
  const std::string what = digest.group.empty() ? "Many alerts at once" : digest.group;
  return fmt::format("{}{}: {}", digest.test ? "[TEST] " : "", what, counts_text(digest));
}

/// What all of the listed alerts share, beside the group.
std::vector<std::string> shared_of(const Digest& digest) {
  std::set<std::string> causes, apps, accounts;
  for (const Alert& alert : digest.first) {
    causes.emplace(verdict::to_text(alert.incident.finding.key.cause));
    apps.insert(alert.subject.app);
    accounts.insert(alert.subject.account_id);
  }
  std::vector<std::string> shared;
  const auto add = [&](std::string_view what, const std::set<std::string>& values) {
    if (values.size() != 1 || values.begin()->empty()) return;
    std::string text = fmt::format("{}{}", what, *values.begin());
    if (text != digest.group) shared.push_back(std::move(text));
  };
  if (digest.first.size() < 2) return shared;
  add("", causes);
  add("app ", apps);
  add("account ", accounts);
  return shared;
}

/// Nothing is claimed of alerts that are not at hand.
std::string common_text(const Digest& digest) {
  const std::string shared = base::join(shared_of(digest), ", ");
  if (shared.empty()) return digest.group;
  const bool all_listed = digest.first.size() >= digest.total();
  const std::string of_those = all_listed ? shared : "of those listed: " + shared;
  if (digest.group.empty()) return of_those;
  return fmt::format("{}{}{}", digest.group, all_listed ? ", " : "; ", of_those);
}

bool graver(const Alert* left, const Alert* right) {
  const bool left_over = left->state == State::kResolved;
  const bool right_over = right->state == State::kResolved;
  if (left_over != right_over) return right_over;
  return verdict::severity_of(left->incident.finding) > verdict::severity_of(right->incident.finding);
}

std::string line_of(const Alert& alert) {
  const bool over = alert.state == State::kResolved;
  return fmt::format("[{}] {}; {}", over ? "over" : verdict::to_text(verdict::severity_of(alert.incident.finding)),
                     wording_of(alert).title,
                     over ? wording_of(alert).since : "since " + base::to_text(alert.incident.opened_at));
}

}  // namespace

std::string list_command(const Digest& digest) { return "adsauditd alerts list --alert " + digest.id.text(); }

DigestWording wording_of(const Digest& digest) {
  DigestWording wording;
  if (!digest.title.empty()) {
    wording.title = digest.title;
    wording.lines = digest.lines;
    return wording;
  }
  wording.title = title_of(digest);
  wording.common = common_text(digest);
  std::vector<const Alert*> sorted;
  for (const Alert& alert : digest.first) sorted.push_back(&alert);
  std::stable_sort(sorted.begin(), sorted.end(), graver);
  if (sorted.size() > kMostListed) sorted.resize(kMostListed);
  for (const Alert* alert : sorted) wording.lines.push_back(line_of(*alert));
  if (digest.total() > sorted.size()) wording.more = fmt::format("… and {} more", digest.total() - sorted.size());
  wording.list = list_command(digest);
  return wording;
}

}  // namespace alert
