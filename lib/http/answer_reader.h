#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"

namespace http {

/// Reads one answer (RFC 9112) from the bytes of a connection, piece by piece. Holds no socket. Strict: a body framed
/// in two ways, a length that is no number, a head over 16 KiB and a body over the limit are malformed. Interim answers
/// (1xx) are read over, as RFC 9110 section 15.2 asks, except 101, which nobody requested.
class AnswerReader {
 public:
  struct Limits {
    std::size_t max_body = 0;    ///< bytes
    bool cut_long_body = false;  ///< true: a longer body ends the answer, complete but cut; false: malformed
    bool no_body = false;        ///< the request was HEAD
  };
  enum class Progress { kNeedMore, kComplete, kMalformed };

  explicit AnswerReader(const Limits& limits);
  AnswerReader(AnswerReader&&) noexcept;
  AnswerReader& operator=(AnswerReader&&) noexcept;
  ~AnswerReader();

  /// Takes the next bytes. Not to be called after kComplete or kMalformed.
  Progress feed(std::string_view bytes);
  /// The peer ended its side in good order. kComplete when the body was to last until then.
  Progress end();

  bool began() const;             ///< any byte came
  bool allows_reuse() const;      ///< complete, uncut, nothing left over, and neither side asked to close
  std::string complaint() const;  ///< why it is malformed
  Response take();                ///< after kComplete, once

 private:
  class Parser;

  Progress parse(std::string_view input);
  Progress fail(std::string complaint);
  /// Counts the bytes that were parsed against the limits on the head and on the whole answer.
  bool is_too_long() const;

  Limits limits_;
  std::unique_ptr<Parser> parser_;
  std::string input_;          ///< not yet parsed
  std::size_t received_ = 0;   ///< bytes, of all kinds
  std::size_t head_size_ = 0;  ///< bytes of head, over all interim answers
  std::string complaint_;
  bool complete_ = false;
};

}  // namespace http
