#include "choices.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "command_line.h"

namespace app {
namespace {

std::string advice(const std::string& word, const std::vector<std::string_view>& known) {
  const auto nearest = base::nearest(word, known);
  return nearest.empty() ? fmt::format("; it is one of {}", fmt::join(known, ", "))
                         : fmt::format(", did you mean \"{}\"?", nearest);
}

}  // namespace

void require_choice(const char* option, std::string_view what, const std::string& word,
                    const std::vector<std::string_view>& known) {
  if (std::find(known.begin(), known.end(), word) == known.end())
    throw UsageError(
        fmt::format("{}: there is no {} \"{}\"{}", option, what, base::clean_text(word), advice(word, known)));
}

verdict::Cause cause_named(const char* option, const std::string& name) {
  std::vector<std::string_view> known;
  for (const auto cause : verdict::all_causes()) known.push_back(verdict::to_text(cause));
  require_choice(option, "cause", name, known);
  return *verdict::cause_from_text(name);
}

verdict::Severity severity_named(const char* option, const std::string& name) {
  using verdict::Severity;
  std::vector<std::string_view> known;
  for (const auto severity : {Severity::kInfo, Severity::kWarning, Severity::kCritical})
    known.push_back(verdict::to_text(severity));
  require_choice(option, "severity", name, known);
  return *verdict::severity_from_text(name);
}

std::vector<const alert::Destination*> destinations_named(const settings::Settings& settings, const std::string& name) {
  auto found = alert::destinations_named(name, settings.destinations);
  if (!found.empty()) return found;
  std::vector<std::string_view> known;
  for (const auto& destination : settings.destinations) known.push_back(destination.name);
  throw CommandError(kExitNotFound, known.empty() ? "the settings have no destination"
                                                  : fmt::format("there is no destination \"{}\"{}",
                                                                base::clean_text(name), advice(name, known)));
}

const alert::Destination& destination_named(const settings::Settings& settings, const std::string& name) {
  const auto found = destinations_named(settings, name);
  if (found.size() == 1) return *found.front();
  std::vector<std::string_view> members;
  for (const auto* destination : found) members.push_back(destination->name);
  throw UsageError(fmt::format("{} stands for {}; say which one", name, fmt::join(members, ", ")));
}

}  // namespace app
