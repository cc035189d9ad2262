#include "service/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <string_view>
#include <variant>

#include "base/overloaded.h"

namespace service {
namespace {

using Buckets = prometheus::Histogram::BucketBoundaries;

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

double seconds(base::Duration span) { return static_cast<double>(span.count()) / 1000; }
double seconds(base::Instant utc) { return static_cast<double>(base::to_epoch_ms(utc)) / 1000; }

prometheus::Gauge& gauge(prometheus::Registry& registry, const std::string& name, const std::string& help,
                         const prometheus::Labels& labels = {}) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
}

prometheus::Counter& counter(prometheus::Registry& registry, const std::string& name, const std::string& help,
                             const prometheus::Labels& labels = {}) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
}

prometheus::Histogram& histogram(prometheus::Registry& registry, const std::string& name, const std::string& help,
                                 const Buckets& buckets) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, buckets);
}

/// Of this kind of answer, as a label.
std::string result_of(const xads::Answer& answer) {
  return std::visit(
      base::Overloaded{[](const xads::Granted&) { return "granted"; }, [](const xads::Denied&) { return "denied"; },
                       [](const xads::Throttled&) { return "throttled"; },
                       [](const xads::Unavailable&) { return "unavailable"; }},
      answer);
}

/// Why a message was not taken, in few words: an answer's class, or that there was none.
std::string reason_of(const alert::DeliveryAttempt& attempt) {
  if (attempt.http_status == 0) return "no_answer";
  if (attempt.http_status == 429) return "throttled";
  if (attempt.http_status >= 500) return "server";
  return "refused";
}

/// Nothing when this machine does not say.
std::optional<double> resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  if (!(file >> size >> resident)) return std::nullopt;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

struct Metrics::Families {
  static prometheus::Gauge& windows(prometheus::Registry& registry, const char* state) {
    return gauge(
        registry, "adsauditd_rate_limit_buckets",
        "Rate limits that are not used for now (parked: after a 429; yielding: left to others), or that cannot "
        "give what the audits ask (unfit).",
        {{"state", state}});
  }

  prometheus::Registry registry;
  prometheus::Gauge& reload_good = gauge(registry, "adsauditd_config_last_reload_successful",
                                         "Whether the latest settings that were read are in force.");
  prometheus::Gauge& reload_good_at = gauge(registry, "adsauditd_config_last_reload_success_timestamp_seconds",
                                            "When settings were last put in force.");
  prometheus::Gauge& bound = gauge(registry, "adsauditd_detection_bound_seconds",
                                   "Within which a change is to be seen, of the pair that has used up most of it.");
  prometheus::Gauge& oldest = gauge(registry, "adsauditd_oldest_conclusive_timestamp_seconds",
                                    "Last certain answer of the pair that has used up most of its bound.");
  prometheus::Gauge& lateness = gauge(registry, "adsauditd_schedule_lateness_seconds",
                                      "99 of 100 questions of the last two minutes were asked no later than this.");
  prometheus::Gauge& throttled_windows = windows(registry, "parked");
  prometheus::Gauge& yielding_windows = windows(registry, "yielding");
  prometheus::Gauge& unfit_windows = windows(registry, "unfit");
  prometheus::Gauge& least_left =
      gauge(registry, "adsauditd_rate_budget_remaining_ratio",
            "What X says is left, whoever uses it, of the rate limit of which the least is left.");
  prometheus::Gauge& control =
      gauge(registry, "adsauditd_control_probe_ok", "Whether X grants the control token anything; NaN without one.",
            {{"kind", "token"}});
  prometheus::Counter& rate_limited =
      counter(registry, "adsauditd_rate_limited_total", "Audits that X answered with 429.");
  prometheus::Gauge& pending = gauge(registry, "adsauditd_outbox_pending",
                                     "Deliveries of alerts that are not done, as the database holds them.");
  prometheus::Gauge& oldest_pending =
      gauge(registry, "adsauditd_outbox_oldest_timestamp_seconds",
            "When the oldest delivery that is not done was made; NaN when all are done.");
  prometheus::Gauge& dead = gauge(registry, "adsauditd_dead_letters", "Deliveries that were given up.");
  prometheus::Gauge& clock_skew =
      gauge(registry, "adsauditd_clock_skew_seconds", "This machine's clock less that of X.");
  prometheus::Gauge& paused =
      gauge(registry, "adsauditd_audits_paused", "Whether nothing is asked because the database takes nothing.");
  prometheus::Gauge& db_size =
      gauge(registry, "adsauditd_db_size_bytes", "Size of the database file, without its write-ahead log.");
  prometheus::Histogram& db_write =
      histogram(registry, "adsauditd_db_write_duration_seconds", "How long transactions took.",
                {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10});
  prometheus::Histogram& probe =
      histogram(registry, "adsauditd_probe_duration_seconds", "From the question to its answer.",
                {0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30});
  prometheus::Histogram& latency =
      histogram(registry, "adsauditd_notification_latency_seconds", "From making a delivery to its arrival.",
                {0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600});
  prometheus::Gauge& resident = gauge(registry, "process_resident_memory_bytes", "Resident memory size in bytes.");
  prometheus::TextSerializer serializer;
};

