#include "alert/route.h"

#include <doctest/doctest.h>

#include "alert/samples.h"

using namespace alert;
using verdict::Cause;
using Names = std::vector<std::string>;

namespace {

std::vector<Destination> two_destinations() {
  std::vector<Destination> all(2);
  all[0].name = "ops";
  all[1].name = "siem";
  return all;
}

Names names(const Alert& alert, const std::vector<Route>& routes) {
  const auto all = two_destinations();
  Names names;
  for (const Recipient& recipient : recipients(alert, routes, all)) names.push_back(recipient.destination->name);
  return names;
}
Names told(Cause cause, const std::vector<Route>& routes) {
  return names(samples::alert(cause, State::kOpened), routes);
}

}  // namespace

TEST_CASE("route: without routes every destination is told") {
  CHECK(told(Cause::kTokenRevoked, {}) == Names{"ops", "siem"});
}

TEST_CASE("route: the first one that fits decides alone") {
  const std::vector<Route> routes{{{.severities = {verdict::Severity::kCritical}}, {"ops", "siem"}}, {{}, {"siem"}}};
  CHECK(told(Cause::kTokenRevoked, routes) == Names{"ops", "siem"});
  CHECK(told(Cause::kRoleReduced, routes) == Names{"siem"});
}

TEST_CASE("route: with routes of which none fits, nobody is told") {
  CHECK(told(Cause::kRoleReduced, {{{.causes = {"token.revoked"}}, {"ops"}}}) == Names{});
}

TEST_CASE("route: a destination that is named twice is told once") {
  CHECK(told(Cause::kRoleReduced, {{{}, {"ops", "siem", "ops"}}}) == Names{"ops", "siem"});
}

TEST_CASE("route: every kind of member must fit, one value of each is enough") {
  const Names ops{"ops"};
  CHECK(told(Cause::kRoleReduced, {{{.causes = {"token.revoked", "role.*"}}, ops}}) == ops);
  CHECK(told(Cause::kRoleReduced, {{{.apps = {"agency"}}, ops}}) == ops);
  CHECK(told(Cause::kRoleReduced, {{{.apps = {"other"}}, ops}}) == Names{});
  CHECK(told(Cause::kRoleReduced, {{{.tokens = {"brand-a"}}, ops}}) == ops);
  CHECK(told(Cause::kRoleReduced, {{{.tokens = {"brand-b"}}, ops}}) == Names{});
  CHECK(told(Cause::kRoleReduced, {{{.accounts = {"other", "18ce54d4x5t"}}, ops}}) == ops);
  CHECK(told(Cause::kRoleReduced, {{{.accounts = {"other"}}, ops}}) == Names{});
  CHECK(told(Cause::kRoleReduced, {{{.apps = {"agency"}, .tokens = {"brand-b"}}, ops}}) == Names{});
}

TEST_CASE("route: all labels must be the token's, with their values") {
  const Names ops{"ops"};
  CHECK(told(Cause::kRoleReduced, {{{.labels = {{"owner", "ads-ops"}}}, ops}}) == ops);
  CHECK(told(Cause::kRoleReduced, {{{.labels = {{"owner", "ads-ops"}, {"client", "Brand A"}}}, ops}}) == ops);
  CHECK(told(Cause::kRoleReduced, {{{.labels = {{"owner", "someone"}}}, ops}}) == Names{});
  CHECK(told(Cause::kRoleReduced, {{{.labels = {{"team", "ads-ops"}}}, ops}}) == Names{});
}

TEST_CASE("route: an account's incident fits no route that asks for a token, a label or an app") {
  CHECK(told(Cause::kAccountUnavailable, {{{.tokens = {"brand-a"}}, {"ops"}}}) == Names{});
  CHECK(told(Cause::kAccountUnavailable, {{{.labels = {{"owner", "ads-ops"}}}, {"ops"}}}) == Names{});
  CHECK(told(Cause::kAccountUnavailable, {{{.apps = {"agency"}}, {"ops"}}}) == Names{});
  CHECK(told(Cause::kAccountUnavailable, {{{.accounts = {"18ce54d4x5t"}}, {"ops"}}}) == Names{"ops"});
}

TEST_CASE("route: the resolved message goes where the opened one went") {
  const std::vector<Route> routes{{{.severities = {verdict::Severity::kCritical}}, {"ops"}}, {{}, {"siem"}}};
  CHECK(names(samples::alert(Cause::kTokenRevoked, State::kResolved), routes) == Names{"ops"});
}

TEST_CASE("route: the severity of an expectation decides, not that of its cause") {
  const std::vector<Route> routes{{{.severities = {verdict::Severity::kCritical}}, {"ops"}}, {{}, {"siem"}}};
  Alert alert = samples::alert(Cause::kPolicyViolated, State::kOpened);
  CHECK(names(alert, routes) == Names{"ops"});
  alert.incident.finding.severity.reset();
  CHECK(names(alert, routes) == Names{"siem"});
}
