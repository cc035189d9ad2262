#include <fmt/format.h>

#include <algorithm>

#include "alert/facts.h"
#include "alert/forms.h"
#include "alert/http_form.h"
#include "alert/mail_text.h"
#include "base/text.h"
#include "http/mail.h"
#include "http/url.h"

namespace alert {
namespace {

constexpr std::size_t kSubjectLimit = 250;
constexpr std::size_t kLineLimit = 250;

/// A mailbox that needs no quotes: it stands in a header beside others (RFC 5322 section 3.4.1, dot-atom). Without
/// SMTPUTF8 it is ASCII.
bool is_address(std::string_view text) {
  constexpr std::string_view kDomain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
  constexpr std::string_view kBeside = "!#$%&'*+/=?^_`{|}~";
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || text.size() > 254 || at > 64) return false;
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  const auto is_local = [&](char c) {
    return kDomain.find(c) != std::string_view::npos || kBeside.find(c) != std::string_view::npos;
  };
  const auto has_empty_part = [](std::string_view dotted) {
    const auto parts = base::split(dotted, '.');
    return std::any_of(parts.begin(), parts.end(), [](std::string_view part) { return part.empty(); });
  };
  return std::all_of(local.begin(), local.end(), is_local) &&
         domain.find_first_not_of(kDomain) == std::string_view::npos && !has_empty_part(local) &&
         !has_empty_part(domain);
}

std::optional<std::string> complaint_about_envelope(const Destination& destination) {
  constexpr const char* kAdvice = "one address such as ops@example.com is needed";
  if (destination.from.empty()) return std::string("from is missing; ") + kAdvice;
  if (!is_address(destination.from)) return std::string("from: ") + kAdvice;
  if (destination.to.empty()) return "to is missing; addresses such as ops@example.com are needed";
  for (const std::string& address : destination.to) {
    if (!is_address(address)) return "to: each must be an address such as ops@example.com";
  }
  if (destination.username.empty() != destination.secret.empty())
    return destination.username.empty() ? "username is missing; a password alone signs nobody in"
                                        : "password is missing; a user name alone signs nobody in";
  if (destination.username != base::clean_text(destination.username)) return "username: it holds control characters";
  return std::nullopt;
}

/// By the incident, which makes a thread of its messages. Mail programs show those together that name the first one
/// and have its subject.
std::string thread_headers(const Alert& alert) {
  const std::string first = fmt::format("<{}@adsauditd>", alert.incident.id.text());
  if (alert.state == State::kOpened) return mail_header("Message-ID", first);
  return mail_header("Message-ID", fmt::format("<{}@adsauditd>", alert.id.text())) + mail_header("In-Reply-To", first) +
         mail_header("References", first);
}

/// An operator's own title says of itself what it wants to say of the state.
std::string subject_of(const Alert& alert) {
  if (alert.test || !alert.words.title.empty()) return wording_of(alert).title;
  return fmt::format("{}[{}] {}", alert.state == State::kOpened ? "" : "Re: ", severity_text(alert),
                     lasting_title_of(alert));
}

/// Everything but sender and recipients.
std::string message(base::Instant at, std::string_view subject, const std::string& thread, std::string_view text) {
  return mail_header("Date", mail_date(at)) + mail_header("Subject", base::shortened(subject, kSubjectLimit)) + thread +
         "Auto-Submitted: auto-generated\r\n"  // RFC 3834: no out-of-office notes, please
         "MIME-Version: 1.0\r\n"
         "Content-Type: text/plain; charset=utf-8\r\n"
         "Content-Transfer-Encoding: quoted-printable\r\n"
         "\r\n" +
         quoted_printable(text);
}

std::string line(std::string_view text, std::size_t limit = kLineLimit) {
  return base::shortened(base::clean_text(text), limit) + "\n";
}

std::string text_of(const Alert& alert) {
  const Wording wording = wording_of(alert);
  std::string text = line(wording.title);
  std::optional<Question> previous;
  for (const Fact& fact : facts_of(alert, wording)) {
    if (previous != fact.question) text += "\n";
    previous = fact.question;
    text += fmt::format("{}{}{}", fact.label, fact.label.empty() ? "" : ": ", line(fact.text, fact.limit));
  }
  return text;
}

std::string text_of(const Digest& digest) {
  const DigestWording wording = wording_of(digest);
  std::string text = line(wording.title) + "\n";
  if (!wording.common.empty()) text += "In common: " + line(wording.common) + "\n";
  for (const std::string& one : wording.lines) text += "* " + line(one);
  if (!wording.more.empty()) text += line(wording.more);
  if (!wording.list.empty()) text += "\nAll of them: " + line(wording.list);
  return text + fmt::format("\nAlert: {} (number {})\n", digest.id.text(), digest.sequence);
}

std::string recipients_of(const Destination& destination) {
  std::string recipients;
  for (const std::string& address : destination.to)
    recipients.append(recipients.empty() ? "" : ",\r\n ").append(address);
  return recipients;
}

/// Mail through SMTP: one thread for each incident.
class EmailForm final : public Form {
 public:
  const Manner& manner() const override {
    static const Manner manner{.most_per_minute = 10, .digests = true, .threads = true};
    return manner;
  }

  std::optional<std::string> complaint_about(const Destination& destination) const override {
    if (destination.url.empty()) return "url is missing";
    const auto url = http::parse_mail_url(destination.url.reveal());
    if (!url) return "url: " + url.error();
    return complaint_about_envelope(destination);
  }

  std::string body(const Alert& alert) const override {
    return message(alert.at, subject_of(alert), thread_headers(alert), text_of(alert));
  }
  std::string body(const Digest& digest) const override {
    const std::string id = mail_header("Message-ID", fmt::format("<{}@adsauditd>", digest.id.text()));
    return message(digest.at, wording_of(digest).title, id, text_of(digest));
  }

  std::optional<http::Request> request(const Destination& destination, const PendingDelivery& pending,
                                       base::Instant) const override {
    auto mail = std::make_shared<http::Mail>();
    mail->from = destination.from;
    mail->to = destination.to;
    mail->username = destination.username;
    mail->password = destination.secret.clone();
    const std::string names =
        fmt::format("From: adsauditd <{}>\r\nTo: {}\r\n", destination.from, recipients_of(destination));
    http::Request request = post_to(destination, names + pending.body);
    request.headers.clear();
    request.mail = std::move(mail);
    return request;
  }

  /// RFC 5321 section 4.2.1: 4xx passes by itself, 5xx does not. Which of the latter mean the destination and not the
  /// message: no sign-in (RFC 4954 section 6), and a host that takes no mail at all (RFC 7504).
  AttemptResult judge(const http::Response& response) const override {
    constexpr std::size_t kOutcomeLimit = 200;
    const int code = response.status;
    if (code == 250) return {Verdict::kDelivered, "delivered"};
    const std::string said = response.body.empty() ? std::to_string(code) : base::clean_text(response.body);
    AttemptResult result{Verdict::kRetry, base::shortened("smtp: " + said, kOutcomeLimit)};
    if (code >= 500 && code <= 599) result.verdict = Verdict::kRefused;
    for (const int broken : {521, 530, 534, 535, 538, 556}) {
      if (code == broken) result.verdict = Verdict::kBroken;
    }
    result.slow_down = code == 421;  // the server closes for now
    return result;
  }
};

}  // namespace

const Form& email_form() {
  static const EmailForm form;
  return form;
}

}  // namespace alert