Metrics::Metrics(const std::string& version, std::string store_path, base::Instant now)
    : store_path_(std::move(store_path)), families_(std::make_unique<Families>()) {
  auto& registry = families_->registry;
  gauge(registry, "adsauditd_build_info", "Which program this is.", {{"version", version}}).Set(1);
  families_->least_left.Set(1);
  families_->control.Set(kNotANumber);
  gauge(registry, "process_start_time_seconds", "Start time of the process since unix epoch in seconds.")
      .Set(seconds(now));
  // All that may come is there from the first scrape on, so that a rate sees the first of it.
  for (const char* result : {"granted", "denied", "throttled", "unavailable"})
    counter(registry, "adsauditd_probes_total", "Audits of pairs that were answered, by answer.", {{"result", result}});
  for (const verdict::Cause cause : verdict::all_causes())
    counter(registry, "adsauditd_incidents_opened_total", "Incidents that were opened.",
            {{"cause", std::string(verdict::to_text(cause))}});
  for (const alert::Channel channel : alert::all_channels()) {
    const std::string type(alert::to_text(channel));
    counter(registry, "adsauditd_notifications_total", "Messages that arrived.", {{"channel_type", type}});
    for (const char* reason : {"no_answer", "refused", "server", "throttled"})
      counter(registry, "adsauditd_notifications_failed_total", "Attempts that brought no message to its receiver.",
              {{"channel_type", type}, {"reason", reason}});
  }
  families_->oldest.Set(seconds(now));
  reloaded(true, now);
  show(Figures{});
  show(Undelivered{});
  show(std::map<verdict::Severity, std::uint64_t>{});
}

Metrics::~Metrics() = default;

std::string Metrics::text() const {
  std::error_code error;
  const auto size = std::filesystem::file_size(store_path_, error);
  if (!error) families_->db_size.Set(static_cast<double>(size));
  if (const auto bytes = resident_bytes()) families_->resident.Set(*bytes);
  return families_->serializer.Serialize(families_->registry.Collect());
}

void Metrics::heard(const xads::Answer& answer, base::Duration took) {
  counter(families_->registry, "adsauditd_probes_total", "Audits of pairs that were answered, by answer.",
          {{"result", result_of(answer)}})
      .Increment();
  if (std::holds_alternative<xads::Throttled>(answer)) families_->rate_limited.Increment();
  families_->probe.Observe(seconds(took));
}

