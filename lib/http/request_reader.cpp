#include "http/request_reader.h"

#include <algorithm>

#include "base/text.h"
#include "http/request_text.h"

namespace http {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_target_character(unsigned char c) { return c > 0x20 && c < 0x7F && c != '#'; }

std::string_view without_line_end(std::string_view line) { return line.substr(0, line.size() - 2); }

}  // namespace

RequestReader::Progress RequestReader::refuse(int status, std::string_view why) {
  refusal_ = {status, why};
  return Progress::kRefused;
}

RequestReader::Progress RequestReader::feed(std::string_view bytes) {
  for (const char c : bytes) {
    const char before = head_.empty() ? '\0' : head_.back();
    if ((before == '\r') != (c == '\n')) return refuse(400, "a line does not end in CR LF");
    if (c == '\0') return refuse(400, "the head holds a zero byte");
    if (head_.size() == kMaxHead) return refuse(431, "the head is too long");
    head_ += c;
    if (c != '\n') continue;
    if (head_.ends_with("\r\n\r\n") || head_.size() == 2) return read_head();
    if (++lines_ > kMaxLines) return refuse(431, "the head has too many lines");
  }
  return Progress::kNeedMore;
}

RequestReader::Progress RequestReader::read_head() {
  std::string_view rest = head_;
  const auto next_line = [&] {
    const std::string_view line = rest.substr(0, rest.find('\n') + 1);
    rest.remove_prefix(line.size());
    return without_line_end(line);
  };
  if (!read_request_line(next_line())) return Progress::kRefused;
  request_.headers.reserve(lines_, head_.size());
  for (std::string_view line = next_line(); !line.empty(); line = next_line()) {
    if (!read_header(line)) return Progress::kRefused;
  }
  return check_headers() ? Progress::kComplete : Progress::kRefused;
}

bool RequestReader::read_request_line(std::string_view line) {
  const auto parts = base::split(line, ' ');
  const bool whole = parts.size() == 3 && is_token(parts[0]) && !parts[1].empty() &&
                     std::all_of(parts[1].begin(), parts[1].end(), is_target_character);
  const auto refused = [&](int status, std::string_view why) {
    refuse(status, why);
    return false;
  };
  if (!whole) return refused(400, "the request line is malformed");
  const std::string_view version = parts[2];
  const bool is_version = version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
                          version[6] == '.' && is_digit(version[7]);
  if (!is_version) return refused(400, "the request line is malformed");
  if (version[5] != '1') return refused(505, "only HTTP/1.1 is spoken here");
  if (parts[0] != "GET" && parts[0] != "HEAD") return refused(405, "only GET and HEAD are answered");
  if (parts[1].front() != '/') return refused(400, "the target is no path");
  request_.method = parts[0];
  request_.target = parts[1];
  return true;
}

bool RequestReader::read_header(std::string_view line) {
  const std::size_t colon = std::min(line.find(':'), line.size());
  const std::string_view name = line.substr(0, colon);
  // A blank before the colon, and a folded line, fail here: neither is part of a name.
  if (colon == line.size() || !is_token(name) || name.find('_') != std::string_view::npos || !is_header_value(line)) {
    refuse(400, "a header is malformed");
    return false;
  }
  request_.headers.append(name, base::trim(line.substr(colon + 1)));
  return true;
}

bool RequestReader::check_headers() {
  std::size_t hosts = 0;
  const auto refused = [&](int status, std::string_view why) {
    refuse(status, why);
    return false;
  };
  bool known_host = false;
  for (std::size_t i = 0; i < request_.headers.size(); ++i) {
    const auto& [name, value] = request_.headers[i];
    const std::string lower = base::to_lower(name);
    if (lower == "transfer-encoding") return refused(501, "a body is not taken");
    if (lower == "content-length" && value != "0") return refused(413, "a body is not taken");
    if (lower == "content-encoding") return refused(415, "a body is not taken");
    if (lower == "expect") return refused(417, "a body is not taken");
    if (lower != "host") continue;
    ++hosts;
    known_host = std::find(hosts_.begin(), hosts_.end(), base::to_lower(value)) != hosts_.end();
  }
  if (hosts != 1) return refused(400, "there must be one Host");
  return known_host || refused(421, "this host is not served here");
}

InboundRequest RequestReader::take() { return std::move(request_); }

}  // namespace http
