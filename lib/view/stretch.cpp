#include "view/stretch.h"

#include <algorithm>

namespace view {

Stretches merged(std::vector<Stretch> stretches) {
  std::erase_if(stretches, [](const Stretch& one) { return one.until <= one.since; });
  std::sort(stretches.begin(), stretches.end(),
            [](const Stretch& left, const Stretch& right) { return left.since < right.since; });
  Stretches apart;
  for (const Stretch& one : stretches) {
    if (!apart.empty() && one.since <= apart.back().until)
      apart.back().until = std::max(apart.back().until, one.until);
    else
      apart.push_back(one);
  }
  return apart;
}

Stretches common(const Stretches& left, const Stretches& right) {
  Stretches both;
  auto one = left.begin();
  auto other = right.begin();
  while (one != left.end() && other != right.end()) {
    const Stretch part{std::max(one->since, other->since), std::min(one->until, other->until)};
    if (part.since < part.until) both.push_back(part);
    if (one->until < other->until)
      ++one;
    else
      ++other;
  }
  return both;
}

Stretches without(const Stretches& from, const Stretches& taken) {
  Stretches left;
  auto other = taken.begin();
  for (Stretch rest : from) {
    while (other != taken.end() && other->until <= rest.since) ++other;
    for (auto hole = other; hole != taken.end() && hole->since < rest.until; ++hole) {
      if (rest.since < hole->since) left.push_back({rest.since, hole->since});
      rest.since = std::max(rest.since, hole->until);
    }
    if (rest.since < rest.until) left.push_back(rest);
  }
  return left;
}

base::Duration length_of(const Stretches& stretches) {
  base::Duration length{0};
  for (const Stretch& one : stretches) length += one.until - one.since;
  return length;
}

Coverage& Coverage::operator+=(const Coverage& other) {
  well += other.well;
  in_incident += other.in_incident;
  blind += other.blind;
  unknown += other.unknown;
  return *this;
}

Coverage count_coverage(const Stretch& span, const Recorded& recorded) {
  const Stretches whole = merged({span});
  const Stretches known = common(whole, recorded.known);
  const Stretches seeing = without(known, recorded.blind);
  const Stretches calm = without(seeing, recorded.incidents);
  const Stretches well = without(calm, recorded.doubted);
  Coverage coverage;
  coverage.well = length_of(well);
  coverage.in_incident = length_of(seeing) - length_of(calm);
  coverage.blind = length_of(known) - length_of(seeing);
  coverage.unknown = length_of(whole) - length_of(known) + length_of(calm) - length_of(well);
  return coverage;
}

}  // namespace view
