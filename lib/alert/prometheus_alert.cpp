#include "alert/prometheus_alert.h"

#include <fmt/format.h>

#include "alert/facts.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/text.h"

namespace alert {
namespace {

// Bytes before JSON escapes them. With them the worst alert stays under 20 kB, where its texts stand twice.
constexpr std::size_t kLabelLimit = 200;
constexpr std::size_t kSummaryLimit = 200;
constexpr std::size_t kDescriptionLimit = 1600;
constexpr std::size_t kImpactLimit = 700;
constexpr std::size_t kRepairLimit = 800;

/// Alertmanager takes a label without a value for one that is not there.
void add(PrometheusLabels& labels, const char* name, std::string_view value, std::size_t limit = kLabelLimit) {
  if (!value.empty()) labels.emplace(name, base::shortened(base::clean_text(value), limit));
}

/// What happened, to whom, since when and how sure, in one text.
std::string description_of(const std::vector<Fact>& facts) {
  std::vector<std::string> parts;
  for (const Fact& fact : facts) {
    if (fact.question == Question::kStops || fact.question >= Question::kWhatToDo) continue;
    parts.push_back(fmt::format("{}: {}", fact.label, base::shortened(base::clean_text(fact.text), fact.limit)));
  }
  return base::join(parts, "; ");
}

}  // namespace

PrometheusLabels labels_of(const Alert& alert) {
  PrometheusLabels labels;
  add(labels, "alertname", verdict::to_text(alert.incident.finding.key.cause));
  add(labels, "severity", severity_text(alert));
  add(labels, "incident", alert.incident.id.text());
  add(labels, "app", alert.subject.app);
  if (alert.subject.token) add(labels, "token", alert.subject.token->name);
  add(labels, "account", alert.subject.account_id);
  if (alert.test) add(labels, "test", "true");
  return labels;
}

PrometheusLabels annotations_of(const Alert& alert) {
  const Wording wording = wording_of(alert);
  PrometheusLabels annotations;
  add(annotations, "summary", wording.title, kSummaryLimit);
  add(annotations, "description", description_of(facts_of(alert, wording)), kDescriptionLimit);
  add(annotations, "impact", wording.stops, kImpactLimit);
  add(annotations, "repair", wording.repair, kRepairLimit);
  return annotations;
}

void write_texts(BodyWriter& writer, std::string_view key, const PrometheusLabels& texts) {
  writer.open_object(key);
  for (const auto& [name, text] : texts) writer.member(name, text, kDescriptionLimit);
  writer.close_object();
}

std::string fingerprint_of(const PrometheusLabels& labels) {
  std::string all;
  for (const auto& [name, value] : labels)
    all.append(name).append("\n").append(value).append("\n");  // values are clean
  const auto hash = base::sha256(all);
  return base::to_hex(base::as_view(hash)).substr(0, 16);
}

}  // namespace alert
