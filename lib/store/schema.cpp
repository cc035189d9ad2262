#include "store/schema.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/ensure.h"
#include "store/database_file.h"

namespace store {
namespace {

constexpr int kApplicationId = 0x41445341;  // "ADSA", in the header of the file

// All times are milliseconds since the epoch, UTC. Ids are texts of our own. Answers, lists and labels are JSON.
constexpr const char* kFirstStep = R"sql(
CREATE TABLE meta (
  name TEXT PRIMARY KEY,  -- created_at, key_id (of the key that seals), last_sequence (of the alerts)
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('settings', 'command_line')),
  app TEXT NOT NULL,
  kind TEXT NOT NULL,
  user_id TEXT NOT NULL,  -- empty before the first conclusive answer
  labels TEXT NOT NULL,
  accounts TEXT NOT NULL,
  sealed_token BLOB,
  sealed_secret BLOB,
  fingerprint BLOB,  -- keyed hash of both secrets: tells new ones from the same ones
  added_at INTEGER NOT NULL,
  removed_at INTEGER,  -- a tombstone from then on, without secrets
  CHECK ((removed_at IS NULL) = (sealed_token IS NOT NULL)),
  CHECK ((removed_at IS NULL) = (sealed_secret IS NOT NULL)),
  CHECK ((removed_at IS NULL) = (fingerprint IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX tokens_live_name ON tokens (name) WHERE removed_at IS NULL;

CREATE TABLE probes (
  id TEXT PRIMARY KEY,
  token TEXT NOT NULL REFERENCES tokens (id),
  account TEXT NOT NULL,
  account_name TEXT NOT NULL,
  run_answer TEXT,  -- the open run; none before the first conclusive answer
  run_since INTEGER,
  run_last_seen INTEGER,
  run_count INTEGER,
  run_http_status INTEGER,
  run_code TEXT,
  normal TEXT,
  last_good_at INTEGER,
  suspicion_answer TEXT,
  suspicion_began INTEGER,
  suspicion_count INTEGER,
  suspicion_http_status INTEGER,
  suspicion_code TEXT,
  suspicion_identity TEXT,
  ended INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX probes_live ON probes (token, account) WHERE ended = 0;

CREATE TABLE runs (
  number INTEGER PRIMARY KEY,
  probe TEXT NOT NULL REFERENCES probes (id),
  answer TEXT NOT NULL,
  since INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  count INTEGER NOT NULL,
  http_status INTEGER NOT NULL,
  code TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_probe ON runs (probe, since);

CREATE TABLE changes (
  number INTEGER PRIMARY KEY,  -- 1, 2, 3 ... without a gap
  id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  token TEXT NOT NULL,
  account TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  http_status INTEGER NOT NULL,
  code TEXT NOT NULL,
  confirmations INTEGER NOT NULL,
  previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX changes_by_token ON changes (token, number);
CREATE INDEX changes_by_account ON changes (account, number);
CREATE TRIGGER changes_only_append BEFORE INSERT ON changes
WHEN new.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM changes)
BEGIN SELECT RAISE(ABORT, 'the change log is only appended to'); END;
CREATE TRIGGER changes_never_update BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'the change log is never changed'); END;
CREATE TRIGGER changes_never_delete BEFORE DELETE ON changes
BEGIN SELECT RAISE(ABORT, 'the change log is never shortened'); END;

CREATE TABLE incidents (
  id TEXT PRIMARY KEY,
  cause TEXT NOT NULL,
  token TEXT REFERENCES tokens (id),  -- none when the incident is about an account
  account TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  last_good_at INTEGER,
  http_status INTEGER NOT NULL,
  code TEXT NOT NULL,
  confirmations INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  resolved_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX incidents_open ON incidents (cause, coalesce(token, ''), account) WHERE resolved_at IS NULL;
CREATE INDEX incidents_by_time ON incidents (opened_at);

CREATE TABLE bodies (
  alert TEXT NOT NULL,
  channel TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (alert, channel)
) STRICT;

CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  alert TEXT NOT NULL,
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
  delivery TEXT NOT NULL REFERENCES deliveries (id),
  at INTEGER NOT NULL,
  http_status INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  took_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX delivery_attempts_by_delivery ON delivery_attempts (delivery);

CREATE TABLE buckets (
  name TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  full_at INTEGER NOT NULL,
  reserve_full_at INTEGER NOT NULL,
  parked_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* kSteps[] = {kFirstStep};

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
