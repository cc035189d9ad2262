#include "alert/match.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace alert {
namespace {

using verdict::Severity;

bool allows(const std::vector<std::string>& patterns, std::string_view text) {
  return patterns.empty() || (!text.empty() && base::matches_any_glob(patterns, text));
}

bool allows(const std::vector<Severity>& severities, Severity severity) {
  return severities.empty() || std::find(severities.begin(), severities.end(), severity) != severities.end();
}

bool fits_token(const Match& match, const std::optional<audit::Token>& token) {
  if (!token) return match.tokens.empty() && match.labels.empty();
  return allows(match.tokens, token->name) && audit::labels_fit(match.labels, token->labels);
}

constexpr std::string_view kEverything = "*";
constexpr std::string_view kLabel = "label.";

/// A key of the text form whose values are patterns, and where they go.
struct PatternKey {
  std::string_view name;
  std::vector<std::string> Match::*patterns;
};
constexpr std::array kPatternKeys{PatternKey{"cause", &Match::causes}, PatternKey{"app", &Match::apps},
                                  PatternKey{"token", &Match::tokens}, PatternKey{"account", &Match::accounts}};

using Complaint = std::optional<std::string>;

std::string unknown_key(std::string_view key) {
  const std::vector<std::string_view> keys{"severity", "cause", "app", "token", "account", "label.NAME"};
  return "unknown key " + base::in_quotes(key) + base::advice_for(key, keys);
}

Complaint add_label(Match& match, std::string_view name, std::string value) {
  if (name.empty()) return "label. needs the name of a label: label.NAME=VALUE";
  if (match.labels.emplace(name, std::move(value)).second) return std::nullopt;
  return "the label " + base::in_quotes(name) + " is given twice; give it once, * and ? stand for several values";
}

Complaint add_severity(Match& match, std::string_view value) {
  const auto severity = verdict::severity_from_text(value);
  if (!severity)
    return "unknown severity " + base::in_quotes(value) + base::advice_for(value, {"info", "warning", "critical"});
  match.severities.push_back(*severity);
  return std::nullopt;
}

/// Adds what one `key=value` asks for.
Complaint add(Match& match, std::string_view key, std::string value) {
  if (value.empty()) return base::in_quotes(key) + " has no value";
  for (const std::string_view text : {key, std::string_view(value)}) {
    if (base::clean_text(text) != text) return base::in_quotes(text) + " holds control characters or broken UTF-8";
  }
  if (key == "severity") return add_severity(match, value);
  if (key.starts_with(kLabel)) return add_label(match, key.substr(kLabel.size()), std::move(value));
  const auto known = std::find_if(kPatternKeys.begin(), kPatternKeys.end(),
                                  [&](const PatternKey& candidate) { return candidate.name == key; });
  if (known == kPatternKeys.end()) return unknown_key(key);
  if (key == "cause") {
    if (auto complaint = complaint_about_cause(value)) return complaint;
  }
  (match.*known->patterns).push_back(std::move(value));
  return std::nullopt;
}

/// Takes a value off the front of `rest`, up to the comma or the end.
base::Result<std::string> take_value(std::string_view& rest) {
  if (!rest.starts_with('"')) {
    const std::string_view value = base::trim(rest.substr(0, rest.find(',')));
    rest.remove_prefix(std::min(rest.find(','), rest.size()));
    if (value.find('"') == std::string_view::npos) return std::string(value);
    return base::Failure{base::in_quotes(value) +
                         " holds a double quote; put the value in double quotes and double it"};
  }
  std::string value;
  for (std::size_t at = 1; at < rest.size(); ++at) {
    if (rest[at] == '"') {
      if (rest.substr(at + 1).starts_with('"')) {
        ++at;
      } else {
        rest = base::trim(rest.substr(at + 1));
        return value;
      }
    }
    value += rest[at];
  }
  return base::Failure{"the closing \" of " + base::in_quotes(value) + " is missing"};
}

bool needs_quotes(const std::string& value) {
  return value.find_first_of(",\"") != std::string::npos || base::trim(value) != value;
}

std::string quoted_where_needed(const std::string& value) {
  if (!needs_quotes(value)) return value;
  std::string quoted = "\"";
  for (const char character : value) quoted += character == '"' ? "\"\"" : std::string(1, character);
  return quoted + "\"";
}

}  // namespace

bool fits(const Match& match, const verdict::Incident& incident, const Subject& subject) {
  const verdict::Finding& finding = incident.finding;
  return allows(match.severities, verdict::severity_of(finding)) &&
         allows(match.causes, verdict::to_text(finding.key.cause)) && allows(match.apps, subject.app) &&
         allows(match.accounts, subject.account_id) && fits_token(match, subject.token);
}

bool fits(const Match& match, const Alert& alert) { return fits(match, alert.incident, alert.subject); }

Complaint complaint_about_cause(std::string_view pattern) {
  std::vector<std::string_view> known;
  for (const verdict::Cause cause : verdict::all_causes()) known.push_back(verdict::to_text(cause));
  const auto fits = [&](std::string_view cause) { return base::matches_glob(pattern, cause); };
  if (std::any_of(known.begin(), known.end(), fits)) return std::nullopt;
  return "unknown cause " + base::in_quotes(pattern) + base::advice_for(pattern, known);
}

base::Result<Match> parse_match(std::string_view text) {
  std::string_view rest = base::trim(text);
  Match match;
  if (rest == kEverything) return match;
  if (rest.empty()) return base::Failure{"there is nothing to match; write key=value, or * for everything"};
  for (;;) {
    const std::size_t equals = rest.find_first_of("=,");
    const std::string_view key = base::trim(rest.substr(0, equals));
    if (equals == std::string_view::npos || rest[equals] == ',')
      return base::Failure{base::in_quotes(key) + " is not of the form key=value"};
    rest = base::trim(rest.substr(equals + 1));
    auto value = take_value(rest);
    if (!value) return base::Failure{value.error()};
    if (auto complaint = add(match, key, std::move(value).value())) return base::Failure{std::move(*complaint)};
    if (rest.empty()) return match;
    if (!rest.starts_with(','))
      return base::Failure{"after the closing \" a comma must follow, not " + base::in_quotes(rest)};
    rest = base::trim(rest.substr(1));
  }
}

std::string to_text(const Match& match) {
  std::vector<std::string> parts;
  for (const Severity severity : match.severities)
    parts.push_back("severity=" + std::string(verdict::to_text(severity)));
  for (const PatternKey& key : kPatternKeys) {
    for (const std::string& pattern : match.*key.patterns)
      parts.push_back(std::string(key.name) + "=" + quoted_where_needed(pattern));
  }
  for (const auto& [name, value] : match.labels)
    parts.push_back(std::string(kLabel) + name + "=" + quoted_where_needed(value));
  return parts.empty() ? std::string(kEverything) : base::join(parts, ",");
}

}  // namespace alert
