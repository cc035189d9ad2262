#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace alert {

struct Alert;
struct Wording;

/// The operator's own words for a destination. `{{field}}` stands for a text of the alert; blanks inside the braces do
/// not count, and `{{{{` is a plain `{{`. The fields:
///
///   title before after since stops who repair      as Wording tells them
///   cause severity state incident alert sequence   "token.revoked", "critical", "opened", "inc_01J...", ...
///   opened_at last_good_at age                     UTC; how long it has lasted: "2h 5m"
///   app token kind user_id owner account account_name label.NAME    of the subject; owner is the label of that name
///
/// What the alert does not have is an empty text.
struct Template {
  std::string title;  ///< one line; empty: the default title
  std::string text;   ///< one or more lines; empty: the default words
  bool operator==(const Template&) const = default;
};

/// What is wrong with a title or a text, or nothing: "column 12: unknown field \"acount\", did you mean \"account\"?".
/// Columns count characters from 1; of several lines the line is told, too.
std::optional<std::string> complaint_about_template(std::string_view text);

/// `wording`, which is that of the alert, with the template's title and text filled in, without blanks at their ends;
/// what comes out empty leaves the default in its place. Each value becomes one line of valid UTF-8 (base::clean_text)
/// and nothing else: no value is looked at for fields, and none is escaped, because every channel escapes the filled
/// text as a whole, the operator's words like a stranger's name. So a template has no markup, and no name can bring any
/// in. Pure. Requires a template without complaints.
Wording apply(const Template& words, const Alert& alert, Wording wording);

}  // namespace alert
