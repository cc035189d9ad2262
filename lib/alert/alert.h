#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/template.h"
#include "audit/probe.h"
#include "base/id.h"
#include "verdict/incident.h"

namespace alert {

struct AlertTag {
  static constexpr const char* kPrefix = "msg_";
};
/// Also the webhook-id of Standard Webhooks: one per alert, the same on every attempt and every destination.
using AlertId = base::Id<AlertTag>;

/// What became of the incident for whoever is told: an incident that is told late, or to one more destination, is
/// opened there. A reminder says that it still lasts.
enum class State { kOpened, kUpdated, kReminder, kResolved };
std::string_view to_text(State state);  ///< "opened"
std::optional<State> state_from_text(std::string_view text);

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
  /// Why it is told now, where that is not plain: "Reminder 2: it still lasts", "Nobody has acknowledged it for 30m".
  /// A sentence for people, empty mostly.
  std::string note{};
  bool test = false;  ///< asked for by the operator; nothing is wrong
  Template words{};   ///< the operator's own; empty: the default ones
};

/// Several alerts for one destination in one message: a group of a route, or a storm. Or, with a title, a notice that
/// is about no incident.
struct Digest {
  AlertId id;
  std::uint64_t sequence = 0;
  base::Instant at;          ///< UTC
  std::string group;         ///< what they have in common: "app agency", "owner ads-ops"; empty for a storm
  std::vector<Alert> first;  ///< the gravest, at most kMostListed; their own id and sequence mean nothing
  std::uint64_t opened = 0;  ///< of all, the first included
  std::uint64_t updated = 0;
  std::uint64_t reminded = 0;
  std::uint64_t resolved = 0;
  verdict::Severity severity = verdict::Severity::kInfo;  ///< the gravest of what is not resolved
  std::string title{};                                    ///< of a notice; empty for a digest
  std::vector<std::string> lines{};                       ///< of a notice
  bool test = false;
  std::uint64_t total() const { return opened + updated + reminded + resolved; }
};
constexpr std::size_t kMostListed = 20;
/// How people list what a digest leaves out: "adsauditd alerts list --alert msg_..."
std::string list_command(const Digest& digest);

/// What every channel tells, in this order: what happened, to whom, what stops, since when and how sure, what to do.
/// Plain text of strangers (account names, labels) is in it as it came: each channel escapes for itself.
struct Wording {
  std::string title;   ///< "Resolved: Access token revoked: brand-a"; of a test it begins with "[TEST]"
  std::string note;    ///< why it is told now; empty mostly
  std::string before;  ///< "AD_MANAGER, TWEET_COMPOSER", "the token answered"
  std::string after;   ///< "CAMPAIGN_ANALYST", "X refuses it (HTTP 401, code 89)"
  std::string who;     ///< "2 ad accounts: ...; without any other live token: ..."; empty when the title names all
  std::string stops;   ///< "documented: conversion uploads stop; ..."; empty when nothing is known to stop or start
  std::string since;   ///< "2026-11-23T10:15:02.118Z; last good answer 2026-11-23T10:00:01.902Z"
  std::string sure;    ///< "confirmed 2 times; X's answers agree, ..."; empty when it is over
  std::string repair;  ///< one to three sentences, with the command where there is one
  std::string text;  ///< lines that stand in place of all of these but title and note; empty unless a template gives it
};
Wording wording_of(const Alert& alert);
/// The title that all messages of one incident share, whatever became of it: "Access token revoked: brand-a".
std::string lasting_title_of(const Alert& alert);

/// The same for a digest.
struct DigestWording {
  std::string title;   ///< "app agency: 10 opened, 1 changed, 2 resolved"; of a test it begins with "[TEST]"
  std::string common;  ///< "app agency; of those listed: token.revoked"; empty when they have nothing in common
  std::vector<std::string> lines;  ///< gravest first: "[critical] Access token revoked: brand-a; since 2026-..."
  std::string more;                ///< "… and 3 more"; empty when all are listed
  std::string list;                ///< the command that lists all; empty for a notice
};
DigestWording wording_of(const Digest& digest);

}  // namespace alert
