#pragma once

#include <functional>
#include <iosfwd>
#include <variant>

#include "doctor.h"
#include "output.h"
#include "public_text.h"

namespace app {

/// A figure, with its name.
struct Fact {
  PublicText name;
  std::variant<std::int64_t, bool, PublicText> value;
};
using Facts = std::vector<Fact>;
/// What is known of one thing.
struct Row {
  PublicText name;
  Facts facts;
};
/// A part of the report.
struct Section {
  PublicText name;
  Facts facts{};
  std::vector<Row> rows{};
  /// Unless there is one of that name: several things may be "other".
  void add(Fact fact);
  void add(Row row);
};
using Sections = std::vector<Section>;

// Each collects one side. They may throw what the rooms throw; see collect().
Section program_section();
Section machine_section();
Section settings_section(const Patient& patient);
Section database_section(const Patient& patient);
Section daemon_section(const Patient& patient);
Section watch_section(const Patient& patient);     ///< tokens, pairs
Section incident_section(const Patient& patient);  ///< open ones, by cause and one by one
Section delivery_section(const Patient& patient);  ///< by type of destination
Section doctor_section(const CheckResults& results);

/// All sections. What of them cannot be told is told as failed, without a word why: the word could hold anything.
Sections collect(const Patient& patient);

void write_bug_report(std::ostream& out, const Sections& sections);
void write_bug_report(base::JsonWriter& writer, const Sections& sections);

}  // namespace app
