#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "audit/interval.h"
#include "base/time.h"

namespace audit {

/// The three questions that we ask; each has windows of its own.
enum class Endpoint : std::uint8_t { kAccess, kAccounts, kIdentity };
std::string_view to_text(Endpoint endpoint);

/// Questions that are rare, and whose limits are low: each call is on the disk before it is asked, so that even a crash
/// leaves no doubt about them. Of audits, of which there are thousands a minute, only the pace is certain.
constexpr bool noted_before_asked(Endpoint endpoint) { return endpoint != Endpoint::kAccess; }

/// Routine audits live on the share; confirmations may also use the reserve; spare audits take from the share only
/// what the routine leaves: nothing unless at least half of the burst would stay.
enum class Purpose : std::uint8_t { kRoutine, kConfirmation, kSpare };

constexpr base::Duration kWindow{15 * 60'000};  ///< of every limit that we live with
/// Calls per window, as X documents them; headers correct them.
int documented_limit(Endpoint endpoint);

/// What of X's limits is ours.
struct Allowance {
  double share = 0.10;  ///< of each limit, for everything the audit does
  int reserve = 20;     ///< calls per window that confirmations may add
  bool operator==(const Allowance&) const = default;
};
struct AllowanceRule {
  Match match;
  std::optional<double> share;
  std::optional<int> reserve;
  bool operator==(const AllowanceRule&) const = default;
};
struct BudgetOptions {
  Allowance allowance;
  std::vector<AllowanceRule> rules;  ///< of those that fit, the first that gives a value gives it
};
Allowance allowance_of(const BudgetOptions& options, const Token& token, std::string_view account);

/// Calls of `limit` that the audit may spend in any window. At least one. GET accounts may use the five calls that X
/// documents, whatever the share, because a tenth of five is none.
int share_of(Endpoint endpoint, int limit, double share);
/// Calls per window that confirmations may add to that share. Share and reserve together stay within the limit.
int reserve_of(Endpoint endpoint, int limit, const Allowance& allowance);

/// X counts by token (x-rate-limit-*) or by ad account (x-account-rate-limit-*).
enum class Counting : std::uint8_t { kToken, kAccount };
struct BucketId {
  Counting by = Counting::kToken;
  Endpoint endpoint = Endpoint::kAccess;
  std::uint32_t owner = 0;  ///< TokenIndex or AccountIndex
  auto operator<=>(const BucketId&) const = default;
};

/// One bucket as it is kept over a restart. Times are UTC; the epoch stands for "not ahead of us". A state that equals
/// BucketState{documented_limit(endpoint)} says nothing and need not be kept.
struct BucketState {
  int limit = 0;            ///< calls per window that X allows, documented or learned
  base::Instant full_at{};  ///< of the share
  base::Instant reserve_full_at{};
  base::Instant parked_until{};
  int remaining = -1;              ///< by the latest header of a window that is not over, -1 for none
  base::Instant reset{};           ///< of that window
  base::Instant yielding_until{};  ///< others eat this window until then
  bool operator==(const BucketState&) const = default;
};

}  // namespace audit
