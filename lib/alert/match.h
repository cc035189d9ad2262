#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/alert.h"
#include "base/result.h"

namespace alert {

/// Which incidents something is about. All members given must fit, one text of each is enough; a member left empty fits
/// everything. Texts are patterns: see base::matches_glob(). A pattern fits only what is there: `*` for the token fits
/// every incident of one token, and no incident of an ad account as a whole.
struct Match {
  std::vector<verdict::Severity> severities;
  std::vector<std::string> causes;  ///< "token.revoked", "role.*"
  std::vector<std::string> apps;
  std::vector<std::string> tokens;
  std::vector<std::string> accounts;  ///< of incidents of one ad account; not those that a token's incident lists
  audit::Labels labels;               ///< each must be a label of the token, with a value that fits
  bool operator==(const Match&) const = default;
};

bool fits(const Match& match, const verdict::Incident& incident, const Subject& subject);
bool fits(const Match& match, const Alert& alert);

/// What is wrong with a pattern of causes, or nothing: it must fit one that exists.
std::optional<std::string> complaint_about_cause(std::string_view pattern);

/// Reads one line such as
///
///   account=18ce54d4x5t,cause=role.*,cause=composer.*,severity=warning,label.client=Brand A
///
/// The keys are severity, cause, app, token, account and label.NAME. A key given several times means any of them,
/// except that a label is given once. `*` alone fits everything. Blanks around keys and values do not count. A value
/// with a comma, a double quote or blanks at its ends stands in double quotes, and a double quote in it is doubled:
/// `label.client="Brand A, ""EU"""`. Error: a sentence that says which part is wrong, with the likely word.
base::Result<Match> parse_match(std::string_view text);
/// What parse_match() reads as the same match. Requires texts and names of labels as it gives them: not empty, without
/// control characters, and names without `=`, `,` and blanks at their ends.
std::string to_text(const Match& match);

}  // namespace alert
