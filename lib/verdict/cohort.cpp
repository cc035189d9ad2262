#include "verdict/cohort.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace verdict {
namespace {

using audit::TokenIndex;
using xads::IdentityAnswer;

constexpr int kRepeated = 3;
/// Of an app with fewer than kLeast tokens: nobody stands beside them, so they must say it more often, and over a time.
constexpr int kRepeatedAlone = 6;

std::int32_t minute_at(base::Instant now) {
  return static_cast<std::int32_t>(std::chrono::floor<std::chrono::minutes>(now.time_since_epoch()).count());
}
constexpr std::int32_t kNever = std::numeric_limits<std::int32_t>::min();

/// Whether the identity host has said something of the token or of its app.
bool says_something(IdentityAnswer answer) {
  return answer != IdentityAnswer::kNoStatement && answer != IdentityAnswer::kClockSkewed;
}

}  // namespace

std::optional<Failing> failing_of(const xads::Answer& answer) {
  const auto* denied = std::get_if<xads::Denied>(&answer);
  if (denied == nullptr) return std::nullopt;
  switch (denied->denial) {
    case xads::Denial::kTokenInvalid:
    case xads::Denial::kUnauthenticated:
      return Failing::kAuthentication;
    case xads::Denial::kAppRejected:
      return Failing::kApp;
    case xads::Denial::kVersionRetired:
      return Failing::kVersion;
    case xads::Denial::kAccountNotFound:
    case xads::Denial::kUserSuspended:
    case xads::Denial::kUserLocked:
    case xads::Denial::kReauthorizationRequired:
    case xads::Denial::kClockSkewed:
    case xads::Denial::kRequestRefused:
    case xads::Denial::kUnknown:
      return std::nullopt;
  }
  return std::nullopt;
}

void Cohort::granted(TokenIndex token, base::Instant asked, base::Instant now) {
  count_grant(token, minute_at(now));
  if (grants_ == 0) row_began_ = now;
  std::rotate(grants_in_a_row_.begin(), grants_in_a_row_.end() - 1, grants_in_a_row_.end());
  grants_in_a_row_.front() = {token, asked};
  grants_ = std::min(grants_ + 1, grants_in_a_row_.size());
  recover(token, asked, now);
  if (asked <= last_grant_asked_) return;
  last_grant_asked_ = asked;
  if (failures_.empty()) return;
  ++epoch_;
  for (Tally& sums : tallies_) sums.confirmed = 0;
}

void Cohort::count_grant(TokenIndex token, Minute minute) {
  const std::size_t page = audit::at(token) / kPage;
  if (page >= minutes_.size()) minutes_.resize(page + 1);
  if (!minutes_[page]) {
    minutes_[page] = std::make_unique<Page>();
    minutes_[page]->fill(kNever);
  }
  Minute& known = (*minutes_[page])[audit::at(token) % kPage];
  if (known == minute) return;
  const auto before = granted_in_.find(known);
  if (before != granted_in_.end() && --before->second == 0) granted_in_.erase(before);
  ++granted_in_[minute];
  known = minute;
  while (granted_in_.begin()->first + kWindow / std::chrono::minutes(1) < minute)
    granted_in_.erase(granted_in_.begin());
}

/// A failure that was asked for later than this grant stands, but what came before is in a row with it no longer.
void Cohort::recover(TokenIndex token, base::Instant asked, base::Instant now) {
  const auto known = failures_.find(token);
  if (known == failures_.end()) return;
  Failure& failure = known->second;
  if (asked > failure.latest_asked) {
    last_recovery_ = now;
    return settle(token);
  }
  if (asked <= failure.granted_asked) return;
  add(failure, static_cast<std::uint64_t>(-1));
  failure.granted_asked = asked;
  failure.count = std::min(failure.count, 1);
  failure.count_in_epoch = std::min(failure.count_in_epoch, 1);
  add(failure, 1);
}

void Cohort::settle(TokenIndex token) {
  const auto known = failures_.find(token);
  if (known == failures_.end()) return;
  add(known->second, static_cast<std::uint64_t>(-1));
  failures_.erase(known);
}

