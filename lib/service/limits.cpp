#include "service/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace service {
namespace {

using namespace std::chrono_literals;

/// X's rule and the SDKs': five seconds after the reset.
constexpr base::Duration kAfterReset = 5s;
/// Without a reset in the headers of a 429.
constexpr base::Duration kParkBlind = 1min;
/// No header parks us for longer than a window.
constexpr base::Duration kLongestPark = audit::kWindow;

/// The parts of "account/18ce54d4x5t/access".
struct BucketName {
  std::string_view by, owner, endpoint;
};
std::optional<BucketName> parse(std::string_view name) {
  const std::size_t first = name.find('/');
  const std::size_t last = name.rfind('/');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  return BucketName{name.substr(0, first), name.substr(first + 1, last - first - 1), name.substr(last + 1)};
}

std::optional<audit::Endpoint> endpoint_from_text(std::string_view text) {
  for (const auto endpoint : {audit::Endpoint::kAccess, audit::Endpoint::kAccounts, audit::Endpoint::kIdentity}) {
    if (audit::to_text(endpoint) == text) return endpoint;
  }
  return std::nullopt;
}

}  // namespace

audit::Budget::Asker Limits::asker(audit::TokenIndex token, std::optional<audit::AccountIndex> account) const {
  audit::Budget::Asker asker{.token = token, .allowance = options_.allowance};
  if (account) asker.account = *account;
  if (!options_.rules.empty())
    asker.allowance = audit::allowance_of(options_, roster_.token(token), account ? roster_.account_id(*account) : "");
  return asker;
}

std::optional<audit::Budget::Wait> Limits::try_spend(audit::TokenIndex token,
                                                     std::optional<audit::AccountIndex> account,
                                                     audit::Endpoint endpoint, audit::Purpose purpose,
                                                     base::Moment now) {
  return budget_->try_spend(asker(token, account), endpoint, purpose, now.steady);
}

Limits::Lesson Limits::learn(audit::TokenIndex token, std::optional<audit::AccountIndex> account,
                             audit::Endpoint endpoint, const xads::RateLimits& limits, const xads::Answer& answer,
                             std::optional<base::Instant> server_date, base::Moment now) {
  const auto from = asker(token, account);
  const base::Duration utc_offset = server_date.value_or(now.utc) - now.steady;
  Lesson lesson;
  if (const auto* throttled = std::get_if<xads::Throttled>(&answer)) {
    const base::Instant until =
        throttled->reset ? *throttled->reset - utc_offset + kAfterReset : now.steady + kParkBlind;
    const auto bucket = budget_->park(from, endpoint, limits,
                                      std::clamp(until, now.steady + 1s, now.steady + kLongestPark), now.steady);
    if (!budget_->yields(bucket, now.steady)) lesson.overdrawn = bucket;
  }
  const audit::Learned learned = budget_->learn(from, endpoint, limits, utc_offset, now.steady);
  if (learned.yielding_began) {
    lesson.notice =
        fmt::format("budget yielding bucket={} reason=\"others use this rate-limit window\"", name_of(learned.bucket));
    lesson.warning = true;
  } else if (learned.new_limit &&
             told_limits_.emplace(learned.bucket.by, learned.bucket.endpoint, *learned.new_limit).second) {
    lesson.notice =
        fmt::format("budget limit learned bucket={} calls_per_window={}", name_of(learned.bucket), *learned.new_limit);
  }
  return lesson;
}

std::string Limits::name_of(const audit::BucketId& bucket) const {
  const bool by_account = bucket.by == audit::Counting::kAccount;
  const std::string owner = by_account ? std::string(roster_.account_id(audit::AccountIndex{bucket.owner}))
                                       : roster_.record(audit::TokenIndex{bucket.owner}).id.text();
  return fmt::format("{}/{}/{}", by_account ? "account" : "token", owner, audit::to_text(bucket.endpoint));
}

store::BucketRow Limits::note(audit::TokenIndex token, audit::Endpoint endpoint, base::Moment now) {
  const audit::BucketId bucket{audit::Counting::kToken, endpoint, static_cast<std::uint32_t>(token)};
  return {name_of(bucket), budget_->note(bucket, now.utc - now.steady)};
}

std::vector<store::BucketRow> Limits::take_changed(base::Moment now) {
  std::vector<store::BucketRow> rows;
  for (const auto& [bucket, state] : budget_->take_changed(now.utc - now.steady)) {
    const bool idle = state == audit::BucketState{audit::documented_limit(bucket.endpoint)};
    rows.push_back({name_of(bucket), state, idle});
  }
  return rows;
}

std::vector<store::BucketRow> Limits::forget(audit::TokenIndex token) {
  std::vector<store::BucketRow> rows;
  for (const auto endpoint : {audit::Endpoint::kAccess, audit::Endpoint::kAccounts, audit::Endpoint::kIdentity})
    rows.push_back({name_of({audit::Counting::kToken, endpoint, static_cast<std::uint32_t>(token)}), {}, true});
  budget_->forget(token);
  return rows;
}

void Limits::restore(const store::BucketRow& row, base::Moment now) {
  const auto name = parse(row.name);
  const auto endpoint = name ? endpoint_from_text(name->endpoint) : std::nullopt;
  if (!endpoint) return;
  audit::BucketId bucket{.endpoint = *endpoint};
  if (name->by == "account") {
    const auto account = roster_.find_account(name->owner);
    if (!account) return;
    bucket.by = audit::Counting::kAccount;
    bucket.owner = static_cast<std::uint32_t>(*account);
  } else {
    const auto id = audit::TokenId::parse(name->owner);
    const auto token = id ? roster_.find_token(id.value()) : std::nullopt;
    if (!token) return;
    bucket.owner = static_cast<std::uint32_t>(*token);
  }
  budget_->restore(bucket, row.state, now.utc - now.steady, now.steady);
}

}  // namespace service
