#include <fmt/format.h>
#include <sys/timex.h>

#include <algorithm>
#include <filesystem>

#include "api_line.h"
#include "base/text.h"
#include "config_reach.h"
#include "doctor_judge.h"
#include "http/certificate.h"

namespace app {
namespace {

constexpr base::Duration kPatience{5'000};

bool clock_is_kept() {
  std::error_code ignored;
  if (std::filesystem::exists("/run/systemd/timesync/synchronized", ignored)) return true;
  timex state{};
  return ::adjtimex(&state) != TIME_ERROR && (static_cast<unsigned>(state.status) & unsigned{STA_UNSYNC}) == 0;
}

/// Asks for nothing that needs a signature: every answer of X holds the time. `api`: what is known of X, to which is
/// added what is ill about its answer.
CheckResult check_clock(const settings::Settings& settings, CheckResult& api) {
  ApiLine line(settings);
  const base::SystemClock clock;
  const base::Instant before = clock.now().utc;
  const auto reply = line.ask({.url = settings.api.base_url, .deadline = kPatience, .cut_long_body = true});
  const base::Instant middle = before + (clock.now().utc - before) / 2;
  if (!reply || reply.value().status >= 500) {
    api.state = reply ? CheckState::kWarning : CheckState::kProblem;
    api.seen += reply ? fmt::format("; it answers with HTTP status {}", reply.value().status)
                      : "; no answer: " + base::clean_text(reply.error().detail);
    api.advice = "try again: X may be ill for now, or a proxy that stands between";
  }
  const auto date = base::parse_http_date(reply ? reply.value().header("Date").value_or("") : "");
  if (!date) return skipped_check("clock", fmt::format("{} tells no time", api.subject));
  return judge_clock(middle - (date.value() + base::Duration(500)), clock_is_kept(), api.subject);
}

CheckResult judge_names(const std::map<http::Door, http::Knock>& knocks) {
  std::vector<std::string> missing;
  std::set<std::string> hosts;
  for (const auto& [door, knock] : knocks) {
    if (hosts.insert(door.host).second && knock.addresses.empty()) missing.push_back(door.host);
  }
  CheckResult result{.name = "dns"};
  result.seen = fmt::format("{} of {} hosts have an address", hosts.size() - missing.size(), hosts.size());
  if (missing.empty()) return result;
  result.state = CheckState::kProblem;
  result.seen += "; none: " + base::join(missing, ", ");
  result.advice =
      fmt::format("look whether the names are right, at /etc/resolv.conf, and at: getent hosts {}", missing.front());
  return result;
}

std::unique_ptr<http::TlsContext> make_context(const settings::Settings& settings) {
  try {
    return std::make_unique<http::TlsContext>(settings.tls.ca_file);
  } catch (const std::runtime_error&) {  // check_trust() tells
    return nullptr;
  }
}

/// What is known of X, and of the destinations, once all doors were knocked at.
CheckResults judge_entrances(const settings::Settings& settings, const std::vector<Entrance>& entrances,
                             const std::map<http::Door, http::Knock>& knocks) {
  CheckResults results;
  std::set<http::Door> told;
  const base::Instant now = base::SystemClock().now().utc;
  for (const auto& entrance : entrances) {
    const bool is_api = entrance.destination.empty();
    if (is_api && !told.insert(entrance.door).second) continue;
    results.push_back(judge_entrance(entrance, knocks.at(entrance.door), settings.tls.ca_file, now));
  }
  return results;
}

}  // namespace

CheckResults check_trust(const Patient& patient) {
  if (patient.settings() == nullptr) return {skipped_check("trust", "the settings are broken")};
  const std::string& file = patient.settings()->tls.ca_file;
  const auto ends = http::read_certificate_ends(file);
  if (ends) return {judge_trust(file, ends.value(), base::SystemClock().now().utc)};
  return {{.name = "trust",
           .state = CheckState::kProblem,
           .seen = fmt::format("{}: {}", file, ends.error()),
           .advice = "api.ca_file must name a PEM file with the trusted roots; Debian's is "
                     "/etc/ssl/certs/ca-certificates.crt (apt install ca-certificates)"}};
}

CheckResults check_network(const Patient& patient) {
  const auto* settings = patient.settings();
  const std::string why = settings == nullptr ? "the settings are broken" : "--offline";
  if (settings == nullptr || patient.offline)
    return {skipped_check("dns", why), skipped_check("api", why), skipped_check("clock", why),
            skipped_check("destination", why)};
  const auto entrances = entrances_of(*settings);
  std::set<http::Door> doors;
  for (const auto& entrance : entrances) doors.insert(entrance.door);
  const auto context = make_context(*settings);
  const auto knocks = http::knock(doors, context.get(), kPatience);
  CheckResults results{judge_names(knocks)};
  auto judged = judge_entrances(*settings, entrances, knocks);
  auto& api = judged.front();
  auto clock = context && knocks.at(entrances.front().door).failure.empty()
                   ? check_clock(*settings, api)
                   : skipped_check("clock", api.subject + " was not reached");
  judged.insert(std::find_if(judged.begin(), judged.end(), [](const auto& one) { return one.name != "api"; }),
                std::move(clock));
  results.insert(results.end(), judged.begin(), judged.end());
  if (patient.secrets_skipped)
    results.push_back(
        skipped_check("destination", "their URLs are secrets, and a secret cannot be read; see settings"));
  return results;
}

}  // namespace app
