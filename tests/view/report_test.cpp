#include "view/report.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "view/report_sample.h"
#include "view/report_tables.h"

using namespace std::chrono_literals;
using namespace report_sample;

namespace {

const view::ReportPair& pair_of(const view::Report& report, const std::string& token, const std::string& account) {
  const auto found = std::find_if(report.pairs.begin(), report.pairs.end(), [&](const view::ReportPair& pair) {
    return pair.token == token && pair.account == account;
  });
  REQUIRE(found != report.pairs.end());
  return *found;
}

const std::string kDeveloper = "=cmd|'/c calc'!A1";
const std::string kRemoved = "old|`agency`<script>";

}  // namespace

TEST_CASE("report: a role that was reduced and accepted has both ends of the span, and the word that accepted it") {
  Sample sample;
  const auto report = sample.report();
  const auto& pair = pair_of(report, "brand-a", "18ce1");
  CHECK(pair.at_start(report.query.span)->answer == kManager);
  CHECK(pair.at_end()->answer == kAnalyst);
  CHECK(pair.at_end()->at == day(20));  // not when it was accepted
  CHECK(pair.approval == "accepted by dana at 2026-07-22T00:00:00.000Z for inc_1: moved to reporting");
  CHECK(view::evidence_age(pair, report.query.span) == 0ms);
}

TEST_CASE("report: evidence that ended before the span leaves the rest of it unknown") {
  Sample sample;
  const auto report = sample.report();
  const auto& pair = pair_of(report, "brand-a", "18ce2");
  CHECK(view::evidence_age(pair, report.query.span) == 9h);
  CHECK(pair.coverage.unknown == 9h);
  CHECK(pair.coverage.blind == 2h + 20min);
  CHECK(pair.coverage.total() == kEnd - kStart);
}

TEST_CASE("report: of pairs that a blind incident does not name, nobody can tell, and they were not well") {
  Sample sample;
  const auto report = sample.report();
  const auto& pair = pair_of(report, kDeveloper, "18ce1");
  CHECK(pair.coverage.blind == 0ms);
  CHECK(pair.coverage.unknown == 2h + 20min);
  CHECK(pair.coverage.in_incident == 48h);
}

TEST_CASE("report: blindness that was told only after the span was no good time at its end") {
  Sample sample;
  auto query = sample.query();
  query.span.until = day(60, -5min);  // told at day 60, of the twenty minutes before it
  const auto report = view::read_report(sample.store(), query);
  CHECK(pair_of(report, "brand-a", "18ce2").coverage.blind == 15min);
  CHECK(pair_of(report, kDeveloper, "18ce1").coverage.unknown == 15min);
  for (const auto& seen : report.incidents) CHECK(seen.incident.finding.key.cause != verdict::Cause::kAuditBlind);
  query.span.until = day(60, -20min);
  CHECK(pair_of(view::read_report(sample.store(), query), "brand-a", "18ce2").coverage.blind == 0ms);
}

TEST_CASE("report: overlapping incidents of a pair count once") {
  Sample sample;
  sample.incident(verdict::Cause::kComposerLost, sample.a(), "18ce2", day(5), day(9));
  sample.incident(verdict::Cause::kRoleReduced, sample.a(), "18ce2", day(7), day(11));
  CHECK(pair_of(sample.report(), "brand-a", "18ce2").coverage.in_incident == 6 * 24h);
}

TEST_CASE("report: a removed token has no answer at the end, and its time after that is unknown") {
  Sample sample;
  const auto report = sample.report();
  const auto& pair = pair_of(report, kRemoved, "18ce2");
  CHECK(pair.at_end() == nullptr);
  CHECK(pair.at_start(report.query.span)->answer == kAdmin);
  CHECK(pair.coverage.unknown == 22 * 24h + 2h + 20min);
  CHECK(!pair.evidence_at);
}

TEST_CASE("report: a token that was removed before the span is not in it") {
  Sample sample;
  auto query = sample.query();
  query.span.since = day(71);
  for (const auto& pair : view::read_report(sample.store(), query).pairs) CHECK(pair.token != kRemoved);
}

TEST_CASE("report: an answer that something followed after the span has no known age, and was known to the end") {
  Sample sample;
  auto query = sample.query();
  query.span = {day(0), day(10)};
  const auto report = view::read_report(sample.store(), query);
  const auto& pair = pair_of(report, "brand-a", "18ce1");
  CHECK(pair.at_end()->answer == kManager);
  CHECK(pair.approval.empty());
  CHECK(!pair.evidence_at);
  CHECK(pair.coverage.well == 10 * 24h);
  CHECK(report.changes.empty());
  CHECK(!report.first);
}

TEST_CASE("report: what was first seen in the span was unknown before") {
  Sample sample;
  auto query = sample.query();
  query.span = {day(-35), day(-20)};
  const auto report = view::read_report(sample.store(), query);
  const auto& pair = pair_of(report, "brand-a", "18ce1");
  CHECK(pair.at_start(query.span) == nullptr);
  CHECK(pair.coverage.unknown == 5 * 24h);
  CHECK(pair.coverage.well == 10 * 24h);
}

TEST_CASE("report: incidents are cut at both ends, and one that ended before is left out") {
  Sample sample;
  auto query = sample.query();
  query.span = {day(51), day(61)};
  const auto report = view::read_report(sample.store(), query);
  REQUIRE(report.incidents.size() == 3);
  const auto& revoked = report.incidents[1];
  CHECK(revoked.incident.finding.key.cause == verdict::Cause::kTokenRevoked);
  CHECK(revoked.open_at_start);
  CHECK(revoked.in_span == 24h);
  CHECK(!revoked.noticed_within);  // it was noticed before the span
  CHECK(report.incidents[2].in_span == 10 * 24h);
  CHECK(report.incidents[2].open_at_end);
}

TEST_CASE("report: of what is noticed the last good answer bounds the time; broken expectations have no such moment") {
  Sample sample;
  const auto report = sample.report();
  std::vector<base::Duration> known;
  for (const auto& seen : report.incidents)
    if (seen.noticed_within) known.push_back(*seen.noticed_within);
  CHECK(known == std::vector<base::Duration>{4min, 14min});
}

TEST_CASE("report: time of which the incidents were thrown away is not well") {
  Sample sample;
  auto query = sample.query();
  query.incidents_kept = query.now - day(10);
  const auto report = view::read_report(sample.store(), query);
  CHECK(pair_of(report, kDeveloper, "18ce1").coverage.unknown == 10 * 24h + 2h + 20min);
}

TEST_CASE("report: filters leave out other tokens and accounts, but the chain is that of the whole log") {
  Sample sample;
  auto query = sample.query();
  query.token = "brand-a";
  query.account = "18ce2";
  const auto report = view::read_report(sample.store(), query);
  REQUIRE(report.pairs.size() == 1);
  CHECK(report.changes.empty());
  CHECK(report.last->change.kind == "token_removed");
  CHECK(report.approvals.size() == 1);  // the announcement
}

TEST_CASE("report: what is almost whole does not say 100%, and what is almost nothing does not say 0%") {
  CHECK(view::share_text(999'999ms, 1'000'000ms) == "99.99%");
  CHECK(view::share_text(1'000'000ms, 1'000'000ms) == "100.00%");
  CHECK(view::share_text(1ms, 1'000'000ms) == "<0.01%");
  CHECK(view::share_text(0ms, 1'000'000ms) == "0.00%");
  CHECK(view::share_text(0ms, 0ms) == "0.00%");
}
