#include <fmt/format.h>

#include "api_line.h"
#include "base/text.h"
#include "context.h"
#include "control.h"
#include "doctor_judge.h"
#include "http/certificate.h"

namespace app {
namespace {

constexpr base::Duration kPatienceOfControl{3'000};
constexpr base::Duration kPatienceOfListener{3'000};

/// How old the figures are that a daemon has written last; nothing when none has, or nobody can tell.
std::optional<base::Duration> age_of_figures(const std::string& store_path) {
  try {
    base::SystemRandom random;
    const base::Instant now = base::SystemClock().now().utc;
    const auto store = store::open_sqlite({.path = store_path, .access = store::Access::kReader}, random, now);
    for (const auto& [name, value] : store->gauges())
      if (name == "written_at_ms") return now - base::from_epoch_ms(value);
  } catch (const std::exception&) {  // check_database() tells
  }
  return std::nullopt;
}

CheckResult ask_ready(const std::string& store_path, bool& answers) {
  try {
    const auto outcome = ask_control(store_path, "ready", kPatienceOfControl);
    answers = true;
    return judge_daemon(outcome.code == kExitOk, outcome.message, age_of_figures(store_path));
  } catch (const CommandError& error) {
    CheckResult result{.name = "daemon", .state = CheckState::kProblem, .seen = base::clean_text(error.what())};
    switch (error.code) {
      case kExitNotPermitted:
        answers = true;  // it is there, and its listener may be asked by all
        result.state = CheckState::kSkipped;
        result.advice = "run this as root, or as the daemon's user";
        break;
      case kExitTimedOut:
        result.seen = "a daemon is there, and gives no answer";
        result.advice = "look at journalctl -u adsauditd; systemctl restart adsauditd starts it anew";
        break;
      default:
        result.seen = fmt::format("none answers for the database {}", store_path);
        result.advice = "systemctl start adsauditd; if it ends again, journalctl -u adsauditd tells why";
    }
    return result;
  }
}

/// What stands for every address is asked at loopback.
std::string url_of(const http::Endpoint& listen) {
  http::Endpoint asked = listen;
  if (asked.address == "0.0.0.0") asked.address = "127.0.0.1";
  if (asked.address == "::") asked.address = "::1";
  return "http://" + asked.authority() + "/-/healthy";
}

CheckResult ask_listener(const settings::Settings& settings) {
  if (!settings.status.listen) return {.name = "status", .seen = "off: neither metrics nor a page are served"};
  if (!http::read_certificate_ends(settings.tls.ca_file)) return skipped_check("status", "no certificates are trusted");
  const std::string where = settings.status.listen->authority();
  http::Request request{.url = url_of(*settings.status.listen), .deadline = kPatienceOfListener};
  request.reach = http::Reach::kPrivateToo;
  const auto reply = ApiLine(settings).ask(std::move(request));
  CheckResult result{.name = "status", .seen = where + ": healthy"};
  if (reply && reply.value().status == 200) return result;
  if (!reply && reply.error().stage == http::Stage::kRefused)
    return skipped_check("status", where + " is a public address, where nothing is asked in the clear");
  result.state = CheckState::kProblem;
  result.seen = reply ? fmt::format("{} answers with status {}", where, reply.value().status)
                      : fmt::format("{} does not answer: {}", where, base::clean_text(reply.error().detail));
  result.advice =
      "look whether another program has that port (ss -ltnp), and at journalctl -u adsauditd; or set status.listen";
  return result;
}

}  // namespace

CheckResults check_daemon(const Patient& patient) {
  bool answers = false;
  CheckResults results{guarded_check("daemon", [&] { return ask_ready(patient.store_path, answers); })};
  if (patient.settings() == nullptr)
    results.push_back(skipped_check("status", "the settings are broken"));
  else if (!answers)
    results.push_back(skipped_check("status", "no daemon answers"));
  else
    results.push_back(guarded_check("status", [&] { return ask_listener(*patient.settings()); }));
  return results;
}

}  // namespace app
