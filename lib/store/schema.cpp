#include "store/schema.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/ensure.h"
#include "store/database_file.h"

namespace store {
namespace {

constexpr int kApplicationId = 0x41445355;  // "ADSU", in the header of the file
constexpr int kDevelopmentId = 0x41445341;  // of databases that were made before the first release

// All times are milliseconds since the epoch, UTC. `number` is of the database alone, `id` is known above it: 16 bytes,
// or its last 10 where a time of the row gives the first 6. Columns of the type ANY hold what is usual in its shortest
// form and all else as text; row_value.h tells how.
constexpr const char* kFirstStep = R"sql(
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

constexpr const char* kSecondStep = R"sql(
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

constexpr const char* kSteps[] = {kFirstStep, kSecondStep};

void run_step(Database& database, int version, const char* sql, base::Instant now) {
  Transaction transaction(database);
  database.run(sql);
  if (version == 1) Statement(database, "INSERT INTO meta (name, value) VALUES ('created_at', ?)").bind(now).run();
  database.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, version));
  transaction.commit();
}

void back_up(Database& database, int version) {
  const auto path = fmt::format("{}.backup-v{}", database.path(), version);
  std::filesystem::remove(path);      // left by an upgrade that did not come to its end
  ENSURE(create_private_file(path));  // VACUUM INTO accepts an empty file, and keeps its mode
  Statement(database, "VACUUM INTO ?").bind(path).run();
  sync_file(path);
}

}  // namespace

std::span<const char* const> schema_steps() { return kSteps; }

int schema_version(Database& database, int newest) {
  const auto application = database.number("PRAGMA application_id");
  const auto version = database.number("PRAGMA user_version");
  if (application == kDevelopmentId)
    throw UnusableStore(database.path() +
                        ": a development version of adsauditd wrote it, and nothing reads it any more; move it away "
                        "to start with a new one");
  const bool empty = database.number("SELECT count(*) FROM sqlite_schema") == 0;
  const bool ours = application == kApplicationId && version > 0;
  const bool fresh = application == 0 && version == 0 && empty;
  if (!ours && !fresh)
    throw UnusableStore(database.path() + ": this is the database of another program; set store.path to another file");
  if (version > newest)
    throw UnusableStore(
        fmt::format("{}: a newer adsauditd wrote it (schema {}, this program knows {}); install that "
                    "version again, or put the backup of before the upgrade in its place",
                    database.path(), version, newest));
  return static_cast<int>(version);
}

void upgrade_schema(Database& database, std::span<const char* const> steps, base::Instant now) {
  const int newest = static_cast<int>(steps.size());
  const int version = schema_version(database, newest);
  if (version == newest) return;
  if (version > 0 && !database.in_memory()) back_up(database, version);
  for (int step = version; step < newest; ++step)
    run_step(database, step + 1, steps[static_cast<std::size_t>(step)], now);
}

}  // namespace store
