#include "access_then.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace app {
namespace {

constexpr int kAll = std::numeric_limits<int>::max();

const std::vector<std::string> kAnswerKinds{"first_seen", "changed", "accepted", "announced"};
const std::vector<std::string> kTokenKinds{"token_added", "token_replaced", "token_removed"};

using Rows = std::vector<store::HistoryRow>;

/// An answer that was accepted is older than the word that accepted it: goes back over equal answers.
store::HistoryRow origin_of(const store::HistoryRow& latest, const Rows& answers) {
  store::HistoryRow origin = latest;
  for (auto row = answers.rbegin(); row != answers.rend() && origin.change.kind == "accepted"; ++row) {
    if (row->change.token != latest.change.token || row->number >= origin.number) continue;
    if (row->change.after != latest.change.after) break;
    origin = *row;
  }
  return origin;
}

std::optional<store::HistoryRow> end_of(const store::HistoryRow& latest, const Rows& answers, const Rows& of_token) {
  const auto other_answer = std::find_if(answers.begin(), answers.end(), [&](const store::HistoryRow& row) {
    return row.number > latest.number && row.change.token == latest.change.token && !row.change.after.empty() &&
           row.change.after != latest.change.after;
  });
  const auto removal = std::find_if(of_token.begin(), of_token.end(), [&](const store::HistoryRow& row) {
    return row.number > latest.number && row.change.kind == "token_removed";
  });
  const bool answered = other_answer != answers.end();
  const bool removed = removal != of_token.end();
  if (answered && (!removed || other_answer->number < removal->number)) return *other_answer;
  return removed ? std::optional(*removal) : std::nullopt;
}

/// "developer of app agency, accounts discovered" tells of a developer token.
std::string kind_at(const Rows& of_token, base::Instant at) {
  std::string kind;
  for (const auto& row : of_token)
    if (row.change.at <= at && !row.change.after.empty()) kind = row.change.after.substr(0, row.change.after.find(' '));
  return kind;
}

/// When each live token was last answered about the account.
std::optional<base::Instant> last_seen(store::Store& store, const std::vector<store::TokenRow>& tokens,
                                       const std::string& name, const std::string& account) {
  const auto token =
      std::find_if(tokens.begin(), tokens.end(), [&](const store::TokenRow& row) { return row.token.name == name; });
  if (token == tokens.end()) return std::nullopt;
  for (const auto& state : store.probes(token->token.id))
    if (state.probe.account == account && state.baseline.run) return state.baseline.run->last_seen;
  return std::nullopt;
}

}  // namespace

std::optional<base::Instant> complete_since(store::Store& store) {
  const auto said = store.history({.kinds = {"pruned"}, .latest_first = true, .limit = 1});
  if (said.empty()) return std::nullopt;
  const auto text = said[0].change.after;  // "entries up to number 41"
  const std::uint64_t last = std::strtoull(text.c_str() + text.find_last_of(' ') + 1, nullptr, 10);
  const auto kept = store.history({.after_number = last, .limit = 1});
  return kept.empty() ? said[0].change.at : kept[0].change.at;
}

std::vector<AccessThen> access_at(store::Store& store, const std::string& account, base::Instant at) {
  const auto latest = store.last_changes_before(account, at);
  if (latest.empty()) return {};
  const auto answers = store.history({.account = account, .kinds = kAnswerKinds, .limit = kAll});
  const auto tokens = store.tokens();
  std::vector<AccessThen> accesses;
  for (const auto& row : latest) {
    const auto& name = row.change.token;
    const auto of_token = store.history({.token = name, .kinds = kTokenKinds, .limit = kAll});
    AccessThen access{origin_of(row, answers), kind_at(of_token, at), end_of(row, answers, of_token), {}};
    if (!access.ended_by) access.last_seen = last_seen(store, tokens, name, account);
    accesses.push_back(std::move(access));
  }
  return accesses;
}

}  // namespace app
