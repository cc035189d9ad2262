#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alert/alert.h"

namespace alert {

/// The questions that a message answers, in the order in which people ask them.
enum class Question { kWhat, kWhom, kWhoElse, kStops, kSinceWhen, kWhatToDo, kIds };

/// A labelled line of a message for people.
struct Fact {
  Question question;
  std::string_view label;  ///< "Ad account"; one of a fixed few, or empty for a line of a template
  std::string text;        ///< never empty; of strangers, as it came
  std::size_t limit;       ///< bytes that a channel gives it, after escaping; all limits together are kMostFactBytes
};
constexpr std::size_t kMostFactBytes = 5000;
constexpr std::size_t kMostFacts = 16;

/// What follows the title. What is not known is left out.
std::vector<Fact> facts_of(const Alert& alert, const Wording& wording);

/// True when it tells of an end; of a digest, when it tells of nothing else.
bool is_over(const Alert& alert);
bool is_over(const Digest& digest);

/// A coloured circle that is seen before anything is read; of a test none. UTF-8.
std::string_view mark_of(const Alert& alert);
std::string_view mark_of(const Digest& digest);
/// "critical"
std::string_view severity_text(const Alert& alert);

/// Hexadecimal SHA-256 of what makes two reports the same problem: it outlives the incident, and is the same when the
/// problem comes again. A test has another one than the problem that it plays.
std::string problem_hash(const Alert& alert);

}  // namespace alert
