// What the engine makes of all answers together: the app, the clock, the version. The rest of it is in engine.cpp.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "service/engine.h"

namespace service {

using audit::PairIndex;
using audit::TokenIndex;
using verdict::Cause;
using verdict::Failing;

namespace {

using namespace std::chrono_literals;

constexpr base::Duration kSkewed = 60s, kInStep = 30s;
/// While an app is in trouble, a few of its tokens are asked this often: somebody has to see its end.
constexpr base::Duration kProbeInterval = 60s;
constexpr std::size_t kProbes = 3;
/// How long the failing tokens of an app that is well again have to say so, before they are judged one by one.
constexpr base::Duration kRecovery = 5min;
constexpr base::Duration kGiveBack = 2min;
constexpr std::size_t kHastened = 5000;  ///< tokens at once
/// Answers that blame the app are asked for again at once so often.
constexpr int kOften = 3, kOftenAlone = 8;

bool is_the_api(const xads::Answer& answer) {
  return std::holds_alternative<xads::Granted>(answer) || std::holds_alternative<xads::Denied>(answer);
}

bool blames_clock(const xads::Answer& answer) {
  const auto* denied = std::get_if<xads::Denied>(&answer);
  return denied != nullptr && denied->denial == xads::Denial::kClockSkewed;
}

bool is_definite(const xads::Answer& answer) {
  const auto* denied = std::get_if<xads::Denied>(&answer);
  return denied != nullptr && denied->denial == xads::Denial::kTokenInvalid;
}

std::string_view words_of(xads::IdentityAnswer answer) {
  switch (answer) {
    case xads::IdentityAnswer::kAlive:
      return "says that the token lives";
    case xads::IdentityAnswer::kTokenInvalid:
      return "says that the token is dead";
    case xads::IdentityAnswer::kUnauthenticated:
      return "refuses the keys or the signature";
    case xads::IdentityAnswer::kAppRejected:
      return "refuses the app";
    case xads::IdentityAnswer::kClockSkewed:
      return "refuses the time stamp";
    case xads::IdentityAnswer::kNoStatement:
      return "made no statement";
  }
  return "";
}

/// "13" is newer than "12"; what is no number is not.
bool is_newer(std::string_view theirs, std::string_view ours) {
  const auto number = [](std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  };
  return number(theirs) > number(ours);
}

}  // namespace

/// Whether the token is known to be dead, by the first of its pairs: all of them hear the same.
bool Engine::known_dead(TokenIndex token) const {
  const std::uint32_t first = roster_.record(token).first_pair;
  const Memory* beside = first == kNoPair ? nullptr : roster_.memory_if_any(PairIndex{first});
  return beside != nullptr && says_token_is_dead(beside->baseline.run);
}

std::uint64_t Engine::live_tokens_of(std::uint16_t app) const {
  if (live_by_app_.empty()) {
    for (std::size_t place = 0; place < roster_.token_places(); ++place) {
      const TokenIndex token{static_cast<std::uint32_t>(place)};
      const TokenRecord& record = roster_.record(token);
      if (!record.alive || record.removed || record.ignored || record.first_pair == kNoPair) continue;
      if (known_dead(token)) continue;
      if (record.app >= live_by_app_.size()) live_by_app_.resize(std::size_t{record.app} + 1);
      ++live_by_app_[record.app];
    }
    live_by_app_.resize(std::max<std::size_t>(live_by_app_.size(), std::size_t{app} + 1));
  }
  return app < live_by_app_.size() ? live_by_app_[app] : 0;
}

/// One answer of its kind says little, and nobody wants to wait an interval for the next. A token that stands alone has
/// to say it more often.
bool Engine::wants_more(PairIndex index, const xads::Answer& answer) const {
  const Pair& pair = roster_.pair(index);
  const auto way = verdict::failing_of(answer);
  const bool alone = way && live_tokens_of(roster_.record(TokenIndex{pair.token}).app) < verdict::Cohort::kLeast;
  if (way == Failing::kAuthentication)
    return alone && roster_.suspected(index) && roster_.memory_if_any(index)->baseline.suspicion->count < kOftenAlone;
  if (way) return pair.vain_attempts <= (alone ? kOftenAlone : kOften);
  if (blames_clock(answer)) return clock_skew_.undecided() && pair.vain_attempts <= kOftenAlone;
  return is_the_api(answer) && clock_skew_.undecided();
}

bool Engine::wants_another_grant(TokenIndex token) const {
  if (clock_skew_.undecided()) return true;
  if (retired_ && !retired_->recovering_since) return true;
  const auto trouble = troubled_.empty() ? troubled_.end() : troubled_.find(roster_.record(token).app);
  return trouble != troubled_.end() && !trouble->second.recovering_since;
}

void Engine::hear(const AuditWork& work, const xads::Observation& observation, base::Moment now) {
  if (!is_the_api(observation.answer)) return;
  hear_clock(observation, now);
  hear_version(observation, now);
  if (std::holds_alternative<xads::Granted>(observation.answer)) return hear_grant(work, now);
  if (const auto way = verdict::failing_of(observation.answer)) return hear_failure(work, observation, *way, now);
  // What X says of this user or account, it says to an app that is well.
  if (verdict::conclusive_part(observation.answer)) cohort_of(work.asked.token).settle(work.asked.token);
}

void Engine::hear_clock(const xads::Observation& observation, base::Moment now) {
  const bool refused = blames_clock(observation.answer);
  if (!observation.server_date && !refused) return;
  if (observation.server_date) clock_offset_ = now.utc - *observation.server_date;
  const base::Duration tolerated = clock_skew_.holds() ? kInStep : kSkewed;
  const bool off = observation.server_date && std::chrono::abs(clock_offset_) > tolerated;
  last_date_fine_ = !off && !refused;
  const auto news = clock_skew_.hear(refused || off, now.steady);
  const verdict::IncidentKey key{Cause::kClockSkew, {}, ""};
  if (news == verdict::Agreement::News::kEnded) return close(key, now);
  if (news != verdict::Agreement::News::kBegan) return;
  verdict::Finding finding{.key = key, .evidence = observation.evidence};
  finding.details = {off ? fmt::format("our clock is {} {} X's", base::to_rough_text(std::chrono::abs(clock_offset_)),
                                       clock_offset_ > 0ms ? "ahead of" : "behind")
                         : "X refuses the time stamp of our signatures (code 135)"};
  finding.grounds = {off ? "date_differs" : "time_stamp_refused", finding.details};
  open_or_refresh(std::move(finding), now);
}

void Engine::hear_version(const xads::Observation& observation, base::Moment now) {
  const bool newer = is_newer(observation.current_version, options_.api_version);
  const bool warned = !observation.api_warning.empty() || newer;
  if (!warned && !std::holds_alternative<xads::Granted>(observation.answer)) return;  // a gateway knows no versions
  if (!warned && !sunset_.holds() && !sunset_.undecided()) return;
  const auto news = sunset_.hear(warned, now.steady);
  const verdict::IncidentKey key{Cause::kSunset, {}, "", options_.api_version};
  if (news == verdict::Agreement::News::kEnded) return close(key, now);
  if (news != verdict::Agreement::News::kBegan) return;
  verdict::Finding finding{.key = key, .evidence = observation.evidence};
  if (!observation.api_warning.empty()) finding.details.push_back("X warns: " + observation.api_warning);
  if (newer)
    finding.details.push_back(fmt::format("X's current version is {}, the settings name {}",
                                          observation.current_version, options_.api_version));
  finding.grounds = {"x_warns", finding.details};
  open_or_refresh(std::move(finding), now);
}

void Engine::hear_grant(const AuditWork& work, base::Moment now) {
  const std::uint16_t app = roster_.record(work.asked.token).app;
  cohorts_[app].granted(work.asked.token, work.asked.at, now.steady);
  if (explained_by_app(work.asked.token)) look_for_recovery(app, now);
}

void Engine::hear_failure(const AuditWork& work, const xads::Observation& observation, Failing way, base::Moment now) {
  const Memory* beside = roster_.memory_if_any(work.pair);
  const auto* held =
      beside == nullptr || !beside->baseline.run ? nullptr : std::get_if<xads::Denied>(&beside->baseline.run->answer);
  // A token that is known to be dead says nothing about its app.
  const bool known = held != nullptr && verdict::failing_of(*held) == Failing::kAuthentication;
  if (known && way == Failing::kAuthentication) return cohort_of(work.asked.token).settle(work.asked.token);
  cohort_of(work.asked.token)
      .failed(work.asked.token, way, observation.evidence, is_definite(observation.answer), work.asked.at, now.steady);
  // What blames the app is never held against the token: others of the app are asked to say the same.
  if (way != Failing::kAuthentication && !explained_by_app(work.asked.token) &&
      cohort_of(work.asked.token).failing(way) < verdict::Cohort::kLeast)
    hasten(vouchers_.candidates(work.asked.token), now);
  reconsider_app(work.asked.token, way, observation.evidence, now);
}

verdict::IncidentKey Engine::app_key(std::uint16_t app, Failing way) const {
  if (way == Failing::kVersion) return {Cause::kVersionRetired, {}, "", options_.api_version};
  return {Cause::kAppRejected, {}, "", roster_.app_name(app)};
}

void Engine::reconsider_app(TokenIndex token, Failing way, const xads::Evidence& evidence, base::Moment now) {
  const std::uint16_t app = roster_.record(token).app;
  const verdict::Cohort& cohort = cohorts_[app];
  const auto reading = cohort.reading(way, options_.confirm.count, live_tokens_of(app), now.steady);
  if (!reading.mass) revoking_.erase(app);
  if (reading.revoking && revoking_.insert(app).second) hasten_app(app, now);
  const bool clock = clock_skew_.holds() || clock_skew_.undecided();
  if (!reading.app_at_fault || (clock && way == Failing::kAuthentication)) return;
  const verdict::IncidentKey key = app_key(app, way);
  const auto known = open_.find(key);
  const bool opens = known == open_.end() || known->second.calm_since;
  if (!opens && reading.failing < 2 * known->second.finding.affected) return;
  verdict::Finding finding{.key = key, .evidence = evidence};
  if (const auto asked = cohort.last_grant_asked()) finding.last_good_at = now.utc - (now.steady - *asked);
  finding.details = {cohort.likely_cause(way)};
  finding.affected = reading.failing;
  finding.confirmations = options_.confirm.count;
  for (const TokenIndex failing : cohort.sample(verdict::kMostExamples))
    finding.examples.emplace_back(roster_.token_name(failing));
  finding.grounds = {way == Failing::kAuthentication ? "tokens_fail_together" : "code_blames_app",
                     cohort.tally_text(way)};
  open_or_refresh(std::move(finding), now);
  if (!opens) return;
  const AppTrouble trouble{.key = key, .opened = now.steady, .way = way, .recovering_since = std::nullopt};
  if (way == Failing::kVersion) {
    if (retired_ && retired_->key != key) close(retired_->key, now);  // the settings name another one now
    retired_ = trouble;
  } else {
    troubled_[app] = trouble;
  }
  if (way == Failing::kAuthentication) adopt(app, open_.find(key)->second, now);
}

/// Many tokens of the app turn out to be dead: look at all of them now, rather than at each in its turn.
void Engine::hasten_app(std::uint16_t app, base::Moment now) {
  std::size_t hastened = 0;
  for (std::size_t place = 0; place < roster_.token_places() && hastened < kHastened; ++place) {
    const TokenIndex token{static_cast<std::uint32_t>(place)};
    const TokenRecord& record = roster_.record(token);
    if (!record.alive || record.app != app || record.first_pair == kNoPair) continue;
    const PairIndex first{record.first_pair};
    if (!roster_.granted(first) || roster_.suspected(first)) continue;
    hasten({first}, now);
    ++hastened;
  }
}

/// Asks failing tokens now, whatever spacing they keep.
void Engine::hasten_failing(std::uint16_t app, std::size_t most, base::Moment now) {
  for (const TokenIndex token : cohorts_[app].sample(most)) {
    const std::uint32_t first = roster_.record(token).first_pair;
    if (first == kNoPair || !schedule_.contains(PairIndex{first})) continue;
    roster_.pair(PairIndex{first}).urgent = true;
    schedule_.hasten(PairIndex{first}, now.steady);
  }
}

void Engine::look_for_recovery(std::uint16_t app, base::Moment now) {
  if (retired_ && live_tokens_of(app) > 0 && recovered(app, *retired_, now)) {
    const verdict::IncidentKey key = std::exchange(retired_, std::nullopt)->key;
    for (std::uint16_t any = 0; any < roster_.apps(); ++any) well_since_[any] = now.steady;
    close(key, now);
    hasten_failing(app, kHastened, now);
  }
  const auto trouble = troubled_.find(app);
  if (trouble == troubled_.end() || !recovered(app, trouble->second, now)) return;
  const verdict::IncidentKey key = trouble->second.key;
  troubled_.erase(trouble);
  well_since_[app] = now.steady;
  close(key, now);
  hasten_failing(app, kHastened, now);
}

/// Whether the trouble is over, by the app's tokens, and those that fail had their time to say so.
bool Engine::recovered(std::uint16_t app, AppTrouble& trouble, base::Moment now) {
  const std::uint64_t live = live_tokens_of(app);
  if (live == 0) return true;  // nobody asks with this app any more
  if (!cohorts_[app].recovered(trouble.opened, live)) return false;
  if (!trouble.recovering_since) {
    trouble.recovering_since = now.steady;
    hasten_failing(app, kHastened, now);
  }
  const auto reading = cohorts_[app].reading(trouble.way, options_.confirm.count, live, now.steady);
  return !reading.mass || now.steady - *trouble.recovering_since >= kRecovery;
}

/// Token incidents of this trouble's beginning, found before it was seen to be the app's.
void Engine::adopt(std::uint16_t app, const verdict::Incident& by, base::Moment now) {
  std::vector<verdict::IncidentKey> explained;
  for (const auto& [key, incident] : open_) {
    if (key.cause != Cause::kTokenRevoked || incident.finding.grounds.rule == "identity_confirms") continue;
    const auto token = roster_.find_token(key.token);
    const bool same_time = incident.opened_at + verdict::Cohort::kWindow > by.opened_at;
    if (token && roster_.record(*token).app == app && same_time) explained.push_back(key);
  }
  const verdict::IncidentId id = by.id;
  for (const auto& key : explained) {
    verdict::Incident& incident = open_.find(key)->second;
    incident.part_of = id;
    adopted_[key] = now.steady;
    announce({{verdict::Step::kRecorded, incident}}, now);
  }
}

void Engine::give_back(base::Moment now) {
  for (auto entry = adopted_.begin(); entry != adopted_.end();) {
    const auto known = open_.find(entry->first);
    const auto token = roster_.find_token(entry->first.token);
    const bool over = known == open_.end() || !token;
    if (!over && explained_by_app(*token)) entry->second = now.steady;
    if (!over && now.steady - entry->second < kGiveBack) {
      ++entry;
      continue;
    }
    if (!over) {
      known->second.part_of.reset();
      known->second.updated_at = now.utc;
      announce({{verdict::Step::kUpdated, known->second}}, now);
    }
    entry = adopted_.erase(entry);
  }
}

void Engine::probe_apps(base::Moment now) {
  if (now.steady - apps_probed_ < kProbeInterval) return;
  apps_probed_ = now.steady;
  for (std::uint16_t app = 0; app < roster_.apps(); ++app) {
    if (!retired_ && !troubled_.contains(app)) continue;
    hasten_failing(app, kProbes, now);
    look_for_recovery(app, now);
  }
  for (auto& [app, cohort] : cohorts_) {
    const auto reading =
        cohort.reading(Failing::kAuthentication, options_.confirm.count, live_tokens_of(app), now.steady);
    if (reading.stable && !retired_ && !troubled_.contains(app)) hasten_failing(app, kHastened, now);
  }
}

void Engine::open_or_refresh(verdict::Finding finding, base::Moment now) {
  const auto known = open_.find(finding.key);
  if (known == open_.end() || known->second.calm_since) {
    if (auto step = verdict::open_one(finding, open_, now.utc, random_)) announce({*std::move(step)}, now);
    return;
  }
  // Another likely cause is news; how far it goes is for the record.
  const bool news =
      known->second.finding.details != finding.details && known->second.flips.size() < verdict::OpenIncidents::kFlips;
  known->second.finding = std::move(finding);
  known->second.updated_at = now.utc;
  announce({{news ? verdict::Step::kUpdated : verdict::Step::kRecorded, known->second}}, now);
}

void Engine::close(const verdict::IncidentKey& key, base::Moment now) {
  if (auto step = verdict::resolve_one(key, open_, now.utc)) announce({*std::move(step)}, now);
}

/// Who said what, for people and for the record.
verdict::Grounds Engine::grounds_of(PairIndex index, const verdict::Judgement& judgement,
                                    const verdict::Baseline& before, base::Moment now) const {
  const Pair& pair = roster_.pair(index);
  const TokenIndex token{pair.token};
  const auto name_of = [&](PairIndex any) {
    return fmt::format("{} on {}", roster_.token_name(TokenIndex{roster_.pair(any).token}),
                       roster_.account_id(audit::AccountIndex{roster_.pair(any).account}));
  };
  verdict::Grounds grounds{.rule = std::string(judgement.rule)};
  auto& lines = grounds.witnesses;
  const verdict::Run& run = *judgement.baseline.run;
  lines.push_back(fmt::format("{}: HTTP {}{}{}, {} in a row until {}", name_of(index), run.evidence.http_status,
                              run.evidence.code.empty() ? "" : " code ", run.evidence.code, judgement.confirmations,
                              base::to_text(now.utc)));
  if (before.suspicion && before.suspicion->identity != xads::IdentityAnswer::kNoStatement)
    lines.push_back("the identity host " + std::string(words_of(before.suspicion->identity)));
  if (!judgement.first && before.suspicion) {
    const Memory& beside = *roster_.memory_if_any(index);
    if (const auto voucher = vouchers_.voucher(token, beside.suspicion_asked, beside.latest_asked))
      lines.push_back(fmt::format("{}: granted at {}", name_of(voucher->pair),
                                  base::to_text(now.utc - (now.steady - voucher->asked))));
  }
  for (const PairIndex other : roster_.pairs_of(audit::AccountIndex{pair.account})) {
    const Pair& neighbour = roster_.pair(other);
    if (other == index || neighbour.answered == base::Instant{} || lines.size() >= verdict::kMostWitnesses / 2)
      continue;
    const auto baseline = roster_.baseline(other);
    if (baseline.run)
      lines.push_back(fmt::format("{}: {} as of {}", name_of(other), verdict::to_text(baseline.run->answer),
                                  base::to_text(baseline.run->last_seen)));
  }
  if (std::chrono::abs(clock_offset_) > 1s)
    lines.push_back(fmt::format("our clock less X's: {} ms", clock_offset_.count()));
  return grounds;
}

}  // namespace service
