#include <algorithm>

#include "alert/body_writer.h"
#include "alert/forms.h"
#include "alert/http_form.h"
#include "alert/impact.h"
#include "alert/signature.h"
#include "base/text.h"

namespace alert {
namespace {

// Standard Webhooks asks for bodies under about 20 kB. These limits keep the worst case under it even when every
// character must be escaped.
constexpr std::size_t kLabelNameLimit = 64;
constexpr std::size_t kLabelValueLimit = 128;
constexpr std::size_t kLabels = 16;
constexpr std::size_t kPermissionLimit = 64;
constexpr std::size_t kPermissions = 16;  // X documents seven
constexpr std::size_t kRepairLimit = 1500;
// What comes last are lists of which only the first entries matter: they get the room that is left.
constexpr std::size_t kEntryLimit = 160;
constexpr std::size_t kBodyLimit = 19'500;
constexpr std::size_t kFrame = 400;  ///< more than the names and brackets that follow

void write_incident(BodyWriter& writer, const verdict::Incident& incident) {
  writer.open_object("incident");
  writer.member("id", incident.id.text());
  writer.instant("opened_at", incident.opened_at);
  writer.instant_or_null("resolved_at", incident.resolved_at);
  writer.close_object();
}

void write_labels(BodyWriter& writer, const audit::Labels& labels) {
  writer.open_object("labels");
  std::size_t written = 0;
  for (const auto& [name, value] : labels) {
    if (++written > kLabels || name.size() > kLabelNameLimit)
      writer.left_something_out();  // a shortened name could collide with another one, so the label is left out
    else
      writer.member(base::clean_text(name), value, kLabelValueLimit);
  }
  writer.close_object();
}

void write_token(BodyWriter& writer, const std::optional<audit::Token>& token) {
  if (!token) return writer.null("token");
  writer.open_object("token");
  writer.member("name", token->name);
  writer.member("kind", audit::to_text(token->kind));
  writer.member_or_null("user_id", token->user_id);
  write_labels(writer, token->labels);
  writer.close_object();
}

void write_account(BodyWriter& writer, const Subject& subject) {
  if (subject.account_id.empty()) return writer.null("account");
  writer.open_object("account");
  writer.member("id", subject.account_id);
  writer.member_or_null("name", subject.account_name);
  writer.close_object();
}

void write_what(BodyWriter& writer, const Alert& alert, const Wording& wording) {
  writer.member("state", to_text(alert.state));
  writer.member("severity", verdict::to_text(verdict::severity_of(alert.incident.finding)));
  writer.member("title", wording.title);
}

void write_whom(BodyWriter& writer, const Alert& alert) {
  write_incident(writer, alert.incident);
  writer.member_or_null("app", alert.subject.app);
  write_token(writer, alert.subject.token);
  write_account(writer, alert.subject);
}

void write_permissions(BodyWriter& writer, const char* key, const std::vector<std::string>& permissions) {
  writer.open_array(key);
  const std::size_t count = std::min(permissions.size(), kPermissions);
  if (count < permissions.size()) writer.left_something_out();
  for (std::size_t i = 0; i < count; ++i) writer.text(permissions[i], kPermissionLimit);
  writer.close_array();
}

void write_evidence(BodyWriter& writer, const verdict::Finding& finding) {
  writer.open_object("evidence");
  if (finding.evidence.http_status == 0)
    writer.null("http_status");
  else
    writer.number("http_status", static_cast<std::uint64_t>(finding.evidence.http_status));
  writer.member_or_null("code", finding.evidence.code);  // text always: X sends words and numbers in the same place
  writer.number("confirmations", static_cast<std::uint64_t>(finding.confirmations));
  writer.close_object();
}

void write_impact(BodyWriter& writer, const std::vector<Impact>& impact) {
  writer.open_array("impact");
  for (const Impact& one : impact) {
    writer.open_object();
    writer.member("need", one.need);
    writer.member("effect", one.effect);
    writer.member("certainty", one.certainty);
    writer.close_object();
  }
  writer.close_array();
}

void write_list(BodyWriter& writer, const char* key, const std::vector<std::string>& entries) {
  writer.open_array(key);
  for (const std::string& entry : entries) {
    const bool room = writer.size() + 2 * kEntryLimit + kFrame <= kBodyLimit;
    if (room)
      writer.text(entry, kEntryLimit);
    else
      writer.left_something_out();
  }
  writer.close_array();
}

/// The first of them are examples: that there are more is told by the count, and cuts nothing.
void write_some(BodyWriter& writer, const char* key, const Some& some) {
  writer.open_object(key);
  writer.number("count", some.count);
  write_list(writer, "first", some.first);
  writer.close_object();
}

void write_circumstances(BodyWriter& writer, const Alert& alert) {
  const verdict::Finding& finding = alert.incident.finding;
  writer.member_or_null("rule", finding.grounds.rule);
  writer.number("affected", finding.affected);
  write_list(writer, "details", finding.details);
  write_some(writer, "accounts", alert.subject.accounts);
  write_some(writer, "without_live_token", alert.subject.without_live_token);
  write_some(writer, "without_admin", alert.subject.without_admin);
  write_list(writer, "examples", finding.examples);
  write_list(writer, "witnesses", finding.grounds.witnesses);
}

void write_data(BodyWriter& writer, const Alert& alert) {
  const verdict::Finding& finding = alert.incident.finding;
  const Wording wording = wording_of(alert);
  write_what(writer, alert, wording);
  writer.number("sequence", alert.sequence);
  writer.member_or_null("note", alert.note);
  writer.flag("test", alert.test);
  write_whom(writer, alert);
  write_permissions(writer, "before", finding.before);
  write_permissions(writer, "after", finding.after);
  writer.instant_or_null("last_good_at", finding.last_good_at);
  write_evidence(writer, finding);
  write_impact(writer, impact_of(alert));
  writer.member("repair", wording.repair, kRepairLimit);
  write_circumstances(writer, alert);
}

/// The listed incidents, as far as there is room for them; how many they are.
std::uint64_t write_incidents(BodyWriter& writer, const std::vector<Alert>& alerts) {
  std::uint64_t written = 0;
  writer.open_array("incidents");
  for (const Alert& alert : alerts) {
    BodyWriter entry;
    entry.open_object();
    entry.member("type", verdict::to_text(alert.incident.finding.key.cause));
    write_what(entry, alert, wording_of(alert));
    write_whom(entry, alert);
    entry.close_object();
    if (writer.size() + entry.size() + 2 * kFrame > kBodyLimit) {
      writer.left_something_out();
      continue;
    }
    writer.value(entry);
    ++written;
  }
  writer.close_array();
  return written;
}

void write_data(BodyWriter& writer, const Digest& digest) {
  writer.member("severity", verdict::to_text(digest.severity));
  writer.member("title", wording_of(digest).title);
  writer.number("sequence", digest.sequence);
  writer.flag("test", digest.test);
  writer.member_or_null("group", digest.group);
  writer.open_object("counts");
  writer.number("opened", digest.opened);
  writer.number("updated", digest.updated);
  writer.number("reminded", digest.reminded);
  writer.number("resolved", digest.resolved);
  writer.number("total", digest.total());
  writer.close_object();
  const std::uint64_t written = write_incidents(writer, digest.first);
  writer.number("more", digest.total() - std::min(digest.total(), written));
  write_list(writer, "lines", digest.lines);
  writer.member_or_null("list", digest.title.empty() ? list_command(digest) : "");
}

/// Designed to last: fields are only ever added. config/webhook.schema.json describes it.
template <class Message>
std::string write_body(std::string_view type, base::Instant at, const Message& message) {
  BodyWriter writer;
  writer.open_object();
  writer.member("type", type);
  writer.instant("timestamp", at);
  writer.open_object("data");
  write_data(writer, message);
  if (writer.truncated()) writer.flag("truncated", true);
  writer.close_object();
  writer.close_object();
  return writer.take();
}

/// Standard Webhooks 1.0.0: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
class WebhookForm final : public Form {
 public:
  const Manner& manner() const override {
    static const Manner manner{.digests = true};
    return manner;
  }

  std::optional<std::string> complaint_about(const Destination& destination) const override {
    if (auto complaint = complaint_about_url(destination)) return complaint;
    return complaint_about_signing(destination);
  }

  std::string body(const Alert& alert) const override {
    return write_body(verdict::to_text(alert.incident.finding.key.cause), alert.at, alert);
  }
  std::string body(const Digest& digest) const override {
    return write_body(digest.title.empty() ? "alert.digest" : "alert.notice", digest.at, digest);
  }

  /// May be sent twice by the transport: receivers know the id.
  std::optional<http::Request> request(const Destination& destination, const PendingDelivery& pending,
                                       base::Instant now) const override {
    http::Request request = post_to(destination, pending.body);
    request.idempotent = true;
    sign(request, destination, pending.delivery.alert, now);
    return request;
  }

  AttemptResult judge(const http::Response& response) const override { return judge_webhook(response); }
};

}  // namespace

const Form& webhook_form() {
  static const WebhookForm form;
  return form;
}

}  // namespace alert
