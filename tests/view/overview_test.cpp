#include "view/overview.h"

#include <doctest/doctest.h>

#include "report_sample.h"
#include "view/twins.h"

using namespace report_sample;

namespace {

const view::SiteOptions kOptions{.version = "1.2.3", .destinations = {{"ops", "slack"}}};

view::Overview overview(Sample& sample, const store::PairQuery& query = {}) {
  return view::read_overview(sample.store(), query, kOptions, day(30));
}

}  // namespace

TEST_CASE("overview: pairs come in their order, with the steps of the last thirty days and the one before") {
  Sample sample;
  const auto seen = overview(sample);
  REQUIRE(seen.pairs.size() == 3);
  CHECK(seen.pairs[0].row.token.name == "=cmd|'/c calc'!A1");
  CHECK(seen.pairs[1].row.token.name == "brand-a");
  CHECK(seen.pairs[1].row.account.name == "Brand A <EU> & \"Co\"");
  CHECK(seen.pairs[1].steps ==
        std::vector<view::AnswerStep>{{day(-30), kManager}, {day(20), kAnalyst}});  // accepted later: no step
  CHECK(seen.pairs[2].steps == std::vector<view::AnswerStep>{{day(-30), kManager}});
  CHECK(seen.totals.tokens == 2);  // one was removed
  CHECK(seen.totals.pairs == 3);
  CHECK_FALSE(seen.next);
}

TEST_CASE("overview: a page says where the next one begins") {
  Sample sample;
  const auto first = overview(sample, {.limit = 2});
  REQUIRE(first.next);
  CHECK(*first.next == store::PairPlace{"brand-a", "18ce1"});
  const auto rest = overview(sample, {.after = first.next, .limit = 2});
  REQUIRE(rest.pairs.size() == 1);
  CHECK(rest.pairs[0].row.account.id == "18ce2");
  CHECK_FALSE(rest.next);
  CHECK(overview(sample, {.token = "brand-a"}).pairs.size() == 2);
  CHECK(overview(sample, {.account = "18ce1"}).pairs.size() == 2);
  CHECK(overview(sample, {.token = "brand-a", .account = "18ce1"}).pairs.size() == 1);
  CHECK(overview(sample, {.token = "nobody"}).pairs.empty());
}

TEST_CASE("overview: blind goes before every incident, and the gravest incident is first") {
  Sample sample;
  CHECK(overview(sample).health() == view::Health::kIncidents);
  sample.incident(verdict::Cause::kTokenRevoked, sample.a(), "", day(1), std::nullopt);
  auto seen = overview(sample);
  REQUIRE(seen.incidents.size() == 2);
  CHECK(seen.incidents[0].incident().finding.key.cause == verdict::Cause::kTokenRevoked);
  CHECK(seen.incidents[0].alert.subject.token->name == "brand-a");
  CHECK(seen.incidents[0].wording.title == "Access token revoked: brand-a");
  CHECK_FALSE(seen.incidents[0].wording.repair.empty());
  CHECK(seen.by_severity()[verdict::Severity::kCritical] == 1);
  sample.incident(verdict::Cause::kAuditBlind, {}, "", day(2), std::nullopt);
  seen = overview(sample);
  CHECK(seen.health() == view::Health::kBlind);
  CHECK(seen.open_incidents() == 3);
}

TEST_CASE("overview: an ad account with what its tokens may do, and nothing of one that nobody named") {
  Sample sample;
  const auto account = view::read_account(sample.store(), "18ce1", kOptions, day(90));
  REQUIRE(account);
  CHECK(account->account.name == "Brand A <EU> & \"Co\"");
  CHECK(account->pairs.size() == 2);
  REQUIRE(account->incidents.size() == 2);
  CHECK_FALSE(account->incidents[0].incident().resolved_at);  // open ones first
  CHECK(account->changes.front().change.at >= account->changes.back().change.at);
  CHECK_FALSE(view::read_account(sample.store(), "nobody", kOptions, day(90)));
}

TEST_CASE("overview: lists say whether there is more") {
  Sample sample;
  CHECK_FALSE(view::read_incidents(sample.store(), {.open_only = false, .limit = 4}).more);
  const auto some = view::read_incidents(sample.store(), {.open_only = false, .limit = 3});
  CHECK(some.more);
  CHECK(some.incidents.size() == 3);
  CHECK(view::read_history(sample.store(), {.limit = 3}).more);
  CHECK_FALSE(view::read_history(sample.store(), {.limit = 1000}).more);
}
