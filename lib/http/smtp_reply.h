#pragma once

#include <string>
#include <string_view>

namespace http {

/// The last reply of an SMTP server, put together from its lines (RFC 5321 section 4.2.1).
class SmtpReply {
 public:
  static constexpr std::size_t kMostText = 8192;  ///< bytes kept of one reply

  /// Takes the next line, with or without its line break. A line after a complete reply begins another. Returns false
  /// when the server talks without end: it has said more than 64 KiB in all.
  [[nodiscard]] bool add(std::string_view line);

  int code() const { return code_; }           ///< 0: none yet
  bool complete() const { return complete_; }  ///< the last line has come
  /// Its lines, joined by line feeds, the codes included; cut after kMostText bytes.
  const std::string& text() const { return text_; }
  const std::string& last_line() const { return last_line_; }  ///< cut likewise
  /// Some reply listed STARTTLS (RFC 3207), in any case.
  bool offered_starttls() const { return offered_starttls_; }

 private:
  int code_ = 0;
  bool complete_ = false;
  bool offered_starttls_ = false;
  std::string text_;
  std::string last_line_;
  std::size_t heard_ = 0;  ///< bytes, of all replies
};

}  // namespace http
