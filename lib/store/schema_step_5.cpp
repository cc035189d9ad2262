#include "store/schema_steps.h"

namespace store {

const char kFifthStep[] = R"sql(
CREATE TABLE hours (  -- how the daemon fared; an hour without a row: none wrote its figures
  hour INTEGER PRIMARY KEY,  -- when it began
  samples INTEGER NOT NULL,  -- how often figures were written
  least_left_permille INTEGER NOT NULL,  -- of the rate limits, the least that was left of any
  lateness_p99_ms INTEGER NOT NULL,  -- the longest
  audits INTEGER NOT NULL  -- that were finished
) STRICT;
)sql";

}  // namespace store
