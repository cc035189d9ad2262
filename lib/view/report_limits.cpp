#include <fmt/format.h>

#include <algorithm>

#include "view/report.h"

namespace view {
namespace {

std::string about_the_log(const Report& report) {
  const auto& query = report.query;
  if (report.chain.broken_at)
    return fmt::format("The change log was altered at entry {}: nothing from that entry on can be relied on.",
                       *report.chain.broken_at);
  if (query.complete_since && query.span.since < *query.complete_since)
    return fmt::format(
        "Entries before {} were thrown away when their time was over (store.retention.history). Of that time the log "
        "keeps only what still told who had access then; changes in it may be missing here.",
        base::to_text(*query.complete_since));
  return "Entries that were cut off at the end of the change log leave no trace in it: compare the last hash with the "
         "one that was noted elsewhere.";
}

std::string about_evidence(const Report& report) {
  const auto& span = report.query.span;
  std::size_t old = 0;
  std::size_t untold = 0;
  for (const auto& pair : report.pairs) {
    if (pair.at_end() == nullptr) continue;
    const auto age = evidence_age(pair, span);
    if (!age) ++untold;
    if (age && *age > report.query.bound) ++old;
  }
  std::string text =
      fmt::format("Answers at the end that were last heard longer ago than the detection bound ({}): {}.",
                  base::to_rough_text(report.query.bound), old);
  if (untold > 0)
    text += fmt::format(
        " Of {} more it is not known when they were heard last: another answer followed after the span, or nobody asks "
        "any more.",
        untold);
  return text;
}

}  // namespace

std::vector<std::string> limits_of(const Report& report) {
  const auto bound = base::to_rough_text(report.query.bound);
  std::vector<std::string> limits{
      about_the_log(report),
      about_evidence(report),
      "What changed and changed back between two audits was never seen.",
      fmt::format("A change counts from the moment when it was noticed, not when it was made. By the settings of today "
                  "it is noticed within {}, or the time is told as blind.",
                  bound),
      "When the service was stopped is only told by hours of which it wrote no figures. A stop that ended within the "
      "span counts as what was known before it, which may be well, although nobody looked; one at the end of the span "
      "counts as unknown time.",
      "Audits with the same answer are not stored one by one. An answer that was heard both before and after the end "
      "of the span counts as heard at its end: its evidence age is told as 0.",
      fmt::format(
          "Blind time is counted from {} before it was told. One incident names at most 20 blind pairs; for all "
          "others that time counts as unknown, never as well.",
          bound),
      "Incidents, announced changes and mutes are kept for a while after their end (store.retention.incidents); the "
      "time before that counts as unknown. With store.retention.max_size they may have gone earlier, untold here.",
      "Of the rate limits only the one of which the least was left is known, by the hour, as X told it: others use "
      "them, "
      "too. That, too, is kept for as long as incidents are."};
  return limits;
}

}  // namespace view
