#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/probe.h"
#include "base/id.h"
#include "verdict/incident.h"

namespace alert {

struct AlertTag {
  static constexpr const char* kPrefix = "msg_";
};
/// Also the webhook-id of Standard Webhooks: one per alert, the same on every attempt and every destination.
using AlertId = base::Id<AlertTag>;

enum class State { kOpened, kUpdated, kResolved };
std::string_view to_text(State state);

/// Some of many, as the first of them and how many there are.
struct Some {
  std::vector<std::string> first;  ///< at most verdict::kMostExamples
  std::uint64_t count = 0;
  bool operator==(const Some&) const = default;
};

/// The app, token and account that an incident is about, as they were when the alert was made.
struct Subject {
  std::string app;                    ///< empty for an account's incident
  std::optional<audit::Token> token;  ///< none for an account's incident
  std::string account_id;             ///< empty for a token's incident
  std::string account_name;           ///< empty when not known
  Some accounts;                      ///< of a token's incident: the ad accounts that lose this token
  /// Of those, or of the incident's one: accounts that have no other live token, or no other with ACCOUNT_ADMIN.
  Some without_live_token, without_admin;
};

/// A message about an incident, before it is put into a destination's words.
struct Alert {
  AlertId id;
  std::uint64_t sequence = 0;  ///< grows with every alert of this installation; receivers order by it
  State state = State::kOpened;
  base::Instant at;  ///< UTC
  verdict::Incident incident;
  Subject subject;
};

/// What every channel tells, in this order: what happened, to whom, what was and is, since when, what stops, who is
/// hit, what to do. Plain text of strangers (account names, labels) is in it as it came: each channel escapes for
/// itself.
struct Wording {
  std::string title;   ///< "Access token revoked: brand-a"
  std::string before;  ///< "AD_MANAGER, TWEET_COMPOSER", "the token answered"
  std::string after;   ///< "CAMPAIGN_ANALYST", "X refuses it (HTTP 401, code 89)"
  std::string since;   ///< "2026-11-23T10:15:02.118Z; last good answer 2026-11-23T10:00:01.902Z"
  std::string stops;   ///< "documented: conversion uploads stop; ..."; empty when nothing is known to stop or start
  std::string who;     ///< "2 ad accounts: ...; without any other live token: ..."; empty when it is told already
  std::string repair;  ///< one to three sentences, with the command where there is one
};
Wording wording_of(const Alert& alert);

}  // namespace alert