bool Cohort::confirmed(const Failure& failure) const {
  if (failure.epoch != epoch_ || failure.count_in_epoch < 2) return false;
  if (failure.way != Failing::kAuthentication) return true;
  // What X says of this one token speaks for no other; and what the identity host has not been asked about may be so.
  return !failure.definite && failure.identity_spoke && failure.identity != IdentityAnswer::kTokenInvalid &&
         failure.identity != IdentityAnswer::kClockSkewed;
}

/// `sign`: 1, or -1 to take it away again.
void Cohort::add(const Failure& failure, std::uint64_t sign) {
  Tally& sums = tally(failure.way);
  sums.failing += sign;
  if (failure.count >= kRepeated) sums.repeated += sign;
  if (confirmed(failure)) sums.confirmed += sign;
  if (failure.identity_spoke) sums.identity.at(static_cast<std::size_t>(failure.identity)) += sign;
  if (failure.identity == IdentityAnswer::kTokenInvalid) sums.dead += sign;
  auto& words = sums.words[failure.word];
  words += sign;
  if (words == 0) sums.words.erase(failure.word);
}

void Cohort::failed(TokenIndex token, Failing way, const xads::Evidence& evidence, bool definite, base::Instant asked,
                    base::Instant now) {
  const auto known = failures_.find(token);
  Failure failure = known == failures_.end() ? Failure{} : known->second;
  if (asked <= failure.granted_asked) return;  // it was granted since
  if (known != failures_.end()) add(failure, static_cast<std::uint64_t>(-1));
  if (failure.way != way)
    failure = Failure{.way = way, .latest_asked = failure.latest_asked, .granted_asked = failure.granted_asked};
  failure.latest_asked = std::max(failure.latest_asked, asked);
  failure.definite = definite;
  failure.word = fmt::format("{} code {}", evidence.http_status, evidence.code.empty() ? "-" : evidence.code);
  ++failure.count;
  if (failure.epoch != epoch_) failure.count_in_epoch = 0;
  failure.epoch = epoch_;
  if (asked > last_grant_asked_) ++failure.count_in_epoch;
  add(failure, 1);
  if (!definite && failure.identity != IdentityAnswer::kTokenInvalid) grants_ = 0;
  failures_[token] = std::move(failure);
  const auto failing = tally(way).failing;
  const bool many = failing >= kLeast && failing * kPart >= failing + granted_recently(now);
  auto& mass_since = mass_since_[static_cast<std::size_t>(way)];
  if (!many) mass_since.reset();
  if (many && !mass_since) mass_since = now;
}

void Cohort::identity(TokenIndex token, IdentityAnswer answer) {
  const auto known = failures_.find(token);
  if (known == failures_.end()) return;
  if (answer == IdentityAnswer::kNoStatement && says_something(known->second.identity)) return;
  add(known->second, static_cast<std::uint64_t>(-1));
  known->second.identity = answer;
  known->second.identity_spoke = true;
  add(known->second, 1);
}

std::uint64_t Cohort::granted_recently(base::Instant now) const {
  std::uint64_t tokens = 0;
  const Minute oldest = minute_at(now - kWindow);
  for (auto minute = granted_in_.lower_bound(oldest); minute != granted_in_.end(); ++minute) tokens += minute->second;
  return tokens;
}

Cohort::Reading Cohort::reading(Failing way, int confirmations, std::uint64_t live, base::Instant now) const {
  const Tally& sums = tally(way);
  Reading reading{.failing = sums.failing, .asked = sums.failing + granted_recently(now)};
  const auto part = (reading.asked + kPart - 1) / kPart;
  const auto many = std::max(kLeast, part);
  reading.mass = reading.failing >= many;
  const auto& mass_since = mass_since_[static_cast<std::size_t>(way)];
  reading.stable = reading.mass && mass_since && now - *mass_since >= kStable && last_recovery_ + kStable <= now;
  reading.revoking = sums.dead >= many;
  if (live < kLeast) {
    // Nobody beside them: each must have said it often, and the identity host must have agreed that it is not the
    // token.
    const auto stubborn = [&](const auto& entry) {
      const Failure& failure = entry.second;
      const bool blames_app = way != Failing::kAuthentication || failure.identity == IdentityAnswer::kAppRejected ||
                              failure.identity == IdentityAnswer::kUnauthenticated;
      return failure.way == way && !failure.definite && blames_app && failure.count >= kRepeatedAlone;
    };
    reading.app_at_fault =
        live > 0 && reading.failing >= live && std::all_of(failures_.begin(), failures_.end(), stubborn);
    return reading;
  }
  const auto needed = std::min(many, std::max(live, kLeast));
  const auto convincing = confirmations <= 1 ? sums.failing : sums.confirmed;
  reading.app_at_fault = convincing >= needed || (way != Failing::kAuthentication && sums.repeated >= needed);
  return reading;
}

