#include "verdict/agreement.h"

namespace verdict {

Agreement::News Agreement::hear(bool sign, base::Instant now) {
  if (sign == holds_) {
    against_ = 0;
    return News::kNone;
  }
  if (against_++ == 0) first_against_ = now;
  const int needed = holds_ ? terms_.end : terms_.begin;
  if (against_ < needed || now - first_against_ < terms_.least_span) return News::kNone;
  against_ = 0;
  holds_ = !holds_;
  return holds_ ? News::kBegan : News::kEnded;
}

}  // namespace verdict
