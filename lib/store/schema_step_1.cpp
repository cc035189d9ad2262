#include "store/schema_steps.h"

namespace store {

const char kFirstStep[] = R"sql(
CREATE TABLE meta (
  name TEXT PRIMARY KEY,  -- created_at, key_id (of the key that seals), last_sequence (of the alerts), ended_in_order
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (  -- never deleted: probes and changes take the name from here
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  name TEXT NOT NULL,
  source INTEGER NOT NULL CHECK (source IN (0, 1)),  -- settings, command line
  app TEXT NOT NULL,
  kind INTEGER NOT NULL CHECK (kind IN (0, 1)),  -- advertiser, developer
  user_id ANY NOT NULL,  -- empty before the first conclusive answer
  claimed_user ANY NOT NULL,
  labels TEXT NOT NULL,
  accounts TEXT NOT NULL,
  revision INTEGER NOT NULL,  -- grows with each token that is added, replaced or removed
  added_at INTEGER NOT NULL,
  removed_at INTEGER,  -- a tombstone from then on, without secrets
  sealed BLOB,
  CHECK ((removed_at IS NULL) = (sealed IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX tokens_by_name ON tokens (name, CASE WHEN removed_at IS NULL THEN 0 ELSE number END);
CREATE INDEX tokens_by_revision ON tokens (revision);

CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  approval_status TEXT NOT NULL,
  deleted INTEGER NOT NULL CHECK (deleted IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE probes (  -- never deleted: changes take the account from here
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  token INTEGER NOT NULL REFERENCES tokens (number),
  account TEXT NOT NULL,
  ended INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1)),
  vanished INTEGER NOT NULL CHECK (vanished IN (0, 1)),
  run_answer ANY,  -- the open run; none before the first conclusive answer
  run_since INTEGER,
  run_last_seen INTEGER,
  run_count INTEGER,
  run_http_status INTEGER,
  run_code TEXT,
  normal ANY,
  last_good_at INTEGER,
  suspicion TEXT  -- JSON, as long as there is one
) STRICT;
CREATE UNIQUE INDEX probes_by_pair ON probes (token, account, CASE WHEN ended THEN number ELSE 0 END);

CREATE TABLE runs (
  number INTEGER PRIMARY KEY,
  probe INTEGER NOT NULL REFERENCES probes (number),
  answer ANY NOT NULL,
  since INTEGER NOT NULL,
  lasted_ms INTEGER NOT NULL,
  count INTEGER NOT NULL,
  http_status INTEGER NOT NULL,
  code TEXT NOT NULL
) STRICT;

CREATE TABLE changes (
  number INTEGER PRIMARY KEY,  -- 1, 2, 3 ... without a gap
  id BLOB NOT NULL,
  at INTEGER NOT NULL,
  kind ANY NOT NULL,
  probe INTEGER REFERENCES probes (number),  -- gives token and account
  token ANY,  -- where no probe does: the number of a token, or the name of one that is not in the table
  account TEXT,  -- where no probe does
  before ANY,
  after ANY,
  http_status INTEGER NOT NULL,
  code TEXT NOT NULL,
  confirmations INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  CHECK (probe IS NULL OR (token IS NULL AND account IS NULL))
) STRICT;
CREATE INDEX changes_by_probe ON changes (probe) WHERE probe IS NOT NULL;
CREATE INDEX changes_by_token ON changes (token) WHERE token IS NOT NULL;
CREATE INDEX changes_by_account ON changes (account) WHERE account IS NOT NULL;
CREATE TRIGGER changes_only_append BEFORE INSERT ON changes
WHEN new.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM changes)
BEGIN SELECT RAISE(ABORT, 'the change log is only appended to'); END;
CREATE TRIGGER changes_never_update BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'the change log is never changed'); END;
CREATE TRIGGER changes_never_delete BEFORE DELETE ON changes
BEGIN SELECT RAISE(ABORT, 'the change log is never shortened'); END;

CREATE TABLE discoveries (  -- sweeps over the accounts of a token that go on after a restart
  token INTEGER PRIMARY KEY REFERENCES tokens (number),
  cursor TEXT NOT NULL
) STRICT;
CREATE TABLE discovery_seen (
  token INTEGER NOT NULL REFERENCES discoveries (token) ON DELETE CASCADE,
  account TEXT NOT NULL,
  PRIMARY KEY (token, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE discovery_requests (
  token INTEGER PRIMARY KEY REFERENCES tokens (number)
) STRICT;

CREATE TABLE incidents (
  opened_at INTEGER NOT NULL,
  id BLOB NOT NULL,
  cause ANY NOT NULL,
  token INTEGER REFERENCES tokens (number),  -- none when the incident is about an account
  account TEXT NOT NULL,
  before ANY,
  after ANY,
  last_good_at INTEGER,
  http_status INTEGER NOT NULL,
  code TEXT NOT NULL,
  confirmations INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  resolved_at INTEGER,
  PRIMARY KEY (opened_at, id)  -- both never change for an incident
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX incidents_open ON incidents (cause, coalesce(token, 0), account) WHERE resolved_at IS NULL;

CREATE TABLE bodies (
  alert BLOB NOT NULL,
  channel TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (alert, channel)
) STRICT;

CREATE TABLE deliveries (
  id BLOB PRIMARY KEY,
  alert BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  destination TEXT NOT NULL,
  channel TEXT NOT NULL,
  order_key TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL,
  FOREIGN KEY (alert, channel) REFERENCES bodies (alert, channel)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX deliveries_pending ON deliveries (destination, sequence) WHERE state = 'pending';
CREATE INDEX deliveries_by_state ON deliveries (state);

CREATE TABLE delivery_attempts (
  number INTEGER PRIMARY KEY,
  delivery BLOB NOT NULL REFERENCES deliveries (id),
  at INTEGER NOT NULL,
  http_status INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  took_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX delivery_attempts_by_delivery ON delivery_attempts (delivery);

CREATE TABLE buckets (
  name TEXT PRIMARY KEY,
  calls INTEGER NOT NULL,  -- per window
  full_at INTEGER NOT NULL,
  reserve_full_at INTEGER NOT NULL,
  parked_until INTEGER NOT NULL,
  remaining INTEGER NOT NULL,  -- -1: no header said
  reset INTEGER NOT NULL,
  yielding_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE gauges (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace store
