#include <algorithm>

#include "alert/body_writer.h"
#include "alert/facts.h"
#include "alert/forms.h"
#include "alert/http_form.h"
#include "alert/prometheus_alert.h"
#include "alert/signature.h"

namespace alert {
namespace {

// Receivers of Standard Webhooks ask for bodies under about 20 kB; Alertmanager's own are as long as they get.
constexpr std::size_t kBodyLimit = 19'500;
constexpr std::size_t kFrame = 200;

std::string_view status_of(bool over) { return over ? "resolved" : "firing"; }

/// What both have in common.
PrometheusLabels shared(PrometheusLabels left, const PrometheusLabels& right) {
  std::erase_if(left, [&](const auto& one) {
    const auto other = right.find(one.first);
    return other == right.end() || other->second != one.second;
  });
  return left;
}

template <class TextsOf>
PrometheusLabels common(const std::vector<Alert>& alerts, TextsOf texts_of) {
  if (alerts.empty()) return {};
  PrometheusLabels texts = texts_of(alerts.front());
  for (const Alert& alert : alerts) texts = shared(std::move(texts), texts_of(alert));
  return texts;
}

void write_alert(BodyWriter& writer, const Alert& alert) {
  const PrometheusLabels labels = labels_of(alert);
  writer.open_object();
  writer.member("status", status_of(is_over(alert)));
  write_texts(writer, "labels", labels);
  write_texts(writer, "annotations", annotations_of(alert));
  writer.instant("startsAt", alert.incident.opened_at);
  if (is_over(alert))
    writer.instant("endsAt", alert.incident.resolved_at.value_or(alert.at));
  else
    writer.member("endsAt", "0001-01-01T00:00:00Z");  // how Alertmanager writes that there is none
  writer.member("generatorURL", "");
  writer.member("fingerprint", fingerprint_of(labels));
  writer.close_object();
}

/// As many as there is room for, the first in any case; how many they are.
std::uint64_t write_alerts(BodyWriter& writer, const std::vector<Alert>& alerts) {
  std::uint64_t written = 0;
  writer.open_array("alerts");
  for (const Alert& alert : alerts) {
    BodyWriter one;
    write_alert(one, alert);
    if (written > 0 && writer.size() + one.size() + kFrame > kBodyLimit) break;
    writer.value(one);
    ++written;
  }
  writer.close_array();
  return written;
}

struct Group {
  std::string key;
  PrometheusLabels labels;
  bool over = false;
  std::uint64_t total = 1;
};

/// Alertmanager's payload, version 4 (template.Data and notify/webhook):
/// https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
std::string write_body(const Group& group, const std::vector<Alert>& alerts) {
  BodyWriter writer;
  writer.open_object();
  writer.member("version", "4");
  writer.member("groupKey", group.key);
  writer.member("status", status_of(group.over));
  writer.member("receiver", "adsauditd");
  write_texts(writer, "groupLabels", group.labels);
  write_texts(writer, "commonLabels", common(alerts, labels_of));
  write_texts(writer, "commonAnnotations", common(alerts, annotations_of));
  writer.member("externalURL", "");
  const std::uint64_t written = write_alerts(writer, alerts);
  writer.number("truncatedAlerts", group.total - std::min(group.total, written));
  writer.close_object();
  return writer.take();
}

PrometheusLabels group_labels_of(const Digest& digest) {
  if (digest.group.empty()) return {};
  return {{"group", digest.group}};
}

/// A webhook whose receiver understands Alertmanager. Signed like a generic one where a secret is set.
class AlertmanagerWebhookForm final : public Form {
 public:
  const Manner& manner() const override {
    static const Manner manner{.digests = true};
    return manner;
  }

  std::optional<std::string> complaint_about(const Destination& destination) const override {
    if (auto complaint = complaint_about_url(destination)) return complaint;
    if (destination.secret.empty()) return std::nullopt;
    return complaint_about_signing(destination);
  }

  std::string body(const Alert& alert) const override {
    const std::string incident = alert.incident.id.text();
    return write_body(
        {.key = "{}:{incident=\"" + incident + "\"}", .labels = {{"incident", incident}}, .over = is_over(alert)},
        {alert});
  }

  std::string body(const Digest& digest) const override {
    return write_body({.key = "{}:{digest=\"" + digest.id.text() + "\"}",
                       .labels = group_labels_of(digest),
                       .over = is_over(digest),
                       .total = digest.total()},
                      digest.first);
  }

  /// May be sent twice by the transport: receivers know alerts by their fingerprints.
  std::optional<http::Request> request(const Destination& destination, const PendingDelivery& pending,
                                       base::Instant now) const override {
    http::Request request = post_to(destination, pending.body);
    request.idempotent = true;
    if (!destination.secret.empty()) sign(request, destination, pending.delivery.alert, now);
    return request;
  }

  AttemptResult judge(const http::Response& response) const override { return judge_webhook(response); }
};

}  // namespace

const Form& alertmanager_webhook_form() {
  static const AlertmanagerWebhookForm form;
  return form;
}

}  // namespace alert
