#include <string>

#include "base/text.h"
#include "fuzz/targets.h"
#include "settings/scenario.h"
#include "settings/settings.h"

namespace fuzz {
namespace {

constexpr std::string_view kSecret = "canary-secret";

::settings::References references() {
  const auto look_up = [](const std::string& name) -> std::optional<std::string> {
    if (name == "KEY") return "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    if (name == "URL") return "https://hooks.slack.com/services/canary-secret";
    if (name == "SECRET") return std::string(kSecret);
    return std::nullopt;
  };
  return {look_up, "/nonexistent"};
}

void check(const ::settings::Complaint& complaint) {
  const auto text = ::settings::to_text(complaint);
  ENSURE(!complaint.message.empty());
  ENSURE(text.find(kSecret) == std::string::npos);  // what a reference gave is never shown
}

/// Files of the machine that runs this are none of its business.
bool names_files(std::string_view bytes) {
  return bytes.find("file:") != std::string_view::npos || bytes.find("_file") != std::string_view::npos ||
         bytes.find("error_codes") != std::string_view::npos;
}

}  // namespace

/// A settings file: all that is wrong with it, or settings, and never both.
void settings(std::string_view bytes) {
  if (names_files(bytes)) return;
  const auto loaded = ::settings::load({{"adsauditd.yaml", std::string(bytes)}}, references());
  bool broken = false;
  for (const auto& complaint : loaded.complaints) {
    check(complaint);
    broken = broken || !complaint.warning;
  }
  ENSURE(loaded.settings.has_value() != broken);
  base::clean_text(::settings::to_text(loaded));
}

void scenario(std::string_view bytes) {
  const auto loaded = ::settings::read_scenario({"scenario.yaml", std::string(bytes)});
  for (const auto& complaint : loaded.complaints) check(complaint);
}

}  // namespace fuzz
