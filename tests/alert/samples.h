#pragma once

#include <string>
#include <vector>

#include "alert/alert.h"
#include "alert/sample.h"
#include "base/random.h"

namespace alert::samples {

inline base::Instant instant(const char* text) { return base::parse_instant(text).value(); }

/// An id with a known text: the same `number` always gives the same id.
template <class Id>
Id id(int number) {
  base::SeededRandom random(static_cast<std::uint64_t>(number));
  return Id::make(instant("2026-11-23T10:15:02.118Z"), random);
}

/// The token that samples are about, with an id.
inline audit::Token token(audit::TokenKind kind) {
  audit::Token token = sample_token(kind);
  token.id = id<audit::TokenId>(1);
  return token;
}

/// A complete alert, with ids, numbers and times that never change.
inline Alert alert(verdict::Cause cause, State state) {
  const base::Instant opened = instant("2026-11-23T10:15:02.118Z");
  Alert alert = sample_alert(cause, state, state == State::kResolved ? instant("2026-11-23T13:19:40.000Z") : opened);
  alert.id = id<AlertId>(2);
  alert.sequence = 41;
  alert.incident.id = id<verdict::IncidentId>(3);
  alert.incident.opened_at = opened;
  alert.incident.updated_at = alert.at;
  alert.incident.finding.last_good_at = instant("2026-11-23T10:00:01.902Z");
  if (alert.subject.token) alert.subject.token->id = id<audit::TokenId>(1);
  return alert;
}

/// A digest of an app that lists three of 25 alerts.
inline Digest digest() {
  Digest digest;
  digest.id = id<AlertId>(4);
  digest.sequence = 42;
  digest.at = instant("2026-11-23T10:15:32.000Z");
  digest.group = "app agency";
  digest.first = {alert(verdict::Cause::kRoleReduced, State::kUpdated),
                  alert(verdict::Cause::kTokenRevoked, State::kResolved),
                  alert(verdict::Cause::kAccessRemoved, State::kOpened)};
  digest.opened = 20;
  digest.updated = 1;
  digest.resolved = 4;
  digest.severity = verdict::Severity::kCritical;
  return digest;
}

/// What people are told of the mutes that are in force.
inline Digest notice() {
  Digest notice;
  notice.id = id<AlertId>(5);
  notice.sequence = 43;
  notice.at = instant("2026-11-23T10:15:32.000Z");
  notice.title = "1 mute is in force";
  notice.lines = {"account=18ce54d4x5t until 2026-11-23T14:00:00.000Z by ops: they change agencies (mut_1)",
                  "What they keep back is told when they end. adsauditd mute list, mute end ID"};
  return notice;
}

}  // namespace alert::samples
