#pragma once

#include <iosfwd>

#include "view/report_tables.h"

namespace view {

// The forms of a report. Each writes row by row; texts of strangers do no harm in any of them.

void write_markdown(std::ostream& out, const Report& report);
/// One table, RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe.
void write_csv(std::ostream& out, const Report& report, ReportTable table);
/// config/schemas/report.schema.json describes it.
void write_json(std::ostream& out, const Report& report);
/// A page of one file for a browser and for paper: no script, nothing from elsewhere.
void write_page(std::ostream& out, const Report& report);

}  // namespace view
