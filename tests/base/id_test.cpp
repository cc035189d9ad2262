#include "base/id.h"

#include <doctest/doctest.h>

#include <unordered_set>

namespace base {
namespace {

using namespace std::chrono_literals;

struct IncidentTag {
  static constexpr const char* kPrefix = "inc_";
};
using IncidentId = Id<IncidentTag>;

const Instant kNoon = parse_instant("2026-11-23T12:00:00Z").value();

}  // namespace

TEST_CASE("id: the text has the prefix and 26 characters, and leads back") {
  SeededRandom random(1);
  const auto id = IncidentId::make(kNoon, random);
  CHECK(id.text().starts_with("inc_"));
  CHECK(id.text().size() == 30);
  CHECK(IncidentId::parse(id.text()).value() == id);
}

TEST_CASE("id: known bytes have a known text") {
  IdBytes bytes{};
  CHECK(id_bytes_to_text(bytes) == "00000000000000000000000000");
  bytes.fill(0xFF);
  CHECK(id_bytes_to_text(bytes) == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
  bytes.fill(0);
  bytes[15] = 1;
  CHECK(id_bytes_to_text(bytes) == "00000000000000000000000001");
  bytes[0] = 0x80;
  CHECK(id_bytes_to_text(bytes) == "40000000000000000000000001");
}

TEST_CASE("id: texts sort as the times of their making") {
  SeededRandom random(2);
  const auto early = IncidentId::make(kNoon, random);
  const auto late = IncidentId::make(kNoon + 1ms, random);
  CHECK(early < late);
  CHECK(early.text() < late.text());
}

TEST_CASE("id: ids of one millisecond differ") {
  SeededRandom random(3);
  std::unordered_set<IncidentId> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(IncidentId::make(kNoon, random));
  CHECK(ids.size() == 1000);
}

TEST_CASE("id: a default id is null and a made one is not") {
  SeededRandom random(4);
  CHECK(IncidentId().null());
  CHECK_FALSE(IncidentId::make(kNoon, random).null());
}

TEST_CASE("id: a text that we would not write is refused") {
  const std::string good = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  CHECK(IncidentId::parse("inc_" + good).ok());
  for (const std::string& text :
       {good, "dlv_" + good, "INC_" + good, "inc_" + good + "X", std::string("inc_"), std::string(),
        "inc_8" + good.substr(1), "inc_" + good.substr(1) + "U", "inc_" + good.substr(1) + "v",
        "inc_ " + good.substr(1), "inc_" + good.substr(1) + std::string(1, '\0')})
    CHECK_FALSE_MESSAGE(IncidentId::parse(text).ok(), text);
}

TEST_CASE("id: an error repeats the text on one line") {
  CHECK(IncidentId::parse("bad\nid").error() == "\"bad id\" does not start with inc_");
  CHECK(IncidentId::parse("inc_01ARZ3NDEKTSV4RRFFQ69G5FA!").error() ==
        "\"inc_01ARZ3NDEKTSV4RRFFQ69G5FA!\" is not an id: '!' is not one of its characters");
  CHECK(IncidentId::parse("inc_01").error() == "\"inc_01\" is not an id: it needs 26 characters after its prefix");
}

}  // namespace base
