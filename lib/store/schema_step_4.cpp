#include "store/schema_steps.h"

namespace store {

const char kFourthStep[] = R"sql(
-- Entries of the change log may go when their time is over; "changes_pruned_to" in meta is the highest number that may
-- be missing. The hash of a missing one stays where the next one ties in to it.
CREATE TABLE change_anchors (
  number INTEGER PRIMARY KEY,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
DROP TRIGGER changes_never_delete;
CREATE TRIGGER changes_never_delete BEFORE DELETE ON changes
WHEN old.number > coalesce((SELECT value FROM meta WHERE name = 'changes_pruned_to'), 0)
BEGIN SELECT RAISE(ABORT, 'the change log is never shortened'); END;

CREATE INDEX deliveries_by_alert ON deliveries (alert);  -- or each body that goes would look at all deliveries
)sql";

}  // namespace store
