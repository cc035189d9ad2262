#include "alert/sample.h"

#include <doctest/doctest.h>

#include "alert/explanation.h"
#include "alert/samples.h"

using namespace alert;
using verdict::Cause;

namespace {

const base::Instant kNow = samples::instant("2026-11-23T10:15:02.118Z");

}  // namespace

TEST_CASE("sample: every cause in every state is complete enough to be told") {
  for (const Cause cause : verdict::all_causes()) {
    for (const State state : {State::kOpened, State::kUpdated, State::kReminder, State::kResolved}) {
      const Alert alert = sample_alert(cause, state, kNow);
      CAPTURE(verdict::to_text(cause));
      CHECK(alert.at == kNow);
      CHECK_FALSE(alert.id.null());
      CHECK_FALSE(alert.incident.id.null());
      CHECK_FALSE(alert.test);
      CHECK(alert.incident.finding.key.cause == cause);
      CHECK(alert.incident.opened_at <= kNow);
      CHECK(alert.incident.resolved_at.has_value() == (state == State::kResolved));
      CHECK_FALSE(wording_of(alert).title.empty());
      CHECK_FALSE(wording_of(alert).repair.empty());
    }
  }
}

TEST_CASE("sample: the rule is one of those that explain the cause") {
  for (const Cause cause : verdict::all_causes()) {
    const std::string rule = sample_alert(cause, State::kOpened, kNow).incident.finding.grounds.rule;
    bool explained = false;
    for (const Rule& known : explanation_of(cause).rules) explained = explained || known.name == rule;
    CHECK_MESSAGE(explained, verdict::to_text(cause), " ", rule);
  }
}

TEST_CASE("sample: one and the same incident is opened, told again and over") {
  const Alert opened = sample_alert(Cause::kRoleReduced, State::kOpened, kNow);
  CHECK(opened.incident.opened_at == kNow);
  const Alert resolved = sample_alert(Cause::kRoleReduced, State::kResolved, kNow);
  CHECK(resolved.incident.opened_at == samples::instant("2026-11-23T07:15:02.118Z"));
  CHECK(resolved.incident.resolved_at == kNow);
  CHECK(sample_alert(Cause::kRoleReduced, State::kReminder, kNow).note == "Reminder 2: it still lasts.");
}

TEST_CASE("sample: about given ones it names what such an incident is about, and nothing else") {
  audit::Token token = sample_token(audit::TokenKind::kDeveloper);
  token.name = "brand-z";
  const Subject about{.app = "studio", .token = token, .account_id = "18ce5zzz", .account_name = "Zed"};
  const Alert revoked = sample_alert(Cause::kTokenRevoked, about, kNow);
  CHECK(revoked.subject.token->name == "brand-z");
  CHECK(revoked.subject.app == "studio");
  CHECK(revoked.subject.account_id.empty());
  CHECK(revoked.subject.account_name.empty());
  const Alert reduced = sample_alert(Cause::kRoleReduced, about, kNow);
  CHECK(reduced.subject.token->name == "brand-z");
  CHECK(reduced.subject.account_id == "18ce5zzz");
  CHECK(reduced.subject.account_name == "Zed");
  const Alert unavailable = sample_alert(Cause::kAccountUnavailable, about, kNow);
  CHECK_FALSE(unavailable.subject.token.has_value());
  CHECK(unavailable.subject.app.empty());
  CHECK(unavailable.subject.account_id == "18ce5zzz");
  const Alert rejected = sample_alert(Cause::kAppRejected, about, kNow);
  CHECK_FALSE(rejected.subject.token.has_value());
  CHECK(rejected.subject.app == "studio");
}

TEST_CASE("sample: a digest lists as many as it may and counts more") {
  const Digest digest = sample_digest(kNow);
  CHECK(digest.first.size() == kMostListed);
  CHECK(digest.total() == kMostListed + 5);
  CHECK(digest.first.front().subject.token->name == "brand-a");
  CHECK(digest.first.back().subject.token->name == "brand-t");
  CHECK(digest.group == "app agency");
  CHECK(digest.severity == verdict::Severity::kCritical);
  CHECK_FALSE(digest.id.null());
}
