#pragma once

#include <vector>

#include "base/time.h"

namespace view {

/// A time with a beginning and an end: [since, until), UTC.
struct Stretch {
  base::Instant since;
  base::Instant until;
  bool operator==(const Stretch&) const = default;
};
/// Sorted, apart from each other, none empty. What merged() gives, and what the others need and give.
using Stretches = std::vector<Stretch>;

/// Any stretches, also overlapping and empty ones, as the times that at least one of them covers.
Stretches merged(std::vector<Stretch> stretches);
Stretches common(const Stretches& left, const Stretches& right);
/// What of `from` no stretch of `taken` covers.
Stretches without(const Stretches& from, const Stretches& taken);
base::Duration length_of(const Stretches& stretches);

/// How the time of a span was spent. The four add up to the span: no moment counts twice.
struct Coverage {
  base::Duration well{0};         ///< the answer was known and nothing spoke against it
  base::Duration in_incident{0};  ///< the answer was known and an incident was open
  base::Duration blind{0};        ///< no certain answer came for longer than promised
  base::Duration unknown{0};      ///< nothing was known: before the first answer, or nobody asked, or nobody can tell
  Coverage& operator+=(const Coverage& other);
  base::Duration total() const { return well + in_incident + blind + unknown; }
  bool operator==(const Coverage&) const = default;
};

/// What is recorded of a pair.
struct Recorded {
  Stretches known;      ///< an answer was held
  Stretches incidents;  ///< a problem of it was open
  Stretches blind;
  Stretches doubted;  ///< others were blind, and nobody can tell whether this one was
};
/// Blind goes before everything that is known, an incident before doubt, and only what is left was well.
Coverage count_coverage(const Stretch& span, const Recorded& recorded);

}  // namespace view
