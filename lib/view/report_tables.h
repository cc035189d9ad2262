#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "view/report.h"

namespace view {

/// The tables of a report, in the order in which they are shown.
enum class ReportTable { kAccess, kChanges, kIncidents, kCoverage, kApprovals, kTokens, kViolated, kUse };
const std::vector<ReportTable>& all_report_tables();
std::string_view to_text(ReportTable table);  ///< "access"
std::optional<ReportTable> report_table_from_text(std::string_view text);
std::string_view title_of(ReportTable table);    ///< for people
std::string_view nothing_of(ReportTable table);  ///< a sentence for one without rows

/// For people durations are rough and shares stand beside them; for programs they are whole seconds.
enum class Style { kPeople, kPrograms };

std::vector<std::string> columns_of(ReportTable table, Style style);
/// One row after the other, as many cells as columns, in clean text (base::clean_text()).
void each_row(ReportTable table, const Report& report, Style style,
              const std::function<void(const std::vector<std::string>&)>& take);

/// How the daemon fared on a day.
struct ReportDay {
  base::Instant day;           ///< UTC, its midnight
  double used_percent = 0;     ///< of the rate limit of which the least was left, at most
  base::Duration lateness{0};  ///< the longest of the 99th percentiles
  std::uint64_t audits = 0;
  int hours = 0;  ///< of which it wrote its figures
};
/// Those of which anything is known.
std::vector<ReportDay> days_of(const Report& report);

/// What a person reads of an answer: the permissions, or "refused: token_invalid".
std::string permissions_text(const std::string& answer);
/// "99.98%": cut, not rounded, so that only what is whole says 100%.
std::string share_text(base::Duration part, base::Duration whole);
/// "well 99.1% (89d 4h)" and so on for all four.
std::vector<std::string> coverage_texts(const Coverage& coverage);
/// What the report is about: a name and a text each.
std::vector<std::pair<std::string, std::string>> facts_of(const Report& report);

}  // namespace view