void Metrics::tried(const alert::DeliveryAttempt& attempt) {
  const std::string type(alert::to_text(attempt.delivery.channel));
  if (attempt.delivery.state != alert::DeliveryState::kDelivered) {
    counter(families_->registry, "adsauditd_notifications_failed_total",
            "Attempts that brought no message to its receiver.",
            {{"channel_type", type}, {"reason", reason_of(attempt)}})
        .Increment();
    return;
  }
  counter(families_->registry, "adsauditd_notifications_total", "Messages that arrived.", {{"channel_type", type}})
      .Increment();
  families_->latency.Observe(seconds(attempt.at - attempt.delivery.created_at));
}

void Metrics::opened(verdict::Cause cause) {
  counter(families_->registry, "adsauditd_incidents_opened_total", "Incidents that were opened.",
          {{"cause", std::string(verdict::to_text(cause))}})
      .Increment();
}

void Metrics::wrote(base::Duration took) { families_->db_write.Observe(seconds(took)); }

void Metrics::reloaded(bool good, base::Instant now) {
  families_->reload_good.Set(good ? 1 : 0);
  if (good) families_->reload_good_at.Set(seconds(now));
}

void Metrics::show(const Figures& figures) {
  auto& registry = families_->registry;
  const auto pairs = [&](const char* state, std::size_t number) {
    gauge(registry, "adsauditd_pairs", "Pairs of a token and an ad account that are watched.", {{"state", state}})
        .Set(static_cast<double>(number));
  };
  pairs("waiting", figures.waiting);
  pairs("running", figures.running);
  pairs("parked", figures.parked);
  for (std::size_t place = 0; place < kBlindnesses; ++place) {
    const auto reason = static_cast<Blindness>(place);
    const auto found = figures.blind.find(reason);
    gauge(registry, "adsauditd_blind_pairs", "Pairs of which nothing certain is known within their bound.",
          {{"reason", std::string(to_text(reason))}})
        .Set(found == figures.blind.end() ? 0 : static_cast<double>(found->second));
  }
  families_->clock_skew.Set(seconds(figures.clock_offset));
  families_->paused.Set(figures.paused ? 1 : 0);
}

void Metrics::show(const Undelivered& undelivered) {
  families_->pending.Set(static_cast<double>(undelivered.pending));
  families_->dead.Set(static_cast<double>(undelivered.dead));
  families_->oldest_pending.Set(undelivered.oldest ? seconds(*undelivered.oldest) : kNotANumber);
}

void Metrics::show(const std::map<verdict::Severity, std::uint64_t>& open_incidents) {
  for (const auto severity : {verdict::Severity::kInfo, verdict::Severity::kWarning, verdict::Severity::kCritical}) {
    const auto found = open_incidents.find(severity);
    gauge(families_->registry, "adsauditd_incidents", "Incidents that are open.",
          {{"severity", std::string(verdict::to_text(severity))}})
        .Set(found == open_incidents.end() ? 0 : static_cast<double>(found->second));
  }
}

void Metrics::show(const std::vector<store::Gauge>& gauges) {
  const std::map<std::string, std::int64_t> figures(gauges.begin(), gauges.end());
  const auto with = [&](const char* name, const auto& use) {
    if (const auto found = figures.find(name); found != figures.end()) use(static_cast<double>(found->second));
  };
  with("lateness_p99_ms", [&](double ms) { families_->lateness.Set(ms / 1000); });
  with("detection_bound_ms", [&](double ms) { families_->bound.Set(ms / 1000); });
  with("buckets_yielding", [&](double number) { families_->yielding_windows.Set(number); });
  with("buckets_unfit", [&](double number) { families_->unfit_windows.Set(number); });
  with("least_left_permille", [&](double permille) { families_->least_left.Set(permille / 1000); });
  with("control_ok", [&](double ok) { families_->control.Set(ok < 0 ? kNotANumber : ok); });
  with("buckets_parked", [&](double number) { families_->throttled_windows.Set(number); });
  with("written_at_ms",
       [&](double at) { with("oldest_answer_ms", [&](double age) { families_->oldest.Set((at - age) / 1000); }); });
}

}  // namespace service
