#include "store/schema_steps.h"

namespace store {

const char kSecondStep[] = R"sql(
ALTER TABLE probes ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0 CHECK (accepted IN (0, 1));

ALTER TABLE changes ADD COLUMN rule TEXT;  -- none where nothing had to be judged
ALTER TABLE changes ADD COLUMN witnesses TEXT;  -- JSON, where there are any

ALTER TABLE incidents ADD COLUMN topic TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN rule TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN part_of BLOB;  -- the whole id of the incident that explains this one
ALTER TABLE incidents ADD COLUMN more TEXT;  -- JSON of what few incidents have; incident_text.h tells what
DROP INDEX incidents_open;
CREATE UNIQUE INDEX incidents_open ON incidents (cause, coalesce(token, 0), account, topic) WHERE resolved_at IS NULL;
CREATE INDEX incidents_resolved ON incidents (resolved_at) WHERE resolved_at IS NOT NULL;

CREATE TABLE planned_changes (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  account TEXT NOT NULL,
  token TEXT NOT NULL,  -- a name; empty for any token on the account
  permissions TEXT,  -- JSON; none: access is taken away
  announced_at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  announced_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE acceptances (  -- that no daemon has seen yet
  incident BLOB PRIMARY KEY CHECK (length(incident) = 16),
  accepted_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace store
