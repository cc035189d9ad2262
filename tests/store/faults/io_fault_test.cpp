// Every call that SQLite makes of the file system fails once, in every way, while a daemon does its work: nothing that
// was acknowledged is lost, nothing is half there, and the next process goes on.

#include <doctest/doctest.h>

#include <filesystem>
#include <functional>

#include "daily_work.h"
#include "faulty_vfs.h"
#include "samples.h"
#include "temporary_directory.h"

namespace {

using daily_work::steps;
using faulty::FaultyVfs;
using faulty::Kind;

/// How a process ended.
enum class End { kInOrder, kWantOfRoom, kUnusable, kError };

/// What is wrong with a database whatever it holds, or nothing.
std::string damage_of(store::Database& database) {
  if (auto verdict = database.text("PRAGMA integrity_check"); verdict != "ok") return verdict;
  if (database.number("SELECT count(*) FROM pragma_foreign_key_check") != 0) return "a foreign key leads nowhere";
  return "";
}

/// A daemon on its files, which goes on where the last process stopped.
class Daemon {
 public:
  /// `made`: steps whose traces are in the files already.
  Daemon(std::string path, std::size_t made, FaultyVfs& vfs) : path_(std::move(path)), acknowledged_(made), vfs_(vfs) {}

  /// One process, until all of the first `until` steps are made or a call fails. A want of room is waited for: the same
  /// call is made three times, and the disk is well before the last of them. After a fault two steps more will do.
  /// `before_close` is called when a process stops in order.
  End run(
      std::size_t until, const std::function<void()>& before_close = [] {}) {
    opened_ = false;
    const int failures_before = vfs_.failures();
    try {
      auto opened = store::open_database(samples::options(path_), samples::kNoon);
      opened.database.checkpoint_every(kCheckpointPages);
      take_up(opened.database);
      store::SqliteStore store(std::move(opened), samples::random());
      opened_ = true;
      for (int more = 0; acknowledged_ < until && more < 2; ++acknowledged_) {
        make(steps()[acknowledged_], store);
        if (vfs_.failures() > 0) ++more;
      }
      failures_at_work_ = vfs_.failures() - failures_before;
      before_close();
      return End::kInOrder;
    } catch (const store::FullStore&) {
      return End::kWantOfRoom;
    } catch (const store::UnusableStore&) {
      return End::kUnusable;
    } catch (const std::runtime_error&) {
      return End::kError;
    }
  }

  /// A process that looks at everything, and makes two steps more. What is wrong, or nothing.
  std::string check_books(std::size_t until) {
    auto opened = store::open_database(samples::options(path_), samples::kNoon);
    take_up(opened.database);
    if (auto damage = damage_of(opened.database); !damage.empty()) return damage;
    store::SqliteStore store(std::move(opened), samples::random());
    if (store.verify_chain().broken_at) return "the chain is broken";
    for (int more = 0; acknowledged_ < until && more < 2; ++more) steps()[acknowledged_++].call(store);
    return complaint_;
  }

  std::size_t acknowledged() const { return acknowledged_; }
  /// The latest process had opened the store when it ended.
  bool opened() const { return opened_; }
  /// Calls of the VFS that failed in the latest process that stopped in order, before it closed the store.
  int failures_at_work() const { return failures_at_work_; }
  bool waited_for_room() const { return waited_; }
  /// What a process found wrong when it started, or nothing.
  const std::string& complaint() const { return complaint_; }

 private:
  static constexpr int kCheckpointPages = 60;

  /// What a start reads: the step that was not acknowledged may have been kept all the same.
  void take_up(store::Database& database) {
    const auto facts = daily_work::facts_of(database);
    if (auto complaint = daily_work::complaint_about(facts, acknowledged_); !complaint.empty()) complaint_ = complaint;
    if (acknowledged_ < steps().size() && daily_work::is_there(steps()[acknowledged_], facts)) ++acknowledged_;
  }

  void make(const daily_work::Step& step, store::Store& store) {
    for (int tries = 1; tries <= 2; ++tries) {
      try {
        return step.call(store);
      } catch (const store::FullStore&) {
        waited_ = true;
        if (tries == 2) vfs_.heal();
      }
    }
    step.call(store);
  }

  std::string path_;
  std::size_t acknowledged_;
  FaultyVfs& vfs_;
  int failures_at_work_ = 0;
  bool opened_ = false;
  bool waited_ = false;
  std::string complaint_;
};

/// What one process does, from the first of these steps to before the last.
struct Part {
  std::size_t first;
  std::size_t last;
};
/// All of the story, in short processes: what comes before a fault need not be made each time.
constexpr Part kParts[] = {{0, 2}, {2, 8}, {8, 14}, {14, 20}, {20, 26}};

/// A closed database after so many steps.
std::string prepared_database(std::size_t made) {
  static const TemporaryDirectory directory;
  auto path = directory / (std::to_string(made) + ".db");
  if (std::filesystem::exists(path)) return path;
  auto store = samples::open(path);
  for (std::size_t number = 0; number < made; ++number) steps()[number].call(store);
  return path;
}

/// Where a part finds its database, before any call is counted.
std::string set_up(const Part& part, const TemporaryDirectory& directory) {
  const auto path = directory / "store.db";
  if (part.first > 0) std::filesystem::copy_file(prepared_database(part.first), path);
  return path;
}

/// The kinds after which the same call may be made again.
bool is_want_of_room(Kind kind) {
  return kind == Kind::kNoSpace || kind == Kind::kShortWrite || kind == Kind::kReadOnly || kind == Kind::kForbidden;
}

/// A part of the story on a disk of its own, one call of which fails.
class Course {
 public:
  Course(const Part& part, Kind kind, std::size_t number, bool lasting) : part_(part), kind_(kind), lasting_(lasting) {
    vfs_.fail(kind, number, lasting);
  }

