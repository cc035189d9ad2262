#include "store/schema_steps.h"

namespace store {

// SQLite cannot change a key, so bodies, deliveries and their attempts are made anew and copied, parents first.
const char kThirdStep[] = R"sql(
DROP INDEX deliveries_pending;
DROP INDEX deliveries_by_state;
DROP INDEX delivery_attempts_by_delivery;
ALTER TABLE bodies RENAME TO old_bodies;
ALTER TABLE deliveries RENAME TO old_deliveries;
ALTER TABLE delivery_attempts RENAME TO old_delivery_attempts;

CREATE TABLE bodies (
  alert BLOB NOT NULL CHECK (length(alert) = 16),
  channel TEXT NOT NULL,
  words TEXT NOT NULL,  -- whose own they are, a destination; empty: the channel's
  bytes BLOB NOT NULL,
  PRIMARY KEY (alert, channel, words)
) STRICT;
INSERT INTO bodies (alert, channel, words, bytes) SELECT alert, channel, '', bytes FROM old_bodies ORDER BY rowid;

CREATE TABLE deliveries (
  sequence INTEGER NOT NULL,
  destination TEXT NOT NULL,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  alert BLOB NOT NULL,
  channel TEXT NOT NULL,
  words TEXT NOT NULL CHECK (words IN ('', destination)),
  act TEXT NOT NULL,
  thread TEXT NOT NULL,  -- empty: none
  order_key TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL,
  PRIMARY KEY (sequence, destination),
  FOREIGN KEY (alert, channel, words) REFERENCES bodies (alert, channel, words)
) STRICT, WITHOUT ROWID;
INSERT INTO deliveries (sequence, destination, id, alert, channel, words, act, thread, order_key, created_at, state,
    attempts, next_attempt_at)
  SELECT sequence, destination, id, alert, channel, '', 'send', '', order_key, created_at, state, attempts,
    next_attempt_at FROM old_deliveries ORDER BY sequence, destination;
CREATE UNIQUE INDEX deliveries_pending ON deliveries (destination, sequence) WHERE state = 'pending';
CREATE INDEX deliveries_dead ON deliveries (sequence) WHERE state = 'dead';
CREATE INDEX deliveries_in_threads ON deliveries (destination, thread) WHERE state = 'pending' AND thread <> '';

CREATE TABLE delivery_attempts (
  number INTEGER PRIMARY KEY,
  delivery BLOB NOT NULL REFERENCES deliveries (id),
  at INTEGER NOT NULL,
  http_status INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  took_ms INTEGER NOT NULL
) STRICT;
INSERT INTO delivery_attempts (number, delivery, at, http_status, outcome, took_ms)
  SELECT number, delivery, at, http_status, outcome, took_ms FROM old_delivery_attempts ORDER BY number;
CREATE INDEX delivery_attempts_by_delivery ON delivery_attempts (delivery);

DROP TABLE old_delivery_attempts;
DROP TABLE old_deliveries;
DROP TABLE old_bodies;

CREATE TABLE alerts (
  sequence INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  test INTEGER NOT NULL CHECK (test IN (0, 1)),
  incident BLOB CHECK (length(incident) = 16)  -- none: of a test, of a digest, of the time before this table
) STRICT;
CREATE INDEX alerts_by_incident ON alerts (incident) WHERE incident IS NOT NULL;
CREATE TABLE digest_members (  -- of alerts about several incidents
  alert INTEGER NOT NULL REFERENCES alerts (sequence),
  incident BLOB NOT NULL CHECK (length(incident) = 16),
  PRIMARY KEY (alert, incident)
) STRICT, WITHOUT ROWID;
CREATE INDEX digest_members_by_incident ON digest_members (incident);

-- What was told before is in the bodies. Slack's title begins with a sign for the severity and a blank.
INSERT INTO alerts (sequence, id, at, kind, title, test)
  WITH told AS (
    SELECT alert,
      max(CASE channel WHEN 'slack' THEN substr(json_extract(text, '$.blocks[0].text.text'), 3) END) AS title,
      max(CASE channel WHEN 'webhook' THEN json_extract(text, '$.type') END) AS cause,
      max(CASE channel WHEN 'webhook' THEN json_extract(text, '$.data.state') END) AS kind
    FROM (SELECT alert, channel, CAST(bytes AS TEXT) AS text FROM bodies) WHERE json_valid(text) GROUP BY alert)
  SELECT sequence, alert, min(created_at),
    coalesce(told.kind, CASE WHEN title GLOB 'Resolved: *' THEN 'resolved' WHEN title GLOB 'Updated: *' THEN 'updated'
      ELSE 'opened' END),
    coalesce(replace(replace(replace(title, '&lt;', '<'), '&gt;', '>'), '&amp;', '&'), cause, ''), 0
  FROM deliveries LEFT JOIN told USING (alert) GROUP BY sequence;

CREATE TABLE tellings (
  opened_at INTEGER NOT NULL,
  incident BLOB NOT NULL,
  destination TEXT NOT NULL,
  told INTEGER NOT NULL CHECK (told IN (0, 1)),
  pending TEXT,
  told_at INTEGER NOT NULL,
  reminders INTEGER NOT NULL,
  PRIMARY KEY (opened_at, incident, destination),
  FOREIGN KEY (opened_at, incident) REFERENCES incidents (opened_at, id)
) STRICT, WITHOUT ROWID;
-- Whoever was told of anything may have been told of these: their end is owed.
INSERT INTO tellings (opened_at, incident, destination, told, told_at, reminders)
  SELECT opened_at, id, destination, 1, updated_at, 0
  FROM incidents CROSS JOIN (SELECT DISTINCT destination FROM deliveries)
  WHERE resolved_at IS NULL AND part_of IS NULL ORDER BY opened_at, id, destination;

CREATE TABLE threads (
  destination TEXT NOT NULL,
  thread TEXT NOT NULL,
  receipt TEXT NOT NULL,
  PRIMARY KEY (destination, thread)
) STRICT, WITHOUT ROWID;

CREATE TABLE replays (  -- that no daemon has taken up yet
  delivery BLOB PRIMARY KEY REFERENCES deliveries (id)
) STRICT, WITHOUT ROWID;

-- When people were told last which mutes are in force: "mutes_listed_at" in meta.
CREATE TABLE mutes (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  match TEXT NOT NULL,
  reason TEXT NOT NULL,
  muted_by TEXT NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE acknowledgements (  -- that no daemon has seen yet
  incident BLOB PRIMARY KEY CHECK (length(incident) = 16),
  acknowledged_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE test_requests (  -- that no daemon has seen yet
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  destination TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace store
