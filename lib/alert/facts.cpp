#include "alert/facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "alert/impact.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/text.h"

namespace alert {
namespace {

constexpr std::size_t kWordLimit = 32;  ///< severities, ids, times: ours, and shorter than that or a little longer
constexpr std::size_t kNoteLimit = 200;
constexpr std::size_t kStateLimit = 440;
constexpr std::size_t kNameLimit = 250;
constexpr std::size_t kWhoLimit = 600;
constexpr std::size_t kStopsLimit = 700;
constexpr std::size_t kSinceLimit = 180;
constexpr std::size_t kSureLimit = 280;
constexpr std::size_t kRepairLimit = 900;
constexpr std::size_t kIdLimit = 75;
constexpr std::size_t kTextLines = 10;  ///< of a template, in place of states, impact and repair
constexpr std::size_t kTextLineLimit = 290;
static_assert(kTextLines * kTextLineLimit <=
              kWordLimit + 2 * kStateLimit + kWhoLimit + kStopsLimit + kSinceLimit + kSureLimit + kRepairLimit);
static_assert(2 * kWordLimit + kNoteLimit + 2 * kStateLimit + 4 * kNameLimit + kWhoLimit + kStopsLimit + kSinceLimit +
                  kSureLimit + kRepairLimit + 2 * kIdLimit <=
              kMostFactBytes);

constexpr std::string_view kRed = "\U0001F534";
constexpr std::string_view kOrange = "\U0001F7E0";
constexpr std::string_view kBlue = "\U0001F535";
constexpr std::string_view kGreen = "\U0001F7E2";

std::string_view mark_of(verdict::Severity severity) {
  switch (severity) {
    case verdict::Severity::kCritical:
      return kRed;
    case verdict::Severity::kWarning:
      return kOrange;
    case verdict::Severity::kInfo:
      return kBlue;
  }
  return {};
}

std::string token_text(const audit::Token& token) {
  const std::string user = token.user_id.empty() ? std::string() : ", user " + token.user_id;
  return fmt::format("{} ({}{})", token.name, audit::to_text(token.kind), user);
}

std::string account_text(const Subject& subject) {
  if (subject.account_name.empty()) return subject.account_id;
  return fmt::format("{} ({})", subject.account_id, subject.account_name);
}

std::string owner_of(const Subject& subject) {
  if (!subject.token) return {};
  const auto owner = subject.token->labels.find("owner");
  return owner == subject.token->labels.end() ? std::string() : owner->second;
}

std::string_view stops_label(const Alert& alert) {
  const auto impact = impact_of(alert);
  const bool stops = std::any_of(impact.begin(), impact.end(), [](const Impact& one) { return one.effect == "stops"; });
  return stops ? "What stops" : "What begins";
}

}  // namespace

std::vector<Fact> facts_of(const Alert& alert, const Wording& wording) {
  std::vector<Fact> facts;
  const auto add = [&](Question question, std::string_view label, std::string text, std::size_t limit) {
    if (!text.empty()) facts.push_back({question, label, std::move(text), limit});
  };
  const Subject& subject = alert.subject;
  const bool own = !wording.text.empty();
  add(Question::kWhat, "Note", wording.note, kNoteLimit);
  if (own) {
    auto lines = base::split(wording.text, '\n');
    if (lines.size() > kTextLines) lines.resize(kTextLines);
    for (const std::string_view line : lines) add(Question::kWhat, "", std::string(line), kTextLineLimit);
  } else {
    add(Question::kWhat, "Severity", std::string(severity_text(alert)), kWordLimit);
    add(Question::kWhat, "Was", wording.before, kStateLimit);
    add(Question::kWhat, "Is", wording.after, kStateLimit);
  }
  if (subject.token) add(Question::kWhom, "Token", token_text(*subject.token), kNameLimit);
  add(Question::kWhom, "Owner", owner_of(subject), kNameLimit);
  add(Question::kWhom, "App", subject.app, kNameLimit);
  add(Question::kWhom, "Ad account", account_text(subject), kNameLimit);
  if (!own) {
    add(Question::kWhoElse, "Who is hit", wording.who, kWhoLimit);
    add(Question::kStops, stops_label(alert), wording.stops, kStopsLimit);
    add(Question::kSinceWhen, is_over(alert) ? "Lasted" : "Since", wording.since, kSinceLimit);
    add(Question::kSinceWhen, "How sure", wording.sure, kSureLimit);
    add(Question::kWhatToDo, "What to do", wording.repair, kRepairLimit);
  }
  add(Question::kIds, "Incident", alert.incident.id.text(), kIdLimit);
  add(Question::kIds, "Alert", fmt::format("{} (number {})", alert.id.text(), alert.sequence), kIdLimit);
  add(Question::kIds, "First seen", base::to_text(alert.incident.opened_at), kWordLimit);
  return facts;
}

std::string_view mark_of(const Alert& alert) {
  if (alert.test) return {};
  return is_over(alert) ? kGreen : mark_of(verdict::severity_of(alert.incident.finding));
}

std::string_view mark_of(const Digest& digest) {
  if (digest.test) return {};
  return is_over(digest) ? kGreen : mark_of(digest.severity);
}

bool is_over(const Alert& alert) { return alert.state == State::kResolved; }

bool is_over(const Digest& digest) { return digest.resolved > 0 && digest.resolved == digest.total(); }

std::string_view severity_text(const Alert& alert) {
  return verdict::to_text(verdict::severity_of(alert.incident.finding));
}

std::string problem_hash(const Alert& alert) {
  const verdict::IncidentKey& key = alert.incident.finding.key;
  // Only the topic, which is last, may hold a line feed.
  const auto hash = base::sha256(fmt::format("{}{}\n{}\n{}\n{}", alert.test ? "test\n" : "",
                                             verdict::to_text(key.cause), key.token.text(), key.account, key.topic));
  return base::to_hex(base::as_view(hash));
}

}  // namespace alert
