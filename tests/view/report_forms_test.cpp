#include "view/report_forms.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "view/report_sample.h"

namespace {

/// Writes the file anew where WRITE_GOLDEN is set: look at the difference before it is committed.
void check_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(TEST_DATA) + "/view/" + name;
  if (std::getenv("WRITE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << text;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream golden;
  golden << file.rdbuf();
  CHECK_MESSAGE(text == golden.str(), "differs from " << path);
}

view::Report sample_report() { return report_sample::Sample().report(); }

}  // namespace

TEST_CASE("report forms: Markdown, with the markup of strangers as text") {
  std::ostringstream out;
  view::write_markdown(out, sample_report());
  check_golden("report.md", out.str());
  CHECK(out.str().find("<script>") == std::string::npos);
}

TEST_CASE("report forms: JSON") {
  std::ostringstream out;
  view::write_json(out, sample_report());
  check_golden("report.json", out.str());
  CHECK(base::parse_json(out.str()).ok());
}

TEST_CASE("report forms: each table as CSV, where no cell of a stranger begins a formula") {
  std::ostringstream out;
  for (const auto table : view::all_report_tables()) view::write_csv(out, sample_report(), table);
  check_golden("report.csv", out.str());
  CHECK(out.str().find(",=cmd") == std::string::npos);
  CHECK(out.str().find(",'=cmd|'/c calc'!A1,") != std::string::npos);
}

TEST_CASE("report forms: CSV takes no sign of a formula at the beginning of a cell, not even a wide one") {
  for (const std::string name : {"=1", "+1", "-1", "@x", "  =1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201"}) {
    view::Report report;
    report.approvals = {{report_sample::day(1), "accepted", name, "a,b \"c\"", "fine =1"}};
    std::ostringstream out;
    view::write_csv(out, report, view::ReportTable::kApprovals);
    CHECK(out.str() ==
          "at,what,by,about,reason\r\n2026-07-02T00:00:00.000Z,accepted,'" + name + ",\"a,b \"\"c\"\"\",fine =1\r\n");
  }
}

TEST_CASE("report forms: the page, without scripts and links and with the markup of strangers as text") {
  std::ostringstream out;
  view::write_page(out, sample_report());
  check_golden("report.html", out.str());
  for (const char* text : {"<script", "href", "src=", "url(", "http:", "https:"}) {
    INFO(text);
    CHECK(out.str().find(text) == std::string::npos);
  }
}

TEST_CASE("report forms: a database where nothing happened says so in each table") {
  auto query = report_sample::Sample().query();
  base::SeededRandom random(1);
  const auto store =
      store::open_sqlite({":memory:", base::Secret(""), store::Access::kDaemon}, random, query.span.since);
  const auto report = view::read_report(*store, query);
  std::ostringstream out;
  view::write_markdown(out, report);
  for (const auto table : view::all_report_tables())
    CHECK(out.str().find(view::nothing_of(table)) != std::string::npos);
  std::ostringstream page;
  view::write_page(page, report);
  CHECK(page.str().find("nan") == std::string::npos);
}
