#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace alert {

/// The members of the Web API's answers that count.
struct SlackAnswer {
  std::optional<bool> ok;  ///< none when it is not an answer of Slack's
  std::string error;       ///< a stranger's text
  std::string ts;          ///< the name of the message that was posted: "1503435956.000247"; empty when there is none
};
/// Reads as much as there is: an answer repeats the whole message after the members that count, so that its end is
/// mostly cut off.
SlackAnswer read_slack_answer(std::string_view text);

}  // namespace alert
