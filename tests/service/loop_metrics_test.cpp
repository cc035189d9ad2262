#include <doctest/doctest.h>

#include <string>

#include "service/loop.h"
#include "service/loop_tools.h"

using namespace std::chrono_literals;

namespace {

/// Of the series that is called so, with its labels; -1 when there is none.
double value_of(const Workshop& workshop, const std::string& series) {
  const std::string page = "\n" + workshop.metrics.text();
  const auto at = page.find("\n" + series + " ");
  return at == std::string::npos ? -1 : std::stod(page.substr(at + series.size() + 2));
}

}  // namespace

TEST_CASE("loop: a revoked token shows in the metrics, and so does that it was told") {
  Workshop workshop(always(status(401, kRevoked)), always(status(204)));
  workshop.add_token("brand-a", {"aaa", "bbb"});
  run_for(workshop, 1s);
  CHECK(value_of(workshop, "adsauditd_probes_total{result=\"denied\"}") >= 2);
  CHECK(value_of(workshop, "adsauditd_probes_total{result=\"granted\"}") == 0);
  CHECK(value_of(workshop, "adsauditd_probe_duration_seconds_count") >= 2);
  CHECK(value_of(workshop, "adsauditd_incidents_opened_total{cause=\"token.revoked\"}") == 1);
  CHECK(value_of(workshop, "adsauditd_db_write_duration_seconds_count") >= 1);
  CHECK(value_of(workshop, "adsauditd_notification_latency_seconds_count") == 1);
  CHECK(value_of(workshop, "adsauditd_detection_bound_seconds") > 0);
  CHECK(value_of(workshop, "adsauditd_schedule_lateness_seconds") >= 0);
}

TEST_CASE("loop: what is not delivered, and what is open, shows in the metrics") {
  Workshop workshop(always(status(401, kRevoked)), always(status(503)));
  workshop.add_token("brand-a", {"aaa"});
  CHECK(workshop.make_loop()->run_once("", "", 600ms) == 0);
  CHECK(value_of(workshop, "adsauditd_incidents{severity=\"critical\"}") == 1);
  CHECK(value_of(workshop, "adsauditd_outbox_pending") == 1);
  CHECK(value_of(workshop, "adsauditd_dead_letters") == 0);
  CHECK(value_of(workshop, "adsauditd_outbox_oldest_timestamp_seconds") > 1'700'000'000);
  CHECK(value_of(workshop, "adsauditd_notification_latency_seconds_count") == 0);
}
