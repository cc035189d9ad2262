#include "view/json_rows.h"

#include <doctest/doctest.h>

namespace {

std::string written(const verdict::Incident& incident, const view::TokenNames& names) {
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  view::write_incident(writer, incident, names);
  return base::take_text(buffer);
}

}  // namespace

TEST_CASE("an incident's token is told by its name, by its id when nobody knows the name, and as null without one") {
  const audit::TokenId token = audit::TokenId::parse("tok_01J00000000000000000000000").value();
  verdict::Incident incident;
  incident.finding.key.cause = verdict::Cause::kTokenRevoked;
  CHECK(written(incident, {}).find(R"("token":null)") != std::string::npos);
  incident.finding.key.token = token;
  CHECK(written(incident, {}).find(R"("token":"tok_01J00000000000000000000000")") != std::string::npos);
  CHECK(written(incident, {{token, "brand-a"}}).find(R"("token":"brand-a")") != std::string::npos);
}

TEST_CASE("control characters of a stranger's text do not get into JSON, and an empty account is null") {
  verdict::Incident incident;
  incident.finding.key.cause = verdict::Cause::kTokenRevoked;
  incident.finding.details = {"a\x1b[31mb"};
  const auto text = written(incident, {});
  CHECK(text.find("\\u001") == std::string::npos);
  CHECK(text.find(R"("account":null)") != std::string::npos);
}
