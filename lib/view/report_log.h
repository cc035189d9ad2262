#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "view/report.h"

namespace view {

/// What the log tells of a pair, beyond the span too.
struct PairLog {
  std::vector<Step> steps;  ///< as in ReportPair
  std::string approval;
  bool followed = false;  ///< what held at the end of the span was replaced or removed after it
};

/// Takes the change log entry by entry, in its order, and keeps what a report on one span needs.
class LogReader {
 public:
  explicit LogReader(const ReportQuery& query) : query_(query) {}

  void take(store::HistoryRow row);

  std::map<std::pair<std::string, std::string>, PairLog> pairs;  ///< by token and account
  std::map<std::string, ReportToken> tokens;
  std::set<std::string> removed_tokens;    ///< names that some entry removes
  std::vector<store::HistoryRow> changes;  ///< of the span that fit the query
  std::vector<Approval> approvals;
  std::optional<store::HistoryRow> first, last;  ///< of the span

 private:
  void take_answer(const store::HistoryRow& row);
  void take_token(const store::HistoryRow& row);
  void add(PairLog& pair, Step step);

  const ReportQuery query_;
};

/// Whether the query is about this pair; an empty account is that of an entry about a token alone.
bool is_about(const ReportQuery& query, const std::string& token, const std::string& account);

}  // namespace view
