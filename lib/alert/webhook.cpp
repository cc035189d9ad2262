#include <algorithm>

#include "alert/impact.h"
#include "alert/render.h"
#include "base/json.h"
#include "base/text.h"

namespace alert {
namespace {

// Standard Webhooks asks for bodies under about 20 kB. These limits, in bytes, keep the worst case under it even when
// every character must be escaped in JSON (which doubles it: control characters are gone by then).
constexpr std::size_t kNameLimit = 256;
constexpr std::size_t kLabelNameLimit = 64;
constexpr std::size_t kLabelValueLimit = 128;
constexpr std::size_t kLabels = 16;
constexpr std::size_t kPermissionLimit = 64;
constexpr std::size_t kPermissions = 24;
constexpr std::size_t kRepairLimit = 1500;
// What comes last are lists of which only the first entries matter: they get the room that is left.
constexpr std::size_t kEntryLimit = 160;
constexpr std::size_t kBodyLimit = 19'500;
constexpr std::size_t kFrame = 400;  ///< more than the names and brackets that follow

/// Writes an alert as JSON, and remembers whether anything had to be cut.
class WebhookBody {
 public:
  explicit WebhookBody(const Alert& alert) : alert_(alert) {}

  std::string write() {
    writer_.StartObject();
    member("type", verdict::to_text(cause()));
    member("timestamp", base::to_text(alert_.at));
    writer_.Key("data");
    write_data();
    writer_.EndObject();
    return base::take_text(buffer_);
  }

 private:
  verdict::Cause cause() const { return alert_.incident.finding.key.cause; }

  void text(std::string_view text, std::size_t limit = kNameLimit) {
    const std::string clean = base::clean_text(text);
    if (clean.size() <= limit) return base::write_text(writer_, clean);
    constexpr std::string_view kEllipsis = "…";
    truncated_ = true;
    base::write_text(writer_, std::string(base::cut_at_code_point(clean, limit - kEllipsis.size())).append(kEllipsis));
  }
  void member(const char* key, std::string_view value, std::size_t limit = kNameLimit) {
    writer_.Key(key);
    text(value, limit);
  }
  void member_or_null(const char* key, std::string_view value) {
    writer_.Key(key);
    if (value.empty())
      writer_.Null();
    else
      text(value);
  }
  void member(const char* key, const std::optional<base::Instant>& instant) {
    member_or_null(key, instant ? base::to_text(*instant) : std::string());
  }

  void write_data() {
    const verdict::Finding& finding = alert_.incident.finding;
    writer_.StartObject();
    member("state", to_text(alert_.state));
    member("severity", verdict::to_text(verdict::severity_of(finding)));
    writer_.Key("sequence");
    writer_.Uint64(alert_.sequence);
    write_incident();
    member_or_null("app", alert_.subject.app);
    write_token();
    write_account();
    write_permissions("before", finding.before);
    write_permissions("after", finding.after);
    member("last_good_at", finding.last_good_at);
    write_evidence(finding);
    write_impact();
    member("repair", wording_of(alert_).repair, kRepairLimit);
    write_circumstances(finding);
    if (truncated_) {
      writer_.Key("truncated");
      writer_.Bool(true);
    }
    writer_.EndObject();
  }

  void write_circumstances(const verdict::Finding& finding) {
    member_or_null("rule", finding.grounds.rule);
    writer_.Key("affected");
    writer_.Uint64(finding.affected);
    write_list("details", finding.details);
    write_some("accounts", alert_.subject.accounts);
    write_some("without_live_token", alert_.subject.without_live_token);
    write_some("without_admin", alert_.subject.without_admin);
    write_list("examples", finding.examples);
    write_list("witnesses", finding.grounds.witnesses);
  }

  void write_list(const char* key, const std::vector<std::string>& entries) {
    writer_.Key(key);
    writer_.StartArray();
    for (const std::string& entry : entries) {
      const bool room = buffer_.GetSize() + 2 * kEntryLimit + kFrame <= kBodyLimit;
      if (room)
        text(entry, kEntryLimit);
      else
        truncated_ = true;
    }
    writer_.EndArray();
  }

  /// The first of them are examples: that there are more is told by the count, and cuts nothing.
  void write_some(const char* key, const Some& some) {
    writer_.Key(key);
    writer_.StartObject();
    writer_.Key("count");
    writer_.Uint64(some.count);
    write_list("first", some.first);
    writer_.EndObject();
  }

  void write_incident() {
    writer_.Key("incident");
    writer_.StartObject();
    member("id", alert_.incident.id.text());
    member("opened_at", base::to_text(alert_.incident.opened_at));
    member("resolved_at", alert_.incident.resolved_at);
    writer_.EndObject();
  }

  void write_token() {
    writer_.Key("token");
    if (!alert_.subject.token) {
      writer_.Null();
      return;
    }
    const audit::Token& token = *alert_.subject.token;
    writer_.StartObject();
    member("name", token.name);
    member("kind", audit::to_text(token.kind));
    member_or_null("user_id", token.user_id);
    writer_.Key("labels");
    write_labels(token.labels);
    writer_.EndObject();
  }

  void write_labels(const audit::Labels& labels) {
    writer_.StartObject();
    std::size_t written = 0;
    for (const auto& [name, value] : labels) {
      if (++written > kLabels || name.size() > kLabelNameLimit) {
        truncated_ = true;  // a shortened name could collide with another one, so the label is left out
        continue;
      }
      const std::string key = base::clean_text(name);
      member(key.c_str(), value, kLabelValueLimit);
    }
    writer_.EndObject();
  }

  void write_account() {
    writer_.Key("account");
    if (alert_.subject.account_id.empty()) {
      writer_.Null();
      return;
    }
    writer_.StartObject();
    member("id", alert_.subject.account_id);
    member_or_null("name", alert_.subject.account_name);
    writer_.EndObject();
  }

  void write_permissions(const char* key, const std::vector<std::string>& permissions) {
    writer_.Key(key);
    writer_.StartArray();
    const std::size_t count = std::min(permissions.size(), kPermissions);
    if (count < permissions.size()) truncated_ = true;
    for (std::size_t i = 0; i < count; ++i) text(permissions[i], kPermissionLimit);
    writer_.EndArray();
  }

  void write_evidence(const verdict::Finding& finding) {
    writer_.Key("evidence");
    writer_.StartObject();
    writer_.Key("http_status");
    if (finding.evidence.http_status == 0)
      writer_.Null();
    else
      writer_.Int(finding.evidence.http_status);
    member_or_null("code", finding.evidence.code);  // text always: X sends words and numbers in the same place
    writer_.Key("confirmations");
    writer_.Int(finding.confirmations);
    writer_.EndObject();
  }

  void write_impact() {
    writer_.Key("impact");
    writer_.StartArray();
    for (const Impact& impact : impact_of(alert_)) {
      writer_.StartObject();
      member("need", impact.need);
      member("effect", impact.effect);
      member("certainty", impact.certainty);
      writer_.EndObject();
    }
    writer_.EndArray();
  }

  const Alert& alert_;
  rapidjson::StringBuffer buffer_;
  base::JsonWriter writer_{buffer_};
  bool truncated_ = false;
};

}  // namespace

std::string webhook_body(const Alert& alert) { return WebhookBody(alert).write(); }

}  // namespace alert
