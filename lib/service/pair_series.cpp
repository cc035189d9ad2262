#include "service/pair_series.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <variant>

#include "base/text.h"

namespace service {
namespace {

constexpr int kSeriesOfPair = 2;

prometheus::MetricFamily family(const char* name, const char* help) {
  prometheus::MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = prometheus::MetricType::Gauge;
  return family;
}

prometheus::ClientMetric value_of(const store::PairRow& pair, double value) {
  prometheus::ClientMetric metric;
  metric.label = {{"account", base::clean_text(pair.account.id)}, {"token", base::clean_text(pair.token.name)}};
  metric.gauge.value = value;
  return metric;
}

}  // namespace

std::string pair_series(store::Store& store, const MetricsOptions& options) {
  auto granted = family("adsauditd_pair_granted", "Whether the token may do anything on the ad account.");
  auto heard = family("adsauditd_pair_last_conclusive_timestamp_seconds",
                      "When the answer was last heard, as the database knows it.");
  auto dropped = family("adsauditd_metrics_series_dropped", "Series of pairs beyond metrics.max_series.");
  const auto pairs = store.pairs({.limit = options.max_series / kSeriesOfPair});
  for (const auto& pair : pairs) {
    const auto& run = pair.state.baseline.run;
    if (!run) continue;
    granted.metric.push_back(value_of(pair, std::holds_alternative<xads::Granted>(run->answer) ? 1 : 0));
    heard.metric.push_back(value_of(pair, static_cast<double>(base::to_epoch_ms(run->last_seen)) / 1000));
  }
  prometheus::ClientMetric left_out;
  const auto all = store.totals().pairs;  // some may have come or gone since
  left_out.gauge.value = static_cast<double>((all - std::min<std::uint64_t>(all, pairs.size())) * kSeriesOfPair);
  dropped.metric.push_back(left_out);
  return prometheus::TextSerializer().Serialize({dropped, granted, heard});
}

}  // namespace service
