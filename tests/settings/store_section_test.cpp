#include <doctest/doctest.h>

#include "settings/fixtures.h"

namespace settings {
namespace {

using namespace std::chrono_literals;

Loaded load_store(const std::string& section) {
  return load({{"test.yaml", "store: {" + section +
                                 "}\napps: [{name: agency, consumer_key: \"${env:CONSUMER_KEY}\", consumer_secret: "
                                 "\"${env:CONSUMER_SECRET}\"}]\n"}},
              test_references());
}
const std::string kKey = "key: \"${env:KEY}\"";

}  // namespace

TEST_CASE("store: what is kept how long has defaults of years and months, and no size") {
  const auto loaded = load_store(kKey);
  REQUIRE_MESSAGE(loaded.settings, to_text(loaded));
  CHECK(loaded.settings->retention.history == 24h * 365 * 5);
  CHECK(loaded.settings->retention.observations == 24h * 400);
  CHECK(loaded.settings->retention.alerts == 24h * 90);
  CHECK_FALSE(loaded.settings->retention.max_size);
  CHECK(loaded.settings->old_store_key.empty());
}

TEST_CASE("store: every age and the size can be set, and the key before this one") {
  const auto loaded = load_store(kKey +
                                 ", old_key: \"${env:KEY}\", retention: {history: 400d, observations: 30d, incidents: "
                                 "31d, alerts: 32d, dead_letters: 33d, max_size: 2GiB}");
  REQUIRE_MESSAGE(loaded.settings, to_text(loaded));
  const auto& retention = loaded.settings->retention;
  CHECK(retention.history == 24h * 400);
  CHECK(retention.observations == 24h * 30);
  CHECK(retention.incidents == 24h * 31);
  CHECK(retention.alerts == 24h * 32);
  CHECK(retention.dead_letters == 24h * 33);
  CHECK(retention.max_size == std::uint64_t{2} << 30);
  CHECK_FALSE(loaded.settings->old_store_key.empty());
}

TEST_CASE("store: ages under a week and odd sizes are refused") {
  const auto complaint = [](const std::string& retention) {
    const auto loaded = load_store(kKey + ", retention: {" + retention + "}");
    REQUIRE(loaded.complaints.size() == 1);
    CHECK_FALSE(loaded.settings);
    return loaded.complaints[0].path + ": " + loaded.complaints[0].message;
  };
  CHECK(complaint("alerts: 6d") == "store.retention.alerts: is 6d, the least is 7d");
  for (const char* odd : {"2", "2GB", "GiB", "-1GiB", "99999999999GiB", "2 GiB"})
    CHECK(complaint(std::string("max_size: \"") + odd + "\"") ==
          "store.retention.max_size: \"" + std::string(odd) + "\" is not a size; write it as 512MiB or 2GiB");
  CHECK(complaint("max_size: 63MiB") == "store.retention.max_size: is 63MiB, the least is 64MiB");
}

}  // namespace settings
