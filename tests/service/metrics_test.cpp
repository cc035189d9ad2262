#include "service/metrics.h"

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>

using service::Metrics;

namespace {

constexpr auto kStart = base::Instant(base::Duration(1'796'083'200'000));

/// Lines of the page, each up to its value: "# TYPE ..." and "name{labels}".
std::string without_values(const std::string& page) {
  std::istringstream lines(page);
  std::string names;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with("# HELP")) continue;
    names += (line.starts_with('#') ? line : line.substr(0, line.rfind(' '))) + "\n";
  }
  return names;
}

bool says(const Metrics& metrics, const std::string& line) {
  return ("\n" + metrics.text()).find("\n" + line + "\n") != std::string::npos;
}

alert::DeliveryAttempt attempt(alert::DeliveryState state, int http_status) {
  alert::DeliveryAttempt attempt;
  attempt.delivery.channel = alert::Channel::kSlack;
  attempt.delivery.state = state;
  attempt.delivery.created_at = kStart;
  attempt.at = kStart + base::Duration(2000);
  attempt.http_status = http_status;
  return attempt;
}

/// One of everything that may come.
void live_through_everything(Metrics& metrics) {
  const base::Duration took(40);
  metrics.heard(xads::Granted{}, took);
  metrics.heard(xads::Denied{}, took);
  metrics.heard(xads::Throttled{}, took);
  metrics.heard(xads::Unavailable{}, took);
  for (const verdict::Cause cause : verdict::all_causes()) metrics.opened(cause);
  for (const alert::Channel channel : alert::all_channels()) {
    for (const int status : {0, 200, 301, 404, 429, 503}) {
      auto tried = attempt(status == 200 ? alert::DeliveryState::kDelivered : alert::DeliveryState::kPending, status);
      tried.delivery.channel = channel;
      metrics.tried(tried);
    }
  }
  metrics.wrote(took);
  metrics.reloaded(false, kStart);
  metrics.show(service::Figures{.waiting = 1, .blind = {{service::Blindness::kTls, 3}}, .paused = true});
  metrics.show(service::Undelivered{.pending = 1, .dead = 1, .oldest = kStart});
  metrics.show({{verdict::Severity::kCritical, 2}});
  metrics.show({{"lateness_p99_ms", 1500},
                {"buckets_unfit", 3},
                {"least_left_permille", 250},
                {"written_at_ms", 10'000},
                {"oldest_answer_ms", 4000}});
}

}  // namespace

TEST_CASE("metrics: names, types and labels are those of the reference, whatever happens") {
  // Whoever changes a name breaks dashboards: write it down in tests/data/metrics.txt, and in the manual.
  std::ifstream file(TEST_DATA "/metrics.txt");
  const std::string expected((std::istreambuf_iterator<char>(file)), {});
  Metrics metrics("0.1.0", "/proc/self/stat", kStart);
  CHECK_EQ(without_values(metrics.text()), without_values(expected));
  live_through_everything(metrics);
  CHECK_EQ(without_values(metrics.text()), without_values(expected));
}

TEST_CASE("metrics: what happened is counted") {
  Metrics metrics("0.1.0", "/nowhere", kStart);
  CHECK(says(metrics, "adsauditd_probes_total{result=\"denied\"} 0"));
  CHECK(says(metrics, "adsauditd_outbox_oldest_timestamp_seconds Nan"));
  live_through_everything(metrics);
  CHECK(says(metrics, "adsauditd_probes_total{result=\"denied\"} 1"));
  CHECK(says(metrics, "adsauditd_rate_limited_total 1"));
  CHECK(says(metrics, "adsauditd_rate_limit_buckets{state=\"unfit\"} 3"));
  CHECK(says(metrics, "adsauditd_rate_budget_remaining_ratio 0.25"));
  CHECK(says(metrics, "adsauditd_probe_duration_seconds_count 4"));
  CHECK(says(metrics, "adsauditd_probe_duration_seconds_bucket{le=\"0.025\"} 0"));
  CHECK(says(metrics, "adsauditd_probe_duration_seconds_bucket{le=\"0.05\"} 4"));
  CHECK(says(metrics, "adsauditd_incidents_opened_total{cause=\"token.revoked\"} 1"));
  CHECK(says(metrics, "adsauditd_notifications_total{channel_type=\"slack\"} 1"));
  CHECK(says(metrics, "adsauditd_notifications_failed_total{channel_type=\"slack\",reason=\"refused\"} 2"));
  CHECK(says(metrics, "adsauditd_notification_latency_seconds_bucket{le=\"1\"} 0"));
  CHECK(says(metrics, "adsauditd_notification_latency_seconds_bucket{le=\"2.5\"} " +
                          std::to_string(alert::all_channels().size())));
  CHECK(says(metrics, "adsauditd_config_last_reload_successful 0"));
  CHECK(says(metrics, "adsauditd_config_last_reload_success_timestamp_seconds 1796083200"));
  CHECK(says(metrics, "adsauditd_blind_pairs{reason=\"tls\"} 3"));
  CHECK(says(metrics, "adsauditd_audits_paused 1"));
  CHECK(says(metrics, "adsauditd_incidents{severity=\"critical\"} 2"));
  CHECK(says(metrics, "adsauditd_schedule_lateness_seconds 1.5"));
  CHECK(says(metrics, "adsauditd_oldest_conclusive_timestamp_seconds 6"));
  CHECK(says(metrics, "adsauditd_outbox_oldest_timestamp_seconds 1796083200"));
  metrics.show(service::Figures{});
  CHECK(says(metrics, "adsauditd_blind_pairs{reason=\"tls\"} 0"));
  CHECK(says(metrics, "adsauditd_audits_paused 0"));
}

TEST_CASE("metrics: one thread counts while another reads") {
  Metrics metrics("0.1.0", "/nowhere", kStart);
  std::thread reader([&] {
    for (int turn = 0; turn < 50; ++turn) CHECK_FALSE(metrics.text().empty());
  });
  for (int turn = 0; turn < 50; ++turn) live_through_everything(metrics);
  reader.join();
  CHECK(says(metrics, "adsauditd_rate_limited_total 50"));
}
