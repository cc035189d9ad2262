// What the oracle hears, and what it expects. What it makes of incidents is in oracle_incidents.cpp.

#include "simulation/oracle.h"

#include <fmt/format.h>

#include <algorithm>

namespace simulation {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostKept = 20;  ///< violations with their traces; the rest is counted
constexpr base::Duration kClockFine = 30s;
/// A host that was ill is asked again after this, at the latest (audit::HostPace), and by more than one question at a
/// time only after some more answers.
constexpr base::Duration kRecovery = 6min;

Standing standing_of(xads::Denial denial) {
  switch (denial) {
    case xads::Denial::kAccountNotFound:
      return Standing::kNotFound;
    case xads::Denial::kUserSuspended:
      return Standing::kSuspended;
    case xads::Denial::kUserLocked:
      return Standing::kLocked;
    case xads::Denial::kReauthorizationRequired:
      return Standing::kReauthorize;
    default:
      return Standing::kRevoked;  // the vague refusals too
  }
}

std::optional<Truth> claimed(const xads::Answer& answer) {
  if (const auto* granted = std::get_if<xads::Granted>(&answer))
    return Truth{Standing::kGranted, granted->permissions.known_mask()};
  const auto* denied = std::get_if<xads::Denied>(&answer);
  if (denied == nullptr || !verdict::conclusive_part(answer)) return std::nullopt;
  return Truth{standing_of(denied->denial)};
}

bool accuses_token(Fault fault) {
  return (is_lie(fault) && fault != Fault::kLieNotFound && fault != Fault::kLieGranted) || blames_app(fault);
}

}  // namespace

std::string_view to_text(Rule rule) {
  static constexpr std::array<std::string_view, kRules> kTexts{
      "false finding", "false resolution", "false change", "missed", "blind", "delivery", "chain"};
  return kTexts.at(static_cast<std::size_t>(rule));
}

Oracle::Oracle(const World& world, const Trace& trace, Terms terms, base::Instant start)
    : world_(world),
      trace_(trace),
      terms_(std::move(terms)),
      start_(start),
      ids_(world.tokens().size()),
      heard_(world.pairs().size()),
      heard_of_tokens_(world.tokens().size()),
      open_of_token_(world.tokens().size()),
      open_on_account_(world.accounts().size()),
      troubled_(start),
      throttled_(base::Instant::min()),
      clock_off_(base::Instant::min()),
      all_seen_since_(start) {
  for (Heard& heard : heard_) {
    heard.before_run = heard.began = heard.last = heard.agreed = heard.known = start;
    heard.conclusive = heard.explained = heard.fault = start;
    heard.covered = base::Instant::min();
  }
  for (HeardOfToken& heard : heard_of_tokens_) heard.fault = start;
}

void Oracle::know(const audit::TokenId& id, TokenNumber token) {
  tokens_[id] = token;
  ids_[token] = id;
}

bool Oracle::may_accuse(TokenNumber token, PairNumber pair) const {
  const HeardOfToken& of_token = heard_of_tokens_[token];
  if (of_token.lied || of_token.lie_on_its_way) return false;
  if (pair == kNone) return true;
  const Heard& heard = heard_[pair];
  return heard.says && !heard.lied && !heard.lie_on_its_way;
}

void Oracle::lied(TokenNumber token, PairNumber pair) {
  heard_of_tokens_[token].lie_on_its_way = true;
  if (pair != kNone) heard_[pair].lie_on_its_way = true;
}

void Oracle::dropped(const Sent& sent) {
  heard_of_tokens_[sent.token].lie_on_its_way = false;
  if (sent.pair != kNone) heard_[sent.pair].lie_on_its_way = false;
}

