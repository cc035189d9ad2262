#include "store/incident_text.h"

#include <doctest/doctest.h>

#include "samples.h"

TEST_CASE("incident text: the usual incident has none") {
  auto incident = samples::incident({}, "acc1");
  incident.finding.grounds.rule = "role_differs";
  CHECK(store::rare_parts_to_json(incident).empty());
}

TEST_CASE("incident text: each part is there only where there is something") {
  auto incident = samples::incident({}, "acc1");
  incident.finding.severity = verdict::Severity::kInfo;
  CHECK(store::rare_parts_to_json(incident) == R"({"severity":"info"})");
  incident.finding.severity.reset();
  incident.finding.affected = 7;
  incident.flips = {base::from_epoch_ms(1'000)};
  CHECK(store::rare_parts_to_json(incident) == R"({"affected":7,"flips":[1000]})");
  incident.finding.affected = 0;
  incident.flips.clear();
  incident.acknowledged = verdict::Acknowledged{"alice", "", base::from_epoch_ms(1'000)};
  CHECK(store::rare_parts_to_json(incident) == R"({"acknowledged":{"by":"alice","reason":"","at":1000}})");
}

TEST_CASE("incident text: all parts come back") {
  const auto full = samples::full_incident({}, "acc1");
  auto bare = full;
  auto& finding = bare.finding;
  finding.details = finding.examples = finding.grounds.witnesses = {};
  finding.affected = 0;
  finding.severity.reset();
  bare.flips.clear();
  bare.acknowledged.reset();
  CHECK(store::with_rare_parts(bare, store::rare_parts_to_json(full)).value() == full);
  CHECK(store::with_rare_parts(bare, "{}").value() == bare);
  CHECK(store::with_rare_parts(bare, R"({"later":["x"]})").value() == bare);
}

TEST_CASE("incident text: what is no part of an incident is refused") {
  for (const char* text : {"", "[]", "null", R"({"details":"one"})", R"({"details":[[]]})", R"({"affected":"many"})",
                           R"({"affected":-1})", R"({"affected":[]})", R"({"examples":{}})", R"({"severity":"loud"})",
                           R"({"witnesses":[null]})", R"({"flips":["noon"]})", R"({"flips":[1.5]})", R"({"flips":7})",
                           R"({"acknowledged":"alice"})", R"({"acknowledged":{"by":"alice"}})"})
    CHECK_FALSE(store::with_rare_parts(samples::incident({}, "acc1"), text).ok());
}
