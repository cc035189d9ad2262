#include "doctor.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "config_access.h"
#include "context.h"

namespace app {
namespace {

bool is_warning(const settings::Complaint& complaint) { return complaint.warning; }

/// "adsauditd.yaml:42:11: expect[0]: ...", without the line itself.
std::string first_line(const settings::Complaint& complaint) {
  const auto text = settings::to_text(complaint);
  return base::clean_text(text.substr(0, text.find('\n')));
}

std::string shape_of(const settings::Settings& settings) {
  return fmt::format("{} apps, {} tokens, {} destinations", settings.apps.size(), settings.tokens.size(),
                     settings.destinations.size());
}

}  // namespace

CheckResult skipped_check(std::string_view name, std::string why) {
  return {.name = name, .state = CheckState::kSkipped, .seen = std::move(why)};
}

CheckResult guarded_check(std::string_view name, const std::function<CheckResult()>& check) {
  try {
    return check();
  } catch (const std::exception& error) {
    return {.name = name,
            .state = CheckState::kProblem,
            .seen = base::clean_text(error.what()),
            .advice = "this is what stopped the check itself; when it is gone, run doctor again"};
  }
}

CheckResults check_settings(const Patient& patient) {
  auto complaints = patient.loaded.complaints;
  for (auto& hidden : find_hidden(patient.settings_file)) complaints.push_back(std::move(hidden));
  const auto broken = std::find_if_not(complaints.begin(), complaints.end(), is_warning);
  CheckResult result{.name = "settings", .seen = patient.settings_file};
  if (patient.settings() != nullptr) result.seen += ": " + shape_of(*patient.settings());
  if (complaints.empty()) return {result};
  result.state = broken == complaints.end() ? CheckState::kWarning : CheckState::kProblem;
  const std::string count =
      complaints.size() == 1 ? "" : fmt::format("{} complaints, such as ", complaints.size() + patient.loaded.left_out);
  result.seen = count + first_line(broken == complaints.end() ? complaints.front() : *broken);
  if (broken == complaints.end())
    result.advice = "adsauditd config check tells more";
  else if (patient.secrets_skipped)
    result.advice =
        "run this as root; where credentials are encrypted, with those of the unit: see SECRETS in adsauditd(8)";
  else
    result.advice = "a start would be refused; adsauditd config check tells all of it";
  return {result};
}

Patient admit(const Invocation& called, bool offline) {
  Patient patient{.settings_file = called.settings_file, .offline = offline};
  patient.loaded = settings::load_file(called.settings_file, references_of_process(Secrets::kNeeded));
  patient.store_path = settings::store_path_in(called.settings_file, references_of_process(Secrets::kSkipped));
  if (patient.loaded.settings) return patient;
  auto without = settings::load_file(called.settings_file, references_of_process(Secrets::kSkipped));
  patient.secrets_skipped = without.settings.has_value();
  patient.loaded.settings = std::move(without.settings);
  return patient;
}

CheckResults examine(const Patient& patient) {
  CheckResults results;
  for (const auto check : {check_settings, check_trust, check_network, check_database, check_daemon}) {
    auto found = check(patient);
    results.insert(results.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  }
  return results;
}

}  // namespace app
