#include "http/smtp_reply.h"

#include <algorithm>

#include "base/text.h"

namespace http {
namespace {

constexpr std::size_t kMostHeard = 64UL * 1024;
constexpr std::size_t kCodeSize = 3;

/// 0 when the line does not begin with a code.
int code_of(std::string_view line) {
  if (line.size() < kCodeSize) return 0;
  int code = 0;
  for (const char digit : line.substr(0, kCodeSize)) {
    if (digit < '0' || digit > '9') return 0;
    code = 10 * code + (digit - '0');
  }
  return code;
}

}  // namespace

bool SmtpReply::add(std::string_view line) {
  heard_ += line.size();
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (complete_) text_.clear();
  if (!text_.empty()) text_ += '\n';
  text_ += line;
  text_.resize(std::min(text_.size(), kMostText));
  last_line_ = line.substr(0, kMostText);

  code_ = code_of(line);
  complete_ = code_ != 0 && (line.size() == kCodeSize || line[kCodeSize] == ' ');
  if (code_ == 250 && line.size() > kCodeSize)
    offered_starttls_ = offered_starttls_ || base::to_lower(base::trim(line.substr(kCodeSize + 1))) == "starttls";
  return heard_ <= kMostHeard;
}

}  // namespace http
