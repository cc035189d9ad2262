#include "http/mail.h"

#include <algorithm>

namespace http {
namespace {

/// Not the whole grammar, which is the server's to judge: what stays within its angle brackets and looks like a
/// mailbox.
bool is_address(std::string_view text) {
  const auto is_fine = [](unsigned char c) { return c > 0x20 && c != 0x7F && c != '<' && c != '>'; };
  const auto at = text.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         std::all_of(text.begin(), text.end(), is_fine);
}

/// True when every line ends in CR LF, and neither of them stands alone. Servers disagree about where a message with a
/// bare one ends, and what one takes for text is a command to the next (RFC 5321 section 2.3.8).
bool has_clean_lines(std::string_view message) {
  if (!message.ends_with("\r\n")) return false;
  for (std::size_t at = 0; at < message.size(); ++at) {
    if (message[at] == '\n' || message[at] == '\0') return false;
    if (message[at] == '\r' && message[++at] != '\n') return false;  // the last CR is not the last byte
  }
  return true;
}

}  // namespace

std::optional<std::string_view> fault_in(const Mail& mail, std::string_view message) {
  if (!is_address(mail.from)) return "the sender is no mail address";
  if (mail.to.empty()) return "the mail has no recipient";
  if (!std::all_of(mail.to.begin(), mail.to.end(), is_address)) return "a recipient is no mail address";
  if (mail.username.find('\0') != std::string::npos) return "the user name holds a NUL";
  if (!has_clean_lines(message)) return "the message has a line that does not end in CR LF, or holds a NUL";
  return std::nullopt;
}

}  // namespace http
