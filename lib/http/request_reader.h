#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "http/headers.h"

namespace http {

/// A request that came to us: GET or HEAD, without a body.
struct InboundRequest {
  std::string method;
  std::string target;  ///< path and query as they were sent: starts with a slash, printable ASCII without blanks
  Headers headers;
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
};

/// Reads the head of one request (RFC 9112) from a stranger, piece by piece. Holds no socket. Stricter than it must be,
/// since it only meets browsers, scrapers and attackers: lines end in CRLF, nothing is folded, no body in any framing,
/// no name of a header that a gateway could mistake for another (an underscore), and a Host that we answer for, which
/// keeps strange web pages from talking to us through a name of their own (DNS rebinding).
class RequestReader {
 public:
  static constexpr std::size_t kMaxHead = std::size_t{8} * 1024;  ///< bytes
  static constexpr std::size_t kMaxLines = 64;                    ///< the request line is one

  /// `hosts`: what Host may say, in lower case, such as "127.0.0.1:9487". It outlives the reader.
  explicit RequestReader(const std::vector<std::string>& hosts) : hosts_(hosts) {}

  enum class Progress { kNeedMore, kComplete, kRefused };
  /// Takes the next bytes; what follows the head is passed over. Not to be called after kComplete or kRefused.
  Progress feed(std::string_view bytes);

  struct Refusal {
    int status = 400;
    std::string_view why;  ///< holds nothing of what was sent
  };
  const Refusal& refusal() const { return refusal_; }  ///< after kRefused
  InboundRequest take();                               ///< after kComplete, once

 private:
  Progress refuse(int status, std::string_view why);
  Progress read_head();
  bool read_request_line(std::string_view line);
  bool read_header(std::string_view line);
  bool check_headers();

  const std::vector<std::string>& hosts_;
  std::string head_;  ///< so far
  std::size_t lines_ = 0;
  InboundRequest request_;
  Refusal refusal_;
};

}  // namespace http
