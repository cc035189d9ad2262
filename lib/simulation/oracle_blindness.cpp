// Of whom nothing is known, and whether people are told so.

#include <fmt/format.h>

#include <algorithm>

#include "simulation/oracle.h"
#include "verdict/open_incidents.h"

namespace simulation {
namespace {

using namespace std::chrono_literals;
using verdict::Cause;

/// From the first answer after a silence to its confirmation, or to the word that nobody confirms it.
constexpr base::Duration kConfirmation = 3min;
/// The engine's clock for blindness and ours differ by less.
constexpr base::Duration kTolerance = 1min;

/// It comes and goes: its row keeps the names that it had when it went.
bool again(const verdict::Incident& incident) { return incident.flips.size() >= verdict::OpenIncidents::kFlips; }

/// Each audit.blind.
template <class Map, class Visit>
void for_each_blind(const Map& open, Visit visit) {
  for (auto place = open.lower_bound(verdict::IncidentKey{.cause = Cause::kAuditBlind, .token = {}, .account = {}});
       place != open.end() && place->first.cause == Cause::kAuditBlind; ++place)
    visit(place->second);
}

}  // namespace

/// The pairs that audit.blind names: "brand-a on 18ce54d4x5t".
std::vector<PairNumber> Oracle::named_by(const verdict::Finding& finding) const {
  static const std::string kOn = " on ";
  std::vector<PairNumber> named;
  if (finding.key.cause != Cause::kAuditBlind) return named;
  for (const std::string& example : finding.examples) {
    const auto on = example.rfind(kOn);
    const auto token = on == std::string::npos ? std::nullopt : world_.find_token(example.substr(0, on));
    const auto account = token ? world_.find_account(example.substr(on + kOn.size())) : std::nullopt;
    named.push_back(kNone);
    if (!account) continue;
    for (const PairNumber pair : world_.tokens()[*token].pairs) {
      if (world_.pairs()[pair].account == *account) named.back() = pair;
    }
  }
  return named;
}

/// What X says of it last is not what people were told, and for so long nothing was that is.
bool Oracle::contradicted(PairNumber pair, base::Duration length, base::Instant now) const {
  const Heard& heard = heard_[pair];
  return now - heard.agreed >= length && heard.says && !found(pair, *heard.says);
}

/// Too long without an answer that says anything, or with one that nobody believes yet.
bool Oracle::is_blind(PairNumber pair, base::Instant now) const {
  const base::Duration length = terms_.bound - kTolerance;
  const Heard& heard = heard_[pair];
  if (now - heard.conclusive >= length) return true;
  // What was told but once cannot be believed yet, whatever others say of it.
  if (heard.times == 1 && now - heard.before_run >= length) return true;
  return contradicted(pair, length, now);
}

/// All that it names are blind, and not fewer than it says.
bool Oracle::blindness_has_cause(const OpenIncident& open, base::Instant now) const {
  const verdict::Finding& finding = open.incident.finding;
  const auto blind = [&](PairNumber pair) { return pair != kNone && is_blind(pair, now); };
  std::uint64_t all = 0;
  for (PairNumber pair = 0; pair < heard_.size(); ++pair) all += blind(pair) ? 1 : 0;
  // What comes again is told with the names that it had.
  if (again(open.incident)) return all > 0;
  return all > 0 && all >= finding.affected && std::all_of(open.named.begin(), open.named.end(), blind);
}

/// Nobody knows of it for so long that people must have been told so, and no other incident says why.
bool Oracle::must_be_told_blind(PairNumber pair, base::Instant now) const {
  const Heard& heard = heard_[pair];
  const base::Duration length = terms_.bound + terms_.grace;
  if (now - heard.explained <= length) return false;
  if (now - heard.began <= kConfirmation) return false;  // it has just been heard, and is being confirmed
  if (now - heard.conclusive > length) return true;
  return now - heard.began > length && now - heard.known > length && contradicted(pair, length, now);
}

/// Whether some audit.blind that is open may mean this pair: it names it, or another one of its token (whose incident
/// stays open as long as that one is silent), or it is about more than it names, or so few have joined that it need not
/// be told anew (the engine does so when their number has doubled), or it has just come again, with the names that it
/// had.
bool Oracle::may_speak_of(PairNumber pair, base::Instant now) const {
  bool named = false, more = false;
  std::uint64_t room = 0;
  const auto of_its_token = [&](PairNumber other) {
    return other != kNone && world_.pairs()[other].token == world_.pairs()[pair].token;
  };
  for_each_blind(open_, [&](const OpenIncident& open) {
    const auto& finding = open.incident.finding;
    named = named || std::any_of(open.named.begin(), open.named.end(), of_its_token);
    more = more || finding.affected > finding.examples.size();
    more = more || (again(open.incident) && now - open.updated <= kTolerance);
    room += 2 * std::max<std::uint64_t>(finding.affected, 1) - 1;
  });
  return named || more || (room > 0 && blind_ <= room);
}

/// An alert says that we do not know, and of this pair we do not; or did not a moment ago, and now it is being
/// confirmed.
bool Oracle::covered(PairNumber pair, base::Instant now) {
  Heard& heard = heard_[pair];
  if (any_open(Cause::kAuditBlind) && is_blind(pair, now) && may_speak_of(pair, now)) heard.covered = now;
  return heard.covered != base::Instant::min() && now - heard.covered <= kConfirmation;
}

/// An incident of the app, the version or our clock says why nothing is known.
void Oracle::note_explained(base::Instant now) {
  for (const World::App& app : world_.apps()) {
    if (!app_explains(world_.tokens()[app.tokens.front()].pairs.front())) continue;
    for (const TokenNumber token : app.tokens) {
      for (const PairNumber pair : world_.tokens()[token].pairs) heard_[pair].explained = now;
    }
  }
}

void Oracle::replaced(TokenNumber token, base::Instant now) {
  for (const PairNumber pair : world_.tokens()[token].pairs) heard_[pair].explained = now;
}

/// What all later checks of now rest on.
void Oracle::survey(base::Instant now) {
  note_explained(now);
  blind_ = 0;
  for (PairNumber pair = 0; pair < heard_.size(); ++pair) {
    Heard& heard = heard_[pair];
    if (heard.says && found(pair, *heard.says)) {
      heard.agreed = heard.last;
      heard.known = now;
    }
    if (must_be_told_blind(pair, now)) ++blind_;
  }
}

void Oracle::check_sight(base::Instant now) {
  bool all_seen = true;
  for (PairNumber pair = 0; pair < heard_.size(); ++pair) {
    Heard& heard = heard_[pair];
    all_seen = all_seen && now - heard.conclusive <= terms_.bound && !contradicted(pair, terms_.bound, now);
    if (!must_be_told_blind(pair, now) || may_speak_of(pair, now)) {
      heard.unsaid.reset();
      continue;
    }
    if (!heard.unsaid) heard.unsaid = now;
    if (heard.unseen || now - *heard.unsaid < kTolerance) continue;
    heard.unseen = true;
    const base::Duration age = now - std::max(std::min(heard.conclusive, heard.agreed), heard.explained);
    violate(Rule::kBlind, now, pair,
            fmt::format("no conclusive answer for {}, and nobody says so", base::to_text(age)));
  }
  if (!all_seen || !any_open(Cause::kAuditBlind) || flaps(Cause::kAuditBlind, now)) all_seen_since_ = now;
  if (now - all_seen_since_ <= terms_.bound + terms_.grace) return;
  all_seen_since_ = now;
  std::string why;
  for_each_blind(open_, [&](const OpenIncident& open) { why += " " + open.incident.finding.key.topic; });
  violate(Rule::kBlind, now, kNone, "all pairs are answered, and audit.blind stays open:" + why);
}

/// It was said that they see again.
void Oracle::check_sight_restored(base::Instant now) {
  if (sighted_.empty()) return;
  survey(now);
  for (const PairNumber pair : std::exchange(sighted_, {})) {
    if (pair != kNone && must_be_told_blind(pair, now) && !may_speak_of(pair, now))
      violate(Rule::kFalseResolution, now, pair, "audit.blind was resolved, and it is blind");
  }
}

}  // namespace simulation
