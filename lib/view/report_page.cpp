#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "base/text.h"
#include "view/report_forms.h"
#include "view/report_pictures.h"

namespace view {
namespace {

/// Accounts whose strips are drawn. Those where something changed come first; the tables have all of them.
constexpr std::size_t kMostStrips = 200;

constexpr std::string_view kStyle = R"css(
:root{color-scheme:light}
body{font:15px/1.45 system-ui,"Liberation Sans",Arial,sans-serif;color:#1b1b1b;background:#fff;margin:2rem auto;max-width:80rem;padding:0 1rem}
h1{font-size:1.7rem;margin:0 0 1rem}h2{font-size:1.2rem;margin:2.2rem 0 .6rem;border-bottom:2px solid #1b1b1b;padding-bottom:.2rem}
h3{font-size:1rem;margin:1rem 0 .3rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:0}dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.76rem}
th,td{text-align:left;vertical-align:top;padding:.25rem .4rem;border-bottom:1px solid #c9c9c9;overflow-wrap:break-word}
th{border-bottom:2px solid #6b6b6b}.at{white-space:nowrap}
tr:nth-child(even) td{background:#f7f7f7}
.picture{width:100%;height:auto;display:block;font:12px system-ui,"Liberation Sans",Arial,sans-serif}
.legend{font-size:.8rem}.key{display:inline-block;padding:.05rem .45rem;margin:0 .2rem .2rem 0}
.alarm{border:3px solid #b3261e;padding:.6rem 1rem;font-weight:600}
.sign{display:grid;grid-template-columns:1fr 1fr;gap:3rem;margin-top:3.5rem}.sign p{border-top:1px solid #1b1b1b;padding-top:.3rem}
@page{size:A4 landscape;margin:12mm}
@media print{body{margin:0;max-width:none;padding:0;font-size:10pt}.wide{overflow:visible}table{font-size:7.5pt}
h2,h3{break-after:avoid}tr,.picture,.sign{break-inside:avoid}thead{display:table-header-group}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
)css";

void write_facts(Markup& page, const Report& report) {
  page.open("dl");
  for (const auto& [name, text] : facts_of(report)) {
    page.element("dt", name);
    page.element("dd", text);
  }
  page.close();
}

/// "2026-11-23 10:15:00" is not broken at its hyphens.
bool is_time(std::string_view cell) { return cell.size() == 19 && cell[4] == '-' && cell[7] == '-' && cell[13] == ':'; }

void write_table(Markup& page, const Report& report, ReportTable table) {
  page.element("h2", title_of(table));
  const auto columns = columns_of(table, Style::kPeople);
  bool empty = true;
  const auto begin = [&] {
    page.open("div", {{"class", "wide"}, {"tabindex", "0"}});
    page.open("table");
    page.open("thead");
    page.open("tr");
    for (const auto& column : columns) page.element("th", column, {{"scope", "col"}});
    page.close();
    page.close();
    page.open("tbody");
    empty = false;
  };
  each_row(table, report, Style::kPeople, [&](const std::vector<std::string>& row) {
    if (empty) begin();
    page.open("tr");
    for (const auto& cell : row) {
      if (is_time(cell))
        page.element("td", cell, {{"class", "at"}});
      else
        page.element("td", cell);
    }
    page.close();
    page.raw("\n");
  });
  if (empty) return page.element("p", nothing_of(table));
  for (int element = 0; element < 3; ++element) page.close();
}

/// The pairs of one account, by their places.
struct Group {
  std::size_t first = 0;
  std::size_t last = 0;
  bool changed = false;
};

std::vector<Group> accounts_of(const Report& report) {
  std::vector<Group> groups;
  for (std::size_t place = 0; place < report.pairs.size(); ++place) {
    const auto& pair = report.pairs[place];
    if (groups.empty() || report.pairs[groups.back().first].account != pair.account) groups.push_back({place, place});
    groups.back().last = place + 1;
    groups.back().changed |= pair.steps.size() > 1;
  }
  return groups;
}

void write_strips(Markup& page, const Report& report) {
  page.element("h2", "Roles over time");
  auto groups = accounts_of(report);
  const auto all = groups.size();
  if (all > kMostStrips) {
    std::stable_partition(groups.begin(), groups.end(), [](const Group& group) { return group.changed; });
    groups.resize(kMostStrips);
    page.element("p",
                 fmt::format("{} of {} ad accounts, those where an answer changed first. The tables below have all.",
                             kMostStrips, all));
  }
  const auto& span = report.query.span;
  page.element("p", fmt::format("Each strip runs from {} to {}. The colour is that of the strongest role.",
                                base::to_text(span.since), base::to_text(span.until)));
  draw_role_legend(page);
  for (const auto& group : groups) {
    const auto& account = report.pairs[group.first].account;
    const auto name = report.account_names.find(account);
    const bool known = name != report.account_names.end() && !name->second.empty();
    page.element("h3", known ? fmt::format("{} ({})", account, name->second) : account);
    draw_roles(page, report, group.first, group.last);
  }
}

void write_latencies(Markup& page, const Report& report) {
  page.element("h2", "How long it took to notice");
  const bool any = std::any_of(report.incidents.begin(), report.incidents.end(),
                               [](const ReportIncident& seen) { return seen.noticed_within.has_value(); });
  if (!any)
    return page.element("p", "Nothing was noticed in the span of which the time of the last good answer is known.");
  draw_latencies(page, report);
  page.element(
      "p",
      "Incidents of tokens and access that opened in the span, by the time from the last good answer to the "
      "moment when they were told. When exactly X made the change is not known: it lies within that time, so it "
      "took this long at most.");
}

void write_use(Markup& page, const Report& report) {
  page.element("h2", "Use of the rate limits");
  if (report.hours.empty()) return page.element("p", nothing_of(ReportTable::kUse));
  draw_use(page, report);
  page.element("p",
               "Each bar is the day's highest use of the rate limit of which the least was left, whoever used it; the "
               "full height is all of it. Grey: no daemon wrote how it fared.");
}

}  // namespace

void write_page(std::ostream& out, const Report& report) {
  Markup page(out);
  page.raw(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
  const auto& span = report.query.span;
  page.element("title", fmt::format("Access report {} to {}", base::to_text(span.since).substr(0, 10),
                                    base::to_text(span.until).substr(0, 10)));
  page.raw("<style>");
  page.raw(kStyle);
  page.raw("</style></head>\n");
  page.open("body");
  page.element("h1", "Access report");
  if (report.chain.broken_at) page.element("p", report.limits.front(), {{"class", "alarm"}, {"role", "alert"}});
  write_facts(page, report);
  page.element("h2", "All pairs together");
  draw_coverage(page, report.coverage);
  write_table(page, report, ReportTable::kAccess);
  write_strips(page, report);
  write_latencies(page, report);
  write_use(page, report);
  for (const auto table : all_report_tables())
    if (table != ReportTable::kAccess) write_table(page, report, table);
  page.element("h2", "What this report cannot tell");
  page.open("ul");
  for (const auto& limit : report.limits) page.element("li", limit);
  page.close();
  page.open("div", {{"class", "sign"}});
  page.element("p", "Reviewed by, date");
  page.element("p", "Approved by, date");
  page.close();
  page.close();
  page.raw("\n</html>\n");
}

}  // namespace view
