#include "alert/route_trace.h"

#include <doctest/doctest.h>

#include "alert/samples.h"

using namespace alert;
using namespace std::chrono_literals;
using verdict::Cause;
using verdict::Severity;

namespace {

std::vector<Destination> destinations(const std::vector<std::string>& names) {
  std::vector<Destination> all(names.size());
  for (std::size_t place = 0; place < names.size(); ++place) all[place].name = names[place];
  return all;
}

std::vector<std::string> names(const std::vector<const Destination*>& destinations) {
  std::vector<std::string> names;
  for (const Destination* destination : destinations) names.push_back(destination->name);
  return names;
}

Alert reduced() { return samples::alert(Cause::kRoleReduced, State::kOpened); }

using Names = std::vector<std::string>;
using Misfits = std::vector<Misfit>;

}  // namespace

TEST_CASE("route trace: a match that fits has no misfits") {
  CHECK(misfits({}, reduced()).empty());
  CHECK(misfits({.severities = {Severity::kWarning}, .causes = {"role.*"}, .labels = {{"owner", "ads-*"}}}, reduced())
            .empty());
}

TEST_CASE("route trace: each part that does not fit is told, with what is there instead") {
  const Match match{.severities = {Severity::kInfo, Severity::kCritical},
                    .causes = {"token.*"},
                    .apps = {"studio"},
                    .tokens = {"brand-b", "brand-c"},
                    .accounts = {"18ce5a1"},
                    .labels = {{"client", "Brand A"}, {"owner", "someone"}, {"team", "x"}}};
  CHECK(misfits(match, reduced()) == Misfits{{"severity", "info, critical", "warning"},
                                             {"cause", "token.*", "role.reduced"},
                                             {"app", "studio", "agency"},
                                             {"token", "brand-b, brand-c", "brand-a"},
                                             {"account", "18ce5a1", "18ce54d4x5t"},
                                             {"label", "owner=someone", "owner=ads-ops"},
                                             {"label", "team=x", ""}});
}

TEST_CASE("route trace: what an incident is not about is there as nothing") {
  const Alert unavailable = samples::alert(Cause::kAccountUnavailable, State::kOpened);
  const Match match{.apps = {"*"}, .tokens = {"*"}, .labels = {{"owner", "*"}}};
  CHECK(misfits(match, unavailable) == Misfits{{"app", "*", ""}, {"token", "*", ""}, {"label", "owner=*", ""}});
}

TEST_CASE("route trace: the first route that fits and does not continue is the last that is tried") {
  const auto all = destinations({"ops", "siem"});
  const std::vector<Route> routes{{.match = {.severities = {Severity::kCritical}}, .to = {"ops"}},
                                  {.match = {.causes = {"role.*"}}, .to = {"siem"}, .continues = true},
                                  {.to = {"ops", "siem"}},
                                  {.to = {"siem"}}};
  const auto steps = trace_routes(reduced(), routes, all);
  REQUIRE(steps.size() == 4);
  CHECK_FALSE(steps[0].fits());
  CHECK(steps[0].tells.empty());
  CHECK(steps[1].fits());
  CHECK(names(steps[1].tells) == Names{"siem"});
  CHECK(steps[2].fits());
  CHECK(names(steps[2].tells) == Names{"ops"});  // siem is told by the one before
  CHECK_FALSE(steps[3].tried);
  CHECK_FALSE(steps[3].fits());
  CHECK(steps[3].misfits.empty());
  CHECK(steps[3].route == &routes[3]);
}

TEST_CASE("route trace: of a group it says which one, and how long it waits") {
  const auto all = destinations({"ops"});
  const std::vector<Route> routes{{.to = {"ops"}, .group_by = GroupBy::kApp, .group_wait = 45s}};
  const auto reduced_step = trace_routes(reduced(), routes, all).front();
  CHECK(reduced_step.group == "app agency");
  CHECK(reduced_step.wait == 45s);
  const auto critical = trace_routes(samples::alert(Cause::kTokenRevoked, State::kOpened), routes, all).front();
  CHECK(critical.group == "app agency");
  CHECK(critical.wait == 0s);
  const auto without_app = trace_routes(samples::alert(Cause::kAccountUnavailable, State::kOpened), routes, all);
  CHECK(without_app.front().group.empty());
  CHECK(without_app.front().wait == 0s);
}

TEST_CASE("route trace: a destination is not told of its own failure") {
  const auto all = destinations({"ops", "siem"});
  const std::vector<Route> routes{{.to = {"ops", "siem"}}};
  const auto steps = trace_routes(samples::alert(Cause::kDestinationBroken, State::kOpened), routes, all);
  CHECK(names(steps.front().tells) == Names{"siem"});
}

TEST_CASE("route trace: what the steps tell is what the recipients are") {
  const auto all = destinations({"ops", "siem", "oncall"});
  const std::vector<Route> routes{{.match = {.tokens = {"brand-*"}}, .to = {"oncall"}, .continues = true},
                                  {.match = {.accounts = {"nobody"}}, .to = {"siem"}, .continues = true},
                                  {.to = {"ops", "oncall"}}};
  Names told, stepwise;
  for (const Recipient& recipient : recipients(reduced(), routes, all)) told.push_back(recipient.destination->name);
  for (const RouteStep& step : trace_routes(reduced(), routes, all)) {
    for (const std::string& name : names(step.tells)) stepwise.push_back(name);
  }
  CHECK(told == Names{"oncall", "ops"});
  CHECK(stepwise == told);
}
