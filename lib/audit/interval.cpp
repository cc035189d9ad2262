#include "audit/interval.h"

#include <algorithm>
#include <array>

#include "base/ensure.h"

namespace audit {
namespace {

using namespace std::chrono_literals;

constexpr std::array kClasses{IntervalClass::kNormal, IntervalClass::kCritical, IntervalClass::kArchive};

bool names(const std::vector<std::string>& list, std::string_view name) {
  return list.empty() || std::find(list.begin(), list.end(), name) != list.end();
}

/// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), continued from `hash`.
std::uint64_t mix_in(std::uint64_t hash, std::string_view text) {
  for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
  return hash;
}

/// Spreads the differences of the last letters, which FNV leaves in the low bits, over all bits (MurmurHash3's final).
std::uint64_t spread(std::uint64_t hash) {
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33);
}

}  // namespace

bool fits(const Match& match, const Token& token, std::string_view account) {
  const auto has = [&](const Labels::value_type& label) {
    const auto found = token.labels.find(label.first);
    return found != token.labels.end() && found->second == label.second;
  };
  return names(match.apps, token.app) && names(match.tokens, token.name) && names(match.accounts, account) &&
         std::all_of(match.labels.begin(), match.labels.end(), has);
}

std::string_view to_text(IntervalClass interval_class) {
  switch (interval_class) {
    case IntervalClass::kNormal:
      return "normal";
    case IntervalClass::kCritical:
      return "critical";
    case IntervalClass::kArchive:
      return "archive";
  }
  base::broken_promise("an interval class is one of its enumerators", __FILE__, __LINE__);
}

std::optional<IntervalClass> interval_class_from_text(std::string_view text) {
  for (const IntervalClass interval_class : kClasses)
    if (to_text(interval_class) == text) return interval_class;
  return std::nullopt;
}

base::Duration interval_of(const IntervalOptions& options, IntervalClass interval_class) {
  switch (interval_class) {
    case IntervalClass::kNormal:
      return options.normal;
    case IntervalClass::kCritical:
      return options.critical;
    case IntervalClass::kArchive:
      return options.archive;
  }
  base::broken_promise("an interval class is one of its enumerators", __FILE__, __LINE__);
}

IntervalClass class_of(const IntervalOptions& options, const Token& token, std::string_view account) {
  for (const ClassRule& rule : options.rules)
    if (fits(rule.match, token, account)) return rule.interval_class;
  return IntervalClass::kNormal;
}

base::Duration phase(std::string_view token_name, std::string_view account, base::Duration interval) {
  constexpr std::uint64_t kBasis = 0xcbf29ce484222325;
  const std::uint64_t hash = spread(mix_in(mix_in(mix_in(kBasis, token_name), "\n"), account));
  const double fraction = static_cast<double>(hash >> 32) * 0x1.0p-32;
  return base::Duration(static_cast<base::Duration::rep>(fraction * static_cast<double>(interval.count())));
}

base::Instant next_slot(base::Instant now, base::Duration phase, base::Duration interval) {
  ENSURE(interval > 0ms);
  const base::Duration ahead = (phase - now.time_since_epoch()) % interval;  // negative when it has just gone by
  return now + (ahead < 0ms ? ahead + interval : ahead);
}

base::Instant after_interval(base::Instant now, base::Duration interval, double jitter, base::Random& random) {
  const double most = jitter * static_cast<double>(interval.count());
  return now + interval + base::Duration(static_cast<base::Duration::rep>(random.next_unit() * most));
}

std::optional<base::Duration> boosted_interval(base::Duration interval) {
  if (interval < 3min) return std::nullopt;
  return std::max<base::Duration>(interval / 3, 1min);
}

}  // namespace audit
