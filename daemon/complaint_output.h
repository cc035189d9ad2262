#pragma once

#include <vector>

#include "output.h"
#include "settings/complaint.h"

namespace app {

/// What is wrong with settings, as the same objects in every command that tells it.
void write_complaint(base::JsonWriter& writer, const settings::Complaint& complaint);
/// The member "complaints".
void write_complaints(base::JsonWriter& writer, const std::vector<settings::Complaint>& complaints);
/// One that write_complaint() wrote.
settings::Complaint read_complaint(const rapidjson::Value& value);

}  // namespace app
