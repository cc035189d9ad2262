#include "alert/body_writer.h"
#include "alert/facts.h"
#include "alert/forms.h"
#include "alert/http_form.h"
#include "alert/prometheus_alert.h"
#include "alert/render.h"
#include "base/ensure.h"

namespace alert {
namespace {

/// A firing alert has no end: Alertmanager gives it one that moves on with every repetition, its resolve_timeout.
void write_alert(BodyWriter& writer, const Alert& alert) {
  writer.open_object();
  write_texts(writer, "labels", labels_of(alert));
  write_texts(writer, "annotations", annotations_of(alert));
  writer.instant("startsAt", alert.incident.opened_at);
  if (is_over(alert)) writer.instant("endsAt", alert.incident.resolved_at.value_or(alert.at));
  writer.close_object();
}

/// https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml, POST /alerts. It forgets when it restarts:
/// whoever posts must post again while an alert fires, and for five minutes after its end.
class AlertmanagerForm final : public Form {
 public:
  const Manner& manner() const override {
    static const Manner manner{.slots = 2};
    return manner;
  }

  std::optional<std::string> complaint_about(const Destination& destination) const override {
    return complaint_about_base(destination);
  }

  std::string body(const Alert& alert) const override { return alertmanager_body({alert}); }
  std::string body(const Digest&) const override {
    ENSURE(manner().digests);  // Alertmanager groups for itself
    return {};
  }

  /// May be sent twice by the transport: the same alert again is the same alert.
  std::optional<http::Request> request(const Destination& destination, const PendingDelivery& pending,
                                       base::Instant) const override {
    http::Request request = post_to(destination, pending.body, "/api/v2/alerts");
    request.idempotent = true;
    return request;
  }

  AttemptResult judge(const http::Response& response) const override { return judge_status(response.status, {200}); }
};

}  // namespace

std::string alertmanager_body(const std::vector<Alert>& alerts) {
  BodyWriter writer;
  writer.open_array();
  for (const Alert& alert : alerts) write_alert(writer, alert);
  writer.close_array();
  return writer.take();
}

const Form& alertmanager_form() {
  static const AlertmanagerForm form;
  return form;
}

}  // namespace alert
