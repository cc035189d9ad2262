#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/probe.h"
#include "base/random.h"
#include "base/time.h"

namespace audit {

/// Which tokens and ad accounts a rule is about. Empty lists fit everything; all that is given must fit.
struct Match {
  std::vector<std::string> apps;
  std::vector<std::string> tokens;  ///< names
  std::vector<std::string> accounts;
  Labels labels;
  bool operator==(const Match&) const = default;
};
/// `account` is empty when the question is about the token alone; a match that names accounts does not fit then.
bool fits(const Match& match, const Token& token, std::string_view account);

/// How urgent a pair is to its owner. The numbers are stored nowhere.
enum class IntervalClass : std::uint8_t { kNormal, kCritical, kArchive };
std::string_view to_text(IntervalClass interval_class);  ///< "critical"
std::optional<IntervalClass> interval_class_from_text(std::string_view text);

struct ClassRule {
  Match match;
  IntervalClass interval_class = IntervalClass::kNormal;
  bool operator==(const ClassRule&) const = default;
};

/// Extra audits from what the routine leaves of a budget.
struct Boost {
  bool enabled = true;
  base::Duration after_change{24 * 3600'000};  ///< how long a pair that changed is boosted
};

struct IntervalOptions {
  base::Duration normal{15 * 60'000};
  base::Duration critical{5 * 60'000};
  base::Duration archive{6 * 3600'000};
  double jitter = 0.10;          ///< of the interval; an audit comes up to this much later, never earlier
  std::vector<ClassRule> rules;  ///< the first that fits decides; none: normal
  Boost boost;
};

base::Duration interval_of(const IntervalOptions& options, IntervalClass interval_class);
IntervalClass class_of(const IntervalOptions& options, const Token& token, std::string_view account);

/// Where within its interval a pair is asked: from a hash of its names, so that a restart makes no herd.
base::Duration phase(std::string_view token_name, std::string_view account, base::Duration interval);
/// The next time of this phase: the earliest moment not before `now` (UTC) that lies `phase` after a multiple of
/// `interval`.
base::Instant next_slot(base::Instant now, base::Duration phase, base::Duration interval);
/// One interval after `now`, plus a random part of the jitter.
base::Instant after_interval(base::Instant now, base::Duration interval, double jitter, base::Random& random);
/// How soon a boosted pair is asked out of turn: a third of its interval, but not within a minute; nothing when its
/// interval is too short for that.
std::optional<base::Duration> boosted_interval(base::Duration interval);

}  // namespace audit
