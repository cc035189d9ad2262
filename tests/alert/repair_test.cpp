#include "alert/repair.h"

#include <doctest/doctest.h>

#include "alert/samples.h"

using namespace alert;
using verdict::Cause;

namespace {

std::string repair(Cause cause) { return repair_of(samples::alert(cause, State::kOpened)); }
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string app_repair(const char* likely) {
  Alert alert = samples::alert(Cause::kAppRejected, State::kOpened);
  alert.incident.finding.details = {likely};
  return repair_of(alert);
}

}  // namespace

TEST_CASE("repair: an app that X refuses is repaired by its likely cause") {
  const std::string keys = app_repair("the consumer key and secret were regenerated, or the app is suspended");
  CHECK(has(keys, "Compare the consumer key and secret of agency at developer.x.com"));
  CHECK(has(keys, "whether agency is suspended"));
  const std::string access = app_repair("the app has no access to the Ads API (any more)");
  CHECK(access.starts_with("Ask X to give agency its access to the Ads API back"));
  CHECK(app_repair("X lets the app read only").starts_with("Give agency permission to read and write"));
  CHECK(app_repair("X refuses the app").starts_with("Look at developer.x.com what has become of agency."));
  CHECK(keys.ends_with("No single token is to blame before that."));
}

TEST_CASE("repair: a version that ended, and one that will end, name the setting") {
  CHECK(
      repair(Cause::kVersionRetired).starts_with("Every program that names this version is refused. Set api.version"));
  CHECK(repair(Cause::kSunset).starts_with("Nothing stops yet. Set api.version in the settings"));
}

TEST_CASE("repair: blindness is repaired by what it comes from") {
  Alert alert = samples::alert(Cause::kAuditBlind, State::kOpened);
  const auto advice = [&](const char* topic) {
    alert.incident.finding.key.topic = topic;
    return repair_of(alert);
  };
  for (const auto& [topic, part] :
       std::vector<std::pair<const char*, const char*>>{{"budget", "adsauditd budget"},
                                                        {"network", "route, firewall, proxy"},
                                                        {"name_resolution", "resolvectl query ads-api.x.com"},
                                                        {"tls", "ca-certificates"},
                                                        {"x_ill", "to wait"},
                                                        {"not_the_api", "A portal or a proxy"},
                                                        {"throttled", "another program that uses the same rate limit"},
                                                        {"clock", "chronyc tracking"},
                                                        {"app", "app.rejected"},
                                                        {"version", "api.version"},
                                                        {"unknown_code", "api.error_codes"},
                                                        {"undecided", "audit --once --explain"},
                                                        {"something new", "adsauditd status"}}) {
    CAPTURE(topic);
    CHECK(has(advice(topic), part));
    CHECK(advice(topic).starts_with("Nothing stops but our watch"));
  }
}

TEST_CASE("repair: a clock that is off is set by chrony") { CHECK(has(repair(Cause::kClockSkew), "chronyc tracking")); }

TEST_CASE("repair: a broken expectation is repaired in X Ads, or accepted") {
  Alert alert = samples::alert(Cause::kPolicyViolated, State::kOpened);
  CHECK(repair_of(alert) ==
        "If nobody meant it, ask an administrator of 18ce54d4x5t to give user 2417045708 what is expected (AD_MANAGER) "
        "in X Ads. If it is meant, change the expectation in the settings, or accept it: adsauditd accept " +
            alert.incident.id.text() + " --reason TEXT");
  alert.incident.finding.before.clear();
  CHECK(has(repair_of(alert), "to give user 2417045708 what is expected in X Ads."));
}

TEST_CASE("repair: too few live tokens take another one, too few administrators another role") {
  Alert alert = samples::alert(Cause::kRedundancyLost, State::kOpened);
  CHECK(repair_of(alert).ends_with("adsauditd token authorize NAME --app APP --account 18ce54d4x5t"));
  alert.incident.finding.grounds.rule = "too_few_admins";
  CHECK(has(repair_of(alert), "to make another of our users ACCOUNT_ADMIN in X Ads"));
}

TEST_CASE("repair: an overdue change is made, withdrawn or accepted") {
  const Alert alert = samples::alert(Cause::kChangeOverdue, State::kOpened);
  CHECK(has(repair_of(alert), "adsauditd expect-change --withdraw pln_01M83YDS76WZCWHV2048WHJ1DF"));
  CHECK(repair_of(alert).ends_with("adsauditd accept " + alert.incident.id.text() + " --reason TEXT"));
}

TEST_CASE("repair: two or three sentences are enough, for every cause") {
  for (const Cause cause : verdict::all_causes()) {
    CAPTURE(verdict::to_text(cause));
    CHECK(repair(cause).size() < 700);
  }
}
