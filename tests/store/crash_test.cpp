#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "samples.h"
#include "temporary_directory.h"

namespace {

/// One change, one alert, one delivery: what an audit with news commits.
store::Batch news(std::uint64_t sequence) {
  store::Batch batch;
  batch.changes = {samples::change("brand-a", "acc1")};
  batch.bodies = {samples::body()};
  batch.deliveries = {samples::delivery(batch.bodies[0], sequence, "ops")};
  return batch;
}

/// Commits for ever; tells the sequence of each commit through the pipe after it returned.
[[noreturn]] void commit_until_killed(const std::string& path, int pipe) {
  auto store = samples::open(path);
  for (std::uint64_t sequence = samples::Loaded(store).last_sequence + 1;; ++sequence) {
    base::SystemRandom fresh;  // a child of a fork would make its parent's ids again
    auto batch = news(sequence);
    batch.changes[0].id = verdict::ChangeId::make(samples::kNoon, fresh);
    batch.bodies[0].alert = alert::AlertId::make(samples::kNoon, fresh);
    batch.deliveries[0].alert = batch.bodies[0].alert;
    batch.deliveries[0].id = alert::DeliveryId::make(samples::kNoon, fresh);
    store.commit(batch);
    if (::write(pipe, &sequence, sizeof sequence) != sizeof sequence) ::_exit(1);
  }
}

/// Forks a committing child, kills it after `wait`, and gives the last sequence that it acknowledged.
std::uint64_t commit_and_kill(const std::string& path, std::chrono::microseconds wait) {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) commit_until_killed(path, ends[1]);
  ::close(ends[1]);
  std::uint64_t acknowledged = 0;
  REQUIRE(::read(ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged);  // it is at work now
  ::usleep(static_cast<useconds_t>(wait.count()));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  while (::read(ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged) continue;
  ::close(ends[0]);
  return acknowledged;
}

std::uint64_t reopened_sequence(const std::string& path) {
  auto store = samples::open(path);
  return samples::Loaded(store).last_sequence;
}

/// Commits until the file may grow no more. 0 when that is told as want of room and the store still reads well.
int commit_until_full(const std::string& path) {
  auto store = samples::open(path);
  const rlimit limit{400'000, 400'000};
  ::signal(SIGXFSZ, SIG_IGN);  // the write fails instead
  if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
  try {
    for (std::uint64_t sequence = 1; sequence < 1'000; ++sequence) store.commit(news(sequence));
  } catch (const store::FullStore&) {
    const auto kept = samples::Loaded(store).last_sequence;
    return kept > 0 && store.verify_chain().rows == kept && !store.verify_chain().broken_at ? 0 : 2;
  }
  return 3;
}

}  // namespace

TEST_CASE("crash: a file that may not grow is told as want of room, and keeps what was committed") {
  const TemporaryDirectory directory;
  const auto path = directory / "store.db";
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    int outcome = 4;
    try {
      outcome = commit_until_full(path);
    } catch (const std::exception&) {
      outcome = 5;  // doctest belongs to the parent
    }
    ::_exit(outcome);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(reopened_sequence(path) > 0);
}

TEST_CASE("crash: twenty kills lose nothing that was acknowledged and leave nothing half done") {
  const TemporaryDirectory directory;
  const auto path = directory / "store.db";
  for (int kill = 0; kill < 20; ++kill) {
    const auto wait = std::chrono::microseconds(samples::random().next_u64() % 20'000);
    const auto acknowledged = commit_and_kill(path, wait);
    auto store = samples::open(path);
    const auto kept = samples::Loaded(store).last_sequence;
    CHECK(kept >= acknowledged);
    CHECK(kept <= acknowledged + 1);
    CHECK(store.verify_chain().rows == kept);
    CHECK_FALSE(store.verify_chain().broken_at);
    CHECK(store.delivery_counts().pending == kept);
    store::Database witness(path);
    CHECK(witness.text("PRAGMA integrity_check") == "ok");
    CHECK(witness.number("SELECT count(*) FROM pragma_foreign_key_check") == 0);
  }
}
