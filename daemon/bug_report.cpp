#include "bug_report.h"

#include <algorithm>
#include <filesystem>

namespace app {
namespace {

Section guarded(PublicText name, const std::function<Section()>& section) {
  try {
    return section();
  } catch (const std::exception&) {  // its words could hold anything
    return {std::move(name), {{"failed", true}}};
  }
}

}  // namespace

Section doctor_section(const CheckResults& results) {
  Section section{"doctor"};
  for (const auto& result : results) {
    const auto name =
        PublicText::one_of(result.name, {"settings", "trust", "dns", "api", "clock", "destination", "database", "disk",
                                         "key", "budget", "deliveries", "audit", "daemon", "status"});
    auto row =
        std::find_if(section.rows.begin(), section.rows.end(), [&](const auto& one) { return one.name == name; });
    if (row == section.rows.end()) row = section.rows.insert(section.rows.end(), {name, {}});
    const PublicText state(result.state);
    const auto count =
        std::find_if(row->facts.begin(), row->facts.end(), [&](const auto& fact) { return fact.name == state; });
    if (count == row->facts.end())
      row->facts.push_back({state, std::int64_t{1}});
    else
      ++std::get<std::int64_t>(count->value);
  }
  return section;
}

Sections collect(const Patient& patient) {
  Sections sections;
  sections.push_back(guarded("program", program_section));
  sections.push_back(guarded("machine", machine_section));
  sections.push_back(guarded("doctor", [&] { return doctor_section(examine(patient)); }));
  sections.push_back(guarded("settings", [&] { return settings_section(patient); }));
  std::error_code none;
  if (!std::filesystem::exists(patient.store_path, none)) {
    sections.push_back({"database", {{"there", false}}});
    return sections;
  }
  sections.push_back(guarded("database", [&] { return database_section(patient); }));
  sections.push_back(guarded("daemon", [&] { return daemon_section(patient); }));
  sections.push_back(guarded("watch", [&] { return watch_section(patient); }));
  sections.push_back(guarded("incidents", [&] { return incident_section(patient); }));
  sections.push_back(guarded("deliveries", [&] { return delivery_section(patient); }));
  return sections;
}

}  // namespace app
