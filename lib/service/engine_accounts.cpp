// What the engine does with lists of accounts. The rest of it is in engine.cpp.

#include <algorithm>
#include <utility>

#include "service/engine.h"

namespace service {

using audit::AccountIndex;
using audit::PairIndex;
using audit::TokenIndex;

namespace {

using namespace std::chrono_literals;

constexpr base::Duration kRecheckDelay = 1min;   ///< after an answer without a statement
constexpr base::Duration kAfterRefusal = 15min;  ///< a window

}  // namespace

void Engine::finish(const DiscoveryWork& work, const xads::AccountsObservation& observation, base::Moment now) {
  const TokenIndex token = work.asked.token;
  const xads::Answer answer = observation.page ? xads::Answer(xads::Granted{}) : observation.answer;
  settle_pace(api_pace_, work.asked, answer, now);
  take_lesson(limits_.learn(token, std::nullopt, audit::Endpoint::kAccounts, observation.limits, answer,
                            observation.server_date, now),
              token, std::nullopt, answer, observation.evidence, now);
  if (!sweeps_.running(token)) return;  // its accounts are listed by the settings now
  if (observation.page) {
    return work.accounts.empty() ? take_page(work, *observation.page, now) : take_missing(work, *observation.page, now);
  }
  // A refused cursor would be refused for ever; after an outage it may still be good.
  const bool refused = std::holds_alternative<xads::Denied>(observation.answer);
  if (refused) {
    sweeps_.restart(token);
    batch_.discovery_steps.push_back({roster_.record(token).id, "", {}});
  }
  undiscovered_.erase(token);
  const auto* unavailable = std::get_if<xads::Unavailable>(&observation.answer);
  const base::Duration pause =
      unavailable != nullptr ? std::max(kRecheckDelay, unavailable->retry_after.value_or(0ms)) : kAfterRefusal;
  sweeps_.defer(token, now.steady + std::min(pause, kAfterRefusal));
}

void Engine::take_page(const DiscoveryWork& work, const xads::AccountsPage& page, base::Moment now) {
  const TokenIndex token = work.asked.token;
  std::vector<AccountIndex> seen;
  std::vector<std::string> ids;
  for (const auto& account : page.accounts) {
    take_facts(token, account, now);
    seen.push_back(*roster_.find_account(account.id));
    ids.push_back(account.id);
  }
  const bool complete =
      page.next_cursor.empty() || page.next_cursor == work.cursor;  // one that leads to itself: nowhere
  sweeps_.page(token, complete ? "" : page.next_cursor, seen);
  // One page is a whole sweep: nothing to resume after a crash.
  if (!complete || !work.cursor.empty())
    batch_.discovery_steps.push_back({roster_.record(token).id, complete ? "" : page.next_cursor,
                                      complete ? std::vector<std::string>() : std::move(ids)});
  if (!complete) return sweeps_.defer(token, now.steady);
  std::vector<AccountIndex> missing;
  for (const PairIndex index : roster_.pairs_of(token)) {
    const Pair& pair = roster_.pair(index);
    if (!pair.vanished && !sweeps_.was_seen(token, AccountIndex{pair.account}))
      missing.push_back(AccountIndex{pair.account});
  }
  if (missing.empty()) return close_sweep(token, now);
  sweeps_.ask_missing(token, std::move(missing));
  sweeps_.defer(token, now.steady);
}

/// The answer about accounts that a whole sweep did not show: each is deleted, or listed after all, or gone from this
/// token's sight.
void Engine::take_missing(const DiscoveryWork& work, const xads::AccountsPage& page, base::Moment now) {
  const TokenIndex token = work.asked.token;
  for (const auto& account : page.accounts) take_facts(token, account, now);
  for (const AccountIndex account : sweeps_.take_missing(token)) {
    const auto id = roster_.account_id(account);
    const bool named = std::any_of(page.accounts.begin(), page.accounts.end(),
                                   [&](const xads::AdAccount& entry) { return entry.id == id; });
    const auto pair = roster_.find_pair(token, account);
    if (named || !pair) continue;
    roster_.pair(*pair).vanished = true;
    batch_.probes.push_back(roster_.state(*pair));
    note_account("account_vanished", token, account, roster_.facts(account).name, "", now);
    hasten({*pair}, now);  // its own answer says whether access is gone
  }
  if (sweeps_.has_missing(token)) return sweeps_.defer(token, now.steady);
  close_sweep(token, now);
}

void Engine::take_facts(TokenIndex token, const xads::AdAccount& account, base::Moment now) {
  const auto known = roster_.find_account(account.id);
  const auto before = known ? roster_.facts(*known) : store::AccountFacts{.id = account.id};
  const store::AccountFacts after{account.id, account.name, account.approval_status, account.deleted};
  const AccountIndex index = roster_.put_account(account.id);
  if (before != after) {
    roster_.put_facts(after);
    batch_.accounts.push_back(after);
  }
  if (!before.approval_status.empty() && before.approval_status != after.approval_status)
    note_account("account_status", token, index, before.approval_status, after.approval_status, now);
  const auto pair = roster_.find_pair(token, index);
  if (after.deleted) {
    if (!before.deleted && pair) note_account("account_deleted", token, index, before.name, "", now);
    for (const PairIndex gone : roster_.pairs_of(index)) end_probe(gone);  // nobody can be asked about it
    return reassess_account(index, now);
  }
  if (!pair) {
    discover_pair(token, index, now);
    note_account(before.deleted ? "account_returned" : "account_found", token, index, "", account.name, now);
  } else if (roster_.pair(*pair).vanished) {
    roster_.pair(*pair).vanished = false;
    batch_.probes.push_back(roster_.state(*pair));
    note_account("account_returned", token, index, "", account.name, now);
  }
}

void Engine::close_sweep(TokenIndex token, base::Moment now) {
  undiscovered_.erase(token);
  const base::Duration interval = options_.discovery_interval;
  sweeps_.complete(token, audit::after_interval(now.steady, interval, options_.intervals.jitter, random_));
}

void Engine::note_account(std::string_view kind, TokenIndex token, AccountIndex account, std::string before,
                          std::string after, base::Moment now) {
  verdict::Change change;
  change.id = verdict::ChangeId::make(now.utc, random_);
  change.at = now.utc;
  change.kind = kind;
  change.token = roster_.token_name(token);
  change.account = roster_.account_id(account);
  change.before = std::move(before);
  change.after = std::move(after);
  batch_.changes.push_back(std::move(change));
}

}  // namespace service