void Oracle::told(const Sent& sent, base::Instant now) {
  HeardOfToken& of_token = heard_of_tokens_[sent.token];
  const bool accused = is_lie(sent.fault) || blames_app(sent.fault);
  if (accused) of_token.lie_on_its_way = false;
  if (sent.fault != Fault::kNoFault) hear_fault(sent, now);
  if (sent.pair == kNone) {
    if (accused) of_token.lied = true;
    if (!accused && sent.identity != xads::IdentityAnswer::kNoStatement) of_token.lied = false;
    return;
  }
  Heard& heard = heard_[sent.pair];
  if (std::holds_alternative<xads::Throttled>(sent.observation.answer)) throttled_ = now;
  if (accused) heard.lied = true;
  if (accused) heard.lie_on_its_way = false;
  if (accuses_token(sent.fault)) of_token.lied = true;
  hear(sent, heard, now);
}

void Oracle::hear(const Sent& sent, Heard& heard, base::Instant now) {
  const auto says = claimed(sent.observation.answer);
  if (!says) return;
  if (sent.fault == Fault::kNoFault) heard.lied = heard_of_tokens_[sent.token].lied = false;
  const bool first = !heard.says;
  if (heard.says != says) {
    if (!first && found(sent.pair, *heard.says)) heard.agreed = heard.last;
    heard.before_run = first ? start_ : heard.last;
    heard.says = says;
    heard.began = now;
    heard.times = 0;
  }
  ++heard.times;
  heard.last = sent.asked;
  // What is refused while something hits all tokens alike says nothing about this one, unless people know it as
  // refused.
  const bool known = says->standing == Standing::kGranted || found(sent.pair, *says);
  const auto of_this_one = [](const Truth& truth) { return !hits_all(truth.standing); };
  if (known || world_.held(sent.pair, sent.asked, sent.asked, of_this_one)) heard.conclusive = now;
  heard.unseen = false;
  // The engine takes its very first answer for normal at once, and a later first grant when it came twice.
  if (says->standing == Standing::kGranted && !heard.normal && (first || heard.times > 1)) heard.normal = says->role;
}

/// It may cost time: of this pair, of the token's other pairs, and of the account's other tokens.
void Oracle::hear_fault(const Sent& sent, base::Instant now) {
  heard_of_tokens_[sent.token].fault = now;
  if (sent.pair == kNone) return;
  for (const PairNumber neighbour : world_.accounts()[world_.pairs()[sent.pair].account].pairs)
    heard_[neighbour].fault = now;
}

void Oracle::changed(const std::vector<PairNumber>& pairs, base::Instant now) {
  for (const PairNumber pair : pairs) {
    heard_[pair].expected_since = now;
    expected_.insert(pair);
  }
}

void Oracle::tick(base::Instant now) {
  if (world_.weather() != Weather::kFair) troubled_ = now;
  if (world_.crowded()) throttled_ = now;
  if (std::chrono::abs(world_.clock_ahead()) >= kClockFine) clock_off_ = now;
  survey(now);
  check_expected(now);
  check_sight(now);
}

void Oracle::check_expected(base::Instant now) {
  for (auto place = expected_.begin(); place != expected_.end();) {
    const PairNumber pair = *place;
    Heard& heard = heard_[pair];
    const base::Instant deadline = std::max(*heard.expected_since, expected_from(pair)) + terms_.bound + terms_.grace;
    if (found(pair, world_.truth(pair))) {
      heard.expected_since.reset();
      place = expected_.erase(place);
    } else if (covered(pair, now) || now <= deadline) {
      ++place;
    } else {
      violate(Rule::kMissed, now, pair,
              fmt::format("{} since {} is not told", to_text(world_.truth(pair)),
                          base::to_text(*heard.expected_since - start_)));
      heard.expected_since.reset();
      place = expected_.erase(place);
    }
  }
}

/// Nothing is promised of the time before: something stood in the way of the questions.
base::Instant Oracle::expected_from(PairNumber pair) const {
  const base::Instant fair = troubled_ == start_ ? start_ : troubled_ + kRecovery;
  return std::max({heard_[pair].fault, heard_of_tokens_[world_.pairs()[pair].token].fault, fair});
}

void Oracle::violate(Rule rule, base::Instant now, PairNumber pair, std::string what) {
  ++counts_[static_cast<std::size_t>(rule)];
  if (violations_.size() >= kMostKept) return;
  violations_.push_back({rule, now - start_, pair, std::move(what), trace_.lines(pair)});
}

}  // namespace simulation
