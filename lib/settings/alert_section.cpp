#include "settings/sections.h"

namespace settings {
namespace {

using namespace std::chrono_literals;

std::vector<std::string_view> severity_words() {
  using verdict::Severity;
  std::vector<std::string_view> words;
  for (const Severity severity : {Severity::kInfo, Severity::kWarning, Severity::kCritical})
    words.push_back(verdict::to_text(severity));
  return words;
}

std::vector<std::string_view> grouping_words() {
  using alert::GroupBy;
  std::vector<std::string_view> words;
  for (const GroupBy group_by : {GroupBy::kIncident, GroupBy::kApp, GroupBy::kAccount, GroupBy::kOwner})
    words.push_back(alert::to_text(group_by));
  return words;
}

const Table<alert::Escalation>& escalation_keys() {
  using alert::Escalation;
  static const Table<Escalation> table{
      {"after", Need::kRequired, into(&Escalation::after, duration({.least = 1s}))},
      {"to", Need::kRequired, into(&Escalation::to, one_or_more(name()))},
  };
  return table;
}

}  // namespace

const Table<alert::Match>& alert_match_keys() {
  using alert::Match;
  static const Table<Match> table{
      {"severity", Need::kOptional,
       into(&Match::severities,
            one_or_more(choice<verdict::Severity>("severity", severity_words(), verdict::severity_from_text)))},
      {"cause", Need::kOptional, into(&Match::causes, one_or_more(checked(line(), alert::complaint_about_cause)))},
      {"app", Need::kOptional, into(&Match::apps, one_or_more(name_pattern()))},
      {"token", Need::kOptional, into(&Match::tokens, one_or_more(name_pattern()))},
      {"account", Need::kOptional, into(&Match::accounts, one_or_more(account_pattern()))},
      {"labels", Need::kOptional, into(&Match::labels, labels())},
  };
  return table;
}

const Table<alert::Route>& route_keys() {
  using alert::Route;
  static const Table<Route> table{
      {"match", Need::kOptional, mapping(&Route::match, alert_match_keys())},
      {"to", Need::kRequired, into(&Route::to, one_or_more(name()))},
      {"continue", Need::kOptional, into(&Route::continues, flag())},
      {"group_by", Need::kOptional,
       into(&Route::group_by, choice<alert::GroupBy>("grouping", grouping_words(), alert::group_by_from_text))},
      {"group_wait", Need::kOptional, into(&Route::group_wait, duration({.least = 0s, .most = 24h}))},
      {"repeat", Need::kOptional, into(&Route::repeat, one_or_more(duration({.least = 1s})))},
      {"escalate", Need::kOptional, list_of_mappings(&Route::escalate, escalation_keys())},
  };
  return table;
}

}  // namespace settings
