#pragma once

#include <string>
#include <vector>

#include "alert/alert.h"

namespace alert {

/// What the history keeps of an alert, whoever it went to.
struct Record {
  AlertId id;
  std::uint64_t sequence = 0;
  base::Instant at;   ///< UTC
  std::string kind;   ///< a State's text, or "digest", "mutes", "edit"
  std::string title;  ///< as people were told
  bool test = false;
  std::vector<verdict::IncidentId> incidents;  ///< one; of a digest all; none for a test
  bool operator==(const Record&) const = default;
};

struct TestTag {
  static constexpr const char* kPrefix = "tst_";
};
using TestId = base::Id<TestTag>;

/// The operator wants a message sent through the real path.
struct TestRequest {
  TestId id;
  std::string destination;
  std::string kind;  ///< a State's text or "digest"
  base::Instant at;  ///< UTC
  bool operator==(const TestRequest&) const = default;
};

}  // namespace alert