bool Cohort::recovered(base::Instant began, std::uint64_t live) const {
  const auto fresh = [&](const auto& grant) { return grant.second > began; };
  if (grants_ < grants_in_a_row_.size() || !std::all_of(grants_in_a_row_.begin(), grants_in_a_row_.end(), fresh))
    return false;
  const auto differs = [&](const auto& grant) { return grant.first != grants_in_a_row_.front().first; };
  if (live < 2 || std::any_of(grants_in_a_row_.begin(), grants_in_a_row_.end(), differs)) return true;
  return grants_in_a_row_.front().second - std::max(row_began_, began) >= kStable;
}

std::vector<TokenIndex> Cohort::sample(std::size_t most) const {
  std::vector<TokenIndex> tokens;
  for (auto failure = failures_.begin(); failure != failures_.end() && tokens.size() < most; ++failure)
    tokens.push_back(failure->first);
  return tokens;
}

std::optional<Failing> Cohort::way_of(TokenIndex token) const {
  const auto known = failures_.find(token);
  return known == failures_.end() ? std::nullopt : std::optional(known->second.way);
}

std::optional<base::Instant> Cohort::last_grant_asked() const {
  return last_grant_asked_ == base::Instant::min() ? std::nullopt : std::optional(last_grant_asked_);
}

std::optional<std::string> Cohort::word_of(TokenIndex token) const {
  const auto known = failures_.find(token);
  if (known == failures_.end()) return std::nullopt;
  return fmt::format("{}, {} in a row", known->second.word, known->second.count);
}

std::string Cohort::likely_cause(Failing way) const {
  const Tally& sums = tally(way);
  if (way == Failing::kVersion) return "X has switched off the version of the API that the settings name";
  const auto said = [&](std::string_view code) {
    return std::any_of(sums.words.begin(), sums.words.end(),
                       [&](const auto& entry) { return entry.first.ends_with(code); });
  };
  if (way == Failing::kApp) {
    if (said(" READONLY_CLIENT_APPLICATION") || said(" 261")) return "X lets the app read only";
    if (said(" UNAUTHORIZED_CLIENT_APPLICATION")) return "the app has no access to the Ads API (any more)";
    if (said(" 416")) return "the app is suspended";
    return "X refuses the app";
  }
  const auto count = [&](IdentityAnswer answer) { return sums.identity.at(static_cast<std::size_t>(answer)); };
  const auto alive = count(IdentityAnswer::kAlive);
  const auto keys = count(IdentityAnswer::kUnauthenticated);
  const auto app = count(IdentityAnswer::kAppRejected);
  if (app > std::max(alive, keys)) return "the app is suspended";
  if (keys > alive) return "the consumer key and secret are refused: they were regenerated, or the app is suspended";
  if (alive > 0) return "the tokens live, but the Ads API refuses them all: the app lost its access, or X is ill";
  return "the consumer key and secret were regenerated, or the app is suspended";
}

std::vector<std::string> Cohort::tally_text(Failing way) const {
  static constexpr std::array<std::string_view, 6> kIdentity{
      "says that the token lives", "says that the token is dead",  "refuses the keys",
      "refuses the app",           "says that our clock is wrong", "made no statement"};
  const Tally& sums = tally(way);
  std::vector<std::string> lines;
  for (const auto& [word, tokens] : sums.words) lines.push_back(fmt::format("Ads API: {} for {} tokens", word, tokens));
  for (std::size_t place = 0; place < sums.identity.size(); ++place) {
    if (sums.identity[place] > 0)
      lines.push_back(fmt::format("identity host: {} for {} tokens", kIdentity[place], sums.identity[place]));
  }
  if (lines.size() > kMostWitnesses) lines.resize(kMostWitnesses);
  return lines;
}

}  // namespace verdict
