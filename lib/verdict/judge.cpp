#include "verdict/judge.h"

#include <algorithm>
#include <utility>

#include "base/overloaded.h"

namespace verdict {
namespace {

/// A vague 401 needs this many answers when only the control token, and not the identity host, speaks against it.
constexpr int kVagueCount = 3;

bool denies(const Conclusive& answer, xads::Denial denial) {
  const auto* denied = std::get_if<xads::Denied>(&answer);
  return denied != nullptr && denied->denial == denial;
}

bool blames_token(const Conclusive& answer) {
  return denies(answer, xads::Denial::kTokenInvalid) || denies(answer, xads::Denial::kUnauthenticated);
}

/// X answers a revoked token with code 89 or vaguely, from day to day: the vague form does not contradict the other.
bool agrees(const Conclusive& held, const Conclusive& seen) {
  return held == seen || (denies(held, xads::Denial::kTokenInvalid) && blames_token(seen));
}

/// What still has to be known before a suspicion moves the baseline: nothing when there is a rule that moves it.
struct Needs {
  std::string_view rule{};
  bool another_answer = false;
  bool identity = false;
  bool neighbours = false;
};

/// Whether this token may be blamed on its neighbours' word: they are well, and it is not one of many that fail.
bool stands_alone(const Suspicion& suspicion, const ConfirmOptions& options, const Neighbours& neighbours) {
  const bool often = suspicion.count >= kVagueCount;
  if (!neighbours.clock_fine || (suspicion.definite_count < options.count && !often)) return false;
  if (neighbours.mass && !(neighbours.stable && often)) return false;
  // Nobody else is there: X must have named this token each time, and must not blame the app beside that.
  const bool named =
      suspicion.definite_count >= kVagueCount && suspicion.identity != xads::IdentityAnswer::kAppRejected;
  return neighbours.vouched || (named && !neighbours.could_be_vouched);
}

Needs needs_of_401(const Suspicion& suspicion, const ConfirmOptions& options, const Neighbours& neighbours) {
  using xads::IdentityAnswer;
  const bool definite = denies(suspicion.answer, xads::Denial::kTokenInvalid);
  const Needs more{.another_answer = suspicion.count < kVagueCount, .identity = true, .neighbours = true};
  if (neighbours.alive_elsewhere) return more;
  if (suspicion.identity == IdentityAnswer::kTokenInvalid) {
    // Two hosts say the same of this one token. The vague form is no statement of its own: it leaves one host alone,
    // which has to say it more often while many tokens get the vague form.
    const int agreed = definite ? suspicion.count + 1 : std::min(suspicion.count, suspicion.identity_count);
    const int needed = !definite && neighbours.mass ? std::max(options.count, kVagueCount) : options.count;
    if (agreed >= needed) return {.rule = "identity_confirms"};
    return {.another_answer = true, .identity = true, .neighbours = true};
  }
  if (suspicion.count < options.count) return more;
  // The token lives, so the Ads host is at fault; or the clock is. Ask both again at the next regular time.
  if (suspicion.identity == IdentityAnswer::kAlive) return {.identity = true};
  if (suspicion.identity == IdentityAnswer::kClockSkewed) return {.identity = true};
  if (!stands_alone(suspicion, options, neighbours)) return more;
  if (neighbours.mass) return {.rule = "stable_in_a_mass"};
  return {.rule = neighbours.vouched ? "neighbours_are_well" : "code_repeated"};
}

Needs needs_of(const Suspicion& suspicion, const ConfirmOptions& options, const Neighbours& neighbours) {
  const bool agreed = suspicion.count >= options.count;
  if (blames_token(suspicion.answer)) return needs_of_401(suspicion, options, neighbours);
  if (denies(suspicion.answer, xads::Denial::kAccountNotFound)) {
    if (agreed && neighbours.others_of_account_settled) return {.rule = "not_found_repeated"};
    return {.another_answer = true, .neighbours = true};
  }
  if (agreed)
    return {.rule = std::holds_alternative<xads::Granted>(suspicion.answer) ? "answers_agree" : "code_says_so"};
  return {.another_answer = true};
}

/// A grant like the first one. Another grant is an answer, but not a good one: somebody has to look at it.
bool is_good(const Baseline& baseline) {
  return baseline.normal && baseline.run->answer == Conclusive(*baseline.normal);
}

void move_baseline(Judgement& judgement, std::string_view rule, base::Instant now) {
  Baseline& baseline = judgement.baseline;
  judgement.rule = rule;
  Suspicion suspicion = *std::exchange(baseline.suspicion, std::nullopt);
  if (blames_token(suspicion.answer)) suspicion.answer = xads::Denied{xads::Denial::kTokenInvalid};
  judgement.first = !baseline.run;
  judgement.moved = true;
  judgement.confirmations = suspicion.count;
  judgement.closed = std::move(baseline.run);
  baseline.run =
      Run{suspicion.answer, suspicion.began, now, static_cast<std::uint64_t>(suspicion.count), suspicion.evidence};
  const auto* granted = std::get_if<xads::Granted>(&suspicion.answer);
  if (granted != nullptr && !baseline.normal) {
    baseline.normal = *granted;
    baseline.accepted = false;  // what was accepted was that there is none
  }
  if (is_good(baseline)) baseline.last_good_at = now;
}

void weigh_suspicion(Judgement& judgement, const ConfirmOptions& options, const Neighbours& neighbours,
                     base::Instant now) {
  const Needs needs = needs_of(*judgement.baseline.suspicion, options, neighbours);
  if (!needs.rule.empty()) return move_baseline(judgement, needs.rule, now);
  judgement.confirm_again = needs.another_answer;
  judgement.ask_identity = needs.identity;
  judgement.ask_neighbours = needs.neighbours;
}

void extend_run(Baseline& baseline, base::Instant now) {
  baseline.suspicion.reset();
  baseline.run->last_seen = now;
  ++baseline.run->count;
  if (is_good(baseline)) baseline.last_good_at = now;
}

void add_to_suspicion(Baseline& baseline, const Conclusive& seen, const xads::Evidence& evidence, base::Instant now) {
  auto& suspicion = baseline.suspicion;
  const bool same = suspicion && (suspicion->answer == seen || (blames_token(suspicion->answer) && blames_token(seen)));
  if (!same) suspicion = Suspicion{.answer = seen, .began = now};
  suspicion->answer = seen;
  suspicion->evidence = evidence;
  ++suspicion->count;
  if (denies(seen, xads::Denial::kTokenInvalid)) ++suspicion->definite_count;
}

}  // namespace

Judgement judge(const Baseline& before, const xads::Observation& observation, const ConfirmOptions& options,
                const Neighbours& neighbours, base::Instant now) {
  Judgement judgement{.baseline = before};
  Baseline& baseline = judgement.baseline;
  const auto seen = conclusive_part(observation.answer);
  if (!seen) {
    judgement.confirm_again = baseline.suspicion.has_value();
    return judgement;
  }
  if (baseline.run && agrees(baseline.run->answer, *seen)) {
    extend_run(baseline, now);
    return judgement;
  }
  add_to_suspicion(baseline, *seen, observation.evidence, now);
  const bool quiet_start = !baseline.run && std::holds_alternative<xads::Granted>(*seen);
  if (quiet_start) {
    move_baseline(judgement, "first_grant", now);
  } else {
    weigh_suspicion(judgement, options, neighbours, now);
  }
  return judgement;
}

Judgement judge_identity(const Baseline& before, xads::IdentityAnswer answer, const ConfirmOptions& options,
                         const Neighbours& neighbours, base::Instant now) {
  Judgement judgement{.baseline = before};
  if (!before.suspicion || !blames_token(before.suspicion->answer)) return judgement;
  Suspicion& suspicion = *judgement.baseline.suspicion;
  if (answer != xads::IdentityAnswer::kNoStatement) {
    suspicion.identity_count = suspicion.identity == answer ? suspicion.identity_count + 1 : 1;
    suspicion.identity = answer;
  }
  weigh_suspicion(judgement, options, neighbours, now);
  judgement.ask_identity = false;  // it has just been asked
  return judgement;
}

}  // namespace verdict
