#include "check.h"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "load.h"
#include "store/sqlite_store.h"
#include "store/temporary_directory.h"

namespace {

using power_cut::batch_of;

/// Two rounds of four alerts of four rows and four attempts: 40 rows.
void commit_ten(const std::string& path) {
  base::SystemRandom random;
  const auto store = store::open_sqlite({path}, random, power_cut::kStart);
  for (std::uint64_t number = 1; number <= 10; ++number) store->commit(batch_of(number));
}

/// What the check says of ten acknowledged commits after somebody did this to the database.
power_cut::Findings findings_after(const std::string& deed) {
  const TemporaryDirectory directory;
  const auto path = directory / "store.db";
  commit_ten(path);
  store::Database(path).run(deed);
  return power_cut::check(path, 10);
}

}  // namespace

TEST_CASE("power cut: a commit of the same number is the same, of another number another") {
  CHECK(batch_of(7).deliveries == batch_of(7).deliveries);
  CHECK(batch_of(7).deliveries != batch_of(8).deliveries);
  CHECK(batch_of(5).attempts.size() == 4);
  CHECK(batch_of(5).attempts[0].delivery.id == batch_of(1).deliveries[0].id);
}

TEST_CASE("power cut: all that was committed is found") {
  const auto findings = findings_after("");
  CHECK(findings.acknowledged == 40);
  CHECK(findings.found == 40);
  CHECK(findings.rows == 40);
  CHECK(findings.soundness == "ok");
}

TEST_CASE("power cut: acknowledged commits that are not there are missed, one that nobody heard of is not") {
  const TemporaryDirectory directory;
  const auto path = directory / "store.db";
  commit_ten(path);
  CHECK(power_cut::check(path, 12).acknowledged == 48);
  CHECK(power_cut::check(path, 12).found == 40);
  CHECK(power_cut::check(path, 9).acknowledged == 36);
  CHECK(power_cut::check(path, 9).found == 36);
  CHECK(power_cut::check(path, 9).rows == 40);
  CHECK(power_cut::check(path, 9).soundness == "ok");
}

TEST_CASE("power cut: a store that was never made has lost all and is sound") {
  const TemporaryDirectory directory;
  const auto findings = power_cut::check(directory / "store.db", 10);
  CHECK(findings.acknowledged == 40);
  CHECK(findings.found == 0);
  CHECK(findings.soundness == "ok");
}

TEST_CASE("power cut: a damaged database has lost all and says so") {
  const TemporaryDirectory directory;
  const auto path = directory / "store.db";
  commit_ten(path);
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).write("no database", 11);
  const auto findings = power_cut::check(path, 10);
  CHECK(findings.acknowledged == 40);
  CHECK(findings.found == 0);
  CHECK(findings.soundness.find("put a backup in its place") != std::string::npos);
}

TEST_CASE("power cut: a row of each table that differs is missed") {
  CHECK(findings_after("UPDATE bodies SET bytes = x'00' WHERE rowid = 3").found == 39);
  CHECK(findings_after("UPDATE incidents SET confirmations = 1 WHERE account = '18ce0000003'").found == 39);
  CHECK(findings_after("UPDATE deliveries SET order_key = '' WHERE sequence = 3").found == 39);
  CHECK(findings_after("UPDATE delivery_attempts SET outcome = '' WHERE number = 3").found == 39);
  const auto change =
      findings_after("DROP TRIGGER changes_never_update; UPDATE changes SET code = '' WHERE number = 3");
  CHECK(change.found == 39);
  CHECK(change.soundness == "the hash chain breaks at change 3");
}

TEST_CASE("power cut: an attempt whose delivery does not know of it is missed") {
  CHECK(findings_after("UPDATE deliveries SET state = 'pending' WHERE sequence = 3").found == 39);
}

TEST_CASE("power cut: a change without its delivery, and parts of a commit, are told") {
  const auto parts = "there are changes without their delivery, or other parts of commits";
  CHECK(findings_after("DELETE FROM incidents WHERE account = '18ce0000008'").soundness == parts);
  CHECK(findings_after("DELETE FROM delivery_attempts WHERE number = 8").soundness == parts);
  CHECK(findings_after("DELETE FROM delivery_attempts; DELETE FROM deliveries WHERE sequence = 8").soundness == parts);
  CHECK(findings_after("UPDATE deliveries SET sequence = 9 WHERE sequence = 8").soundness == parts);
  CHECK(findings_after("PRAGMA foreign_keys = OFF; DELETE FROM bodies WHERE rowid = 8").soundness ==
        std::string("1 rows refer to rows that are not there; ") + parts);
}