  /// To the end, or until the process fails, and another one after it while the disk still does. What is wrong with how
  /// it went, or nothing.
  std::string run() {
    const auto end = daemon_.run(part_.last);
    if (auto complaint = complaint_about(end); !complaint.empty()) return complaint;
    const bool again = end != End::kInOrder && lasting_;
    if (again && daemon_.run(daemon_.acknowledged()) == End::kUnusable) return kToldOperator;
    return daemon_.complaint();
  }

  void cut_power() {
    vfs_.cut_power();
    vfs_.restore_disk();
  }

  /// The disk is well, a process goes on, and the power fails.
  void go_on_and_cut_power() {
    vfs_.heal();
    daemon_.run(part_.last, [this] { vfs_.cut_power(); });
    vfs_.restore_disk();
  }

  /// By a last process, on a disk that is well. What is wrong, or nothing.
  std::string check_books() {
    vfs_.heal();
    return daemon_.check_books(part_.last);
  }

  const FaultyVfs& vfs() const { return vfs_; }

 private:
  static constexpr const char* kToldOperator = "an operator was told to put a backup in place";

  std::string complaint_about(End end) const {
    const bool waited = end == End::kWantOfRoom || daemon_.waited_for_room();
    if (end == End::kUnusable) return kToldOperator;
    if (!is_want_of_room(kind_) && waited) return "it waited for room, and there was enough";
    if (is_want_of_room(kind_) && end != End::kInOrder && daemon_.opened()) return "it did not wait for room";
    if (kind_ == Kind::kFailedSync && end == End::kInOrder && daemon_.failures_at_work() > 0)
      return "it went on after a sync that failed";
    return "";
  }

  Part part_;
  Kind kind_;
  bool lasting_;
  TemporaryDirectory directory_;
  std::string path_ = set_up(part_, directory_);
  FaultyVfs vfs_;
  Daemon daemon_{path_, part_.first, vfs_};
};

std::vector<faulty::Deed> undisturbed_calls(const Part& part) {
  Course course(part, Kind::kBroken, 1'000'000, false);
  REQUIRE(course.run() == "");
  const auto calls = course.vfs().calls();
  REQUIRE(course.check_books() == "");
  return calls;
}

/// When the power fails after the fault: never, at once, or when the next process has worked for a while.
enum class Power { kStays, kFailsAtOnce, kFailsLater };

void check_every_call(const Part& part, Kind kind, bool lasting, Power power) {
  const auto calls = undisturbed_calls(part);
  for (std::size_t number = 1; number <= calls.size(); ++number) {
    if (!faulty::applies(kind, calls[number - 1])) continue;
    INFO("call ", number, " of the process that begins with step ", part.first);
    Course course(part, kind, number, lasting);
    CHECK(course.run() == "");
    CHECK(course.vfs().failures() > 0);
    if (power == Power::kFailsAtOnce) course.cut_power();
    if (power == Power::kFailsLater) course.go_on_and_cut_power();
    CHECK(course.check_books() == "");
  }
}

void check_every_call(Kind kind, bool lasting, Power power = Power::kStays) {
  for (const auto& part : kParts) check_every_call(part, kind, lasting, power);
}

}  // namespace

TEST_CASE("io fault: the work makes enough calls that may fail") {
  std::size_t calls = 0;
  for (const auto& part : kParts) calls += undisturbed_calls(part).size();
  CHECK(calls >= 500);
  CHECK(steps().size() == kParts[4].last);
}

TEST_CASE("io fault: EIO from any call loses nothing, and the next process goes on") {
  check_every_call(Kind::kBroken, false);
}

TEST_CASE("io fault: EIO from any call and from all after it loses nothing") { check_every_call(Kind::kBroken, true); }

TEST_CASE("io fault: a write that breaks off half-way loses nothing") { check_every_call(Kind::kTornWrite, false); }

TEST_CASE("io fault: a disk that is full for a moment is waited for") { check_every_call(Kind::kNoSpace, false); }

TEST_CASE("io fault: a disk that stays full is waited for") { check_every_call(Kind::kNoSpace, true); }

TEST_CASE("io fault: a disk that is full half-way through a write is waited for") {
  check_every_call(Kind::kShortWrite, false);
}

TEST_CASE("io fault: a file system that turns read-only is waited for") { check_every_call(Kind::kReadOnly, true); }

TEST_CASE("io fault: a write that is forbidden for a moment is waited for") {
  check_every_call(Kind::kForbidden, false);
}

TEST_CASE("io fault: after a failed sync the process ends, and a power cut then loses nothing") {
  check_every_call(Kind::kFailedSync, false, Power::kFailsAtOnce);
  check_every_call(Kind::kFailedSync, true, Power::kFailsAtOnce);
}

TEST_CASE("io fault: after a failed sync the next process works on, and a power cut then loses nothing") {
  check_every_call(Kind::kFailedSync, false, Power::kFailsLater);
  check_every_call(Kind::kFailedSync, true, Power::kFailsLater);
}
