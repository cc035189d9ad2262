#include "view/report_log.h"

#include <algorithm>
#include <array>

namespace view {
namespace {

bool is_answer(const verdict::Change& change) {
  constexpr std::array<std::string_view, 4> kKinds{"first_seen", "changed", "accepted", "announced"};
  return !change.after.empty() && std::find(kKinds.begin(), kKinds.end(), change.kind) != kKinds.end();
}

bool is_token_kind(const std::string& kind) {
  return kind == "token_added" || kind == "token_replaced" || kind == "token_removed";
}

/// "developer of app agency, accounts discovered"
ReportToken token_from_text(const std::string& text) {
  constexpr std::string_view kOf = " of app ";
  ReportToken token{text.substr(0, text.find(' ')), ""};
  const auto place = text.find(kOf);
  if (place == std::string::npos) return token;
  const auto start = place + kOf.size();
  token.app = text.substr(start, text.rfind(", ") == std::string::npos ? std::string::npos : text.rfind(", ") - start);
  return token;
}

}  // namespace

bool is_about(const ReportQuery& query, const std::string& token, const std::string& account) {
  return (query.token.empty() || query.token == token) &&
         (query.account.empty() || account.empty() || query.account == account);
}

std::string approval_of(const verdict::Change& change) {
  const bool by_word = change.kind == "accepted" || change.kind == "announced" || change.kind == "given_up";
  return by_word && !change.grounds.witnesses.empty() ? change.grounds.witnesses.front() : "";
}

void LogReader::take(store::HistoryRow row) {
  const verdict::Change& change = row.change;
  if (is_token_kind(change.kind)) take_token(row);
  if (is_answer(change) && is_about(query_, change.token, change.account)) take_answer(row);
  if (change.at < query_.span.since || change.at >= query_.span.until) return;
  if (!first) first = row;
  last = row;
  if (!is_about(query_, change.token, change.account)) return;
  if (const auto approval = approval_of(change); !approval.empty()) {
    const auto kind = change.kind == "announced" ? "came" : change.kind;
    approvals.push_back({change.at, kind, "",
                         change.token.empty()     ? change.account
                         : change.account.empty() ? change.token
                                                  : change.token + " on " + change.account,
                         approval});
  }
  changes.push_back(std::move(row));
}

void LogReader::take_answer(const store::HistoryRow& row) {
  const verdict::Change& change = row.change;
  const std::pair key{change.token, change.account};
  if (change.at >= query_.span.until && !pairs.contains(key)) return;
  PairLog& pair = pairs[key];
  add(pair, {change.at, change.after, row.number});
  if (change.at >= query_.span.until) return;
  if (const auto approval = approval_of(change); !approval.empty()) pair.approval = approval;
}

void LogReader::take_token(const store::HistoryRow& row) {
  const verdict::Change& change = row.change;
  if (!change.after.empty()) tokens[change.token] = token_from_text(change.after);
  if (change.kind != "token_removed") return;
  removed_tokens.insert(change.token);
  for (auto place = pairs.lower_bound({change.token, ""}); place != pairs.end(); ++place) {
    if (place->first.first != change.token) break;
    add(place->second, {change.at, "", row.number});
  }
}

void LogReader::add(PairLog& pair, Step step) {
  if (!pair.steps.empty()) step.at = std::max(step.at, pair.steps.back().at);  // the clock may have gone back
  if (step.at >= query_.span.until) {
    pair.followed = pair.followed || (!pair.steps.empty() && pair.steps.back().answer != step.answer);
    return;
  }
  // An answer that was accepted is older than the word that accepted it.
  if (!pair.steps.empty() && pair.steps.back().answer == step.answer) return;
  if (pair.steps.empty() && step.answer.empty()) return;
  pair.approval.clear();
  // Of the time before the span only what held when it began is kept.
  if (!pair.steps.empty() && step.at < query_.span.since) pair.steps.clear();
  pair.steps.push_back(std::move(step));
}

}  // namespace view
