#include "store/mute_table.h"

#include <doctest/doctest.h>

#include "samples.h"
#include "temporary_directory.h"

namespace {

using samples::kNoon;
using namespace std::chrono_literals;
using Ids = std::vector<alert::MuteId>;

Ids ids(const std::vector<alert::Mute>& mutes) {
  Ids ids;
  for (const auto& mute : mutes) ids.push_back(mute.id);
  return ids;
}

}  // namespace

TEST_CASE("mutes: a mute comes back as it was, also after a restart") {
  const TemporaryDirectory directory;
  const auto mute = samples::mute();
  samples::open(directory / "store.db", store::Access::kOperator).put_mute(mute);
  auto store = samples::open(directory / "store.db");
  const auto mutes = store.mutes(std::nullopt);
  REQUIRE(mutes.size() == 1);
  CHECK(mutes[0].id == mute.id);
  CHECK(mutes[0].match.tokens == std::vector<std::string>{"brand-a", "brand-b"});
  CHECK(mutes[0].reason == "the agency \"moves\"");
  CHECK(mutes[0].by == "alice");
  CHECK(mutes[0].at == kNoon);
  CHECK(mutes[0].until == kNoon + 2h);
  CHECK_FALSE(mutes[0].withdrawn);
}

TEST_CASE("mutes: only those in force are given, the latest first") {
  auto store = samples::open_in_memory();
  const auto early = samples::mute(kNoon + 1h);
  auto late = samples::mute(kNoon + 2h);
  late.at += 1s;
  store.put_mute(early);
  store.put_mute(late);
  CHECK(ids(store.mutes(kNoon)) == Ids{late.id, early.id});
  CHECK(ids(store.mutes(kNoon + 1h)) == Ids{late.id});  // its end is not in it
  CHECK(store.mutes(kNoon + 2h).empty());
  CHECK(ids(store.mutes(std::nullopt)) == Ids{late.id, early.id});
}

TEST_CASE("mutes: one in force can be ended, once") {
  auto store = samples::open_in_memory();
  const auto mute = samples::mute();
  store.put_mute(mute);
  CHECK_FALSE(store.end_mute(samples::make_id<alert::MuteId>(), kNoon));
  CHECK_FALSE(store.end_mute(mute.id, kNoon + 2h));
  CHECK(store.mutes(kNoon).size() == 1);
  CHECK(store.end_mute(mute.id, kNoon + 1h));
  CHECK_FALSE(store.end_mute(mute.id, kNoon + 1h));
  CHECK(store.mutes(kNoon).empty());
  CHECK(store.mutes(std::nullopt).at(0).withdrawn);
  CHECK(store.mutes(std::nullopt).at(0).until == kNoon + 2h);
}

TEST_CASE("mutes: a daemon is given those that may be in force") {
  auto store = samples::open_in_memory();
  const auto lasting = samples::mute(kNoon + 2h);
  const auto withdrawn = samples::mute(kNoon + 2h);
  for (const auto& mute : {lasting, withdrawn, samples::mute(kNoon)}) store.put_mute(mute);
  store.end_mute(withdrawn.id, kNoon);
  CHECK(ids(samples::Loaded(store, kNoon).mutes) == Ids{lasting.id});
}

TEST_CASE("mutes: when people were told of them last is remembered, and unknown before") {
  auto store = samples::open_in_memory();
  CHECK_FALSE(samples::Loaded(store).mutes_listed_at);
  store::Batch batch;
  batch.mutes_listed_at = kNoon;
  store.commit(batch);
  CHECK(samples::Loaded(store).mutes_listed_at == kNoon);
  batch.mutes_listed_at = kNoon + 24h;
  store.commit(batch);
  CHECK(samples::Loaded(store).mutes_listed_at == kNoon + 24h);
}
