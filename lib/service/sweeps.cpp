#include "service/sweeps.h"

#include <algorithm>
#include <utility>

namespace service {
namespace {

/// Ids in one question; with their commas they have to fit into a URL.
constexpr std::size_t kMissingAtOnce = 100;

}  // namespace

void Sweeps::add(audit::TokenIndex token, base::Instant due) { schedule_.add(slot_of(token), due); }

void Sweeps::remove(audit::TokenIndex token) {
  schedule_.remove(slot_of(token));
  open_.erase(static_cast<std::uint32_t>(token));
}

void Sweeps::resume(audit::TokenIndex token, std::string cursor, std::vector<audit::AccountIndex> seen) {
  std::sort(seen.begin(), seen.end());
  open_[static_cast<std::uint32_t>(token)] = {std::move(cursor), std::move(seen), {}};
}

std::optional<Sweeps::Question> Sweeps::take_due(base::Instant now) {
  const auto due = schedule_.take_due(now);
  if (!due) return std::nullopt;
  Question question{.token = audit::TokenIndex{static_cast<std::uint32_t>(due->pair)}};
  const auto open = open_.find(static_cast<std::uint32_t>(question.token));
  if (open == open_.end()) return question;
  question.cursor = open->second.cursor;
  const auto& missing = open->second.missing;
  question.missing.assign(missing.begin(),
                          missing.begin() + static_cast<std::ptrdiff_t>(std::min(missing.size(), kMissingAtOnce)));
  return question;
}

void Sweeps::page(audit::TokenIndex token, std::string next_cursor, const std::vector<audit::AccountIndex>& seen) {
  Open& open = open_[static_cast<std::uint32_t>(token)];
  open.cursor = std::move(next_cursor);
  open.seen.insert(open.seen.end(), seen.begin(), seen.end());
  std::sort(open.seen.begin(), open.seen.end());
}

void Sweeps::ask_missing(audit::TokenIndex token, std::vector<audit::AccountIndex> missing) {
  open_[static_cast<std::uint32_t>(token)].missing = std::move(missing);
}

std::vector<audit::AccountIndex> Sweeps::take_missing(audit::TokenIndex token) {
  auto& missing = open_[static_cast<std::uint32_t>(token)].missing;
  const auto end = missing.begin() + static_cast<std::ptrdiff_t>(std::min(missing.size(), kMissingAtOnce));
  std::vector<audit::AccountIndex> asked(missing.begin(), end);
  missing.erase(missing.begin(), end);
  return asked;
}

bool Sweeps::has_missing(audit::TokenIndex token) const {
  const auto open = open_.find(static_cast<std::uint32_t>(token));
  return open != open_.end() && !open->second.missing.empty();
}

bool Sweeps::was_seen(audit::TokenIndex token, audit::AccountIndex account) const {
  const auto open = open_.find(static_cast<std::uint32_t>(token));
  return open != open_.end() && std::binary_search(open->second.seen.begin(), open->second.seen.end(), account);
}

void Sweeps::restart(audit::TokenIndex token) { open_.erase(static_cast<std::uint32_t>(token)); }

void Sweeps::complete(audit::TokenIndex token, base::Instant due) {
  open_.erase(static_cast<std::uint32_t>(token));
  schedule_.put_back(slot_of(token), due);
}

}  // namespace service
