#include "doctor_judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "http/reach.h"

namespace app {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kOddSkew = 5s;    // a clock that is set by NTP is off by milliseconds
constexpr base::Duration kMostSkew = 60s;  // audit.clock_skew opens here; X refuses signatures that are 5 minutes off
constexpr base::Duration kEndsSoon = 48h;  // of certificates: whoever renews them has done so by then
constexpr base::Duration kOldFigures = 10min;  // a daemon writes them every two minutes
constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;
constexpr std::uint64_t kLeastSpace = 64 * kMebibyte;
constexpr std::uint64_t kGoodSpace = 512 * kMebibyte;

std::string mebibytes(std::uint64_t bytes) { return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20)); }

/// "in 61 days", "3h 2m ago".
std::string when(base::Instant at, base::Instant now) {
  const base::Duration left = at - now;
  if (left >= 48h) return fmt::format("in {} days", std::chrono::floor<std::chrono::days>(left).count());
  return left >= 0ms ? "in " + base::to_rough_text(left) : base::to_rough_text(-left) + " ago";
}

std::string advice_for_tls(const std::string& failure, const http::Door& door, const std::string& ca_file) {
  if (failure.find("not trusted") != std::string::npos)
    return fmt::format(
        "look at what it shows: openssl s_client -connect {}:{}; if that is right, put the authority "
        "that signed it into {} (api.ca_file)",
        door.host, door.port, ca_file);
  return "look whether a proxy or firewall stands between, and whether the port speaks TLS";
}

}  // namespace

std::string_view to_text(CheckState state) {
  switch (state) {
    case CheckState::kOk:
      return "ok";
    case CheckState::kWarning:
      return "warning";
    case CheckState::kProblem:
      return "problem";
    case CheckState::kSkipped:
      return "skipped";
  }
  return "";
}

CheckResult judge_clock(base::Duration ahead, bool synchronised, const std::string& host) {
  const base::Duration off = std::chrono::abs(ahead);
  CheckResult result{.name = "clock"};
  result.seen = off < 1s ? fmt::format("agrees with {} to the second", host)
                         : fmt::format("{} {} {}", base::to_rough_text(off), ahead > 0ms ? "ahead of" : "behind", host);
  result.seen += synchronised ? ", kept by NTP" : ", and nothing keeps it right (no NTP)";
  if (off >= kMostSkew)
    result.state = CheckState::kProblem;
  else if (off >= kOddSkew || !synchronised)
    result.state = CheckState::kWarning;
  if (result.state != CheckState::kOk)
    result.advice = fmt::format("{}: apt install systemd-timesyncd, or chrony; then look at timedatectl",
                                off >= kMostSkew ? "X refuses what is signed with a wrong time; set the clock by NTP"
                                                 : "let NTP set the clock");
  return result;
}

CheckResult judge_trust(const std::string& file, const std::vector<base::Instant>& ends, base::Instant now) {
  const auto expired =
      static_cast<std::size_t>(std::count_if(ends.begin(), ends.end(), [&](base::Instant end) { return end <= now; }));
  CheckResult result{.name = "trust"};
  result.seen = fmt::format("{}: {} certificate{}", file, ends.size(), ends.size() == 1 ? "" : "s");
  if (expired > 0) result.seen += fmt::format(", {} of them expired", expired);
  const base::Instant last = *std::max_element(ends.begin(), ends.end());
  if (last <= now) {
    result.state = CheckState::kProblem;
    result.seen += "; no server can be trusted";
  } else if (last - now < kEndsSoon) {
    result.state = CheckState::kWarning;
    result.seen += "; the last one ends " + when(last, now);
  }
  if (result.state != CheckState::kOk)
    result.advice =
        "put present certificates there, or set api.ca_file; Debian's come with apt install ca-certificates";
  return result;
}

CheckResult judge_entrance(const Entrance& entrance, const http::Knock& knock, const std::string& ca_file,
                           base::Instant now) {
  const http::Door& door = entrance.door;
  const bool is_api = entrance.destination.empty();
  const std::string where = fmt::format("{}:{}", door.host, door.port);
  CheckResult result{.name = is_api ? "api" : "destination",
                     .state = CheckState::kProblem,
                     .seen = where + ": " + knock.failure,
                     .subject = is_api ? door.host : entrance.destination};
  if (knock.addresses.empty()) {
    result.advice = fmt::format("look whether the name is right, and what this says: getent hosts {}", door.host);
    return result;
  }
  if (const auto objection = http::objection_to(knock.addresses, entrance.reach, door.tls || entrance.mail)) {
    result.seen = fmt::format("{}: {}", where, *objection);
    result.advice = "nothing is sent there; if it is meant, set allow_private: true for this destination";
    return result;
  }
  if (!knock.failure.empty()) {
    result.advice = knock.connected
                        ? advice_for_tls(knock.failure, door, ca_file)
                        : fmt::format("look whether it runs, and let this machine through to {} (firewall)", where);
    return result;
  }
  result.state = CheckState::kOk;
  result.seen = where + ": takes connections";
  if (!door.tls) result.seen += entrance.mail ? "; TLS begins in the mail's own way" : ", in the clear";
  if (door.tls && !knock.peer) {
    result.state = CheckState::kSkipped;
    result.seen += "; TLS cannot be tried without trusted certificates";
  }
  if (!knock.peer) return result;
  result.seen = fmt::format("{}: {}", where, knock.peer->version);
  if (!knock.peer->certificate_ends) return result;
  result.seen += ", its certificate ends " + when(*knock.peer->certificate_ends, now);
  if (*knock.peer->certificate_ends - now >= kEndsSoon) return result;
  result.state = CheckState::kWarning;
  result.advice = "whoever runs it must renew the certificate before it ends";
  return result;
}

CheckResult judge_space(std::uint64_t free, std::uint64_t database, const std::string& folder) {
  CheckResult result{.name = "disk", .seen = fmt::format("{} free in {}", mebibytes(free), folder)};
  if (free < kLeastSpace) {
    result.state = CheckState::kProblem;
    result.advice = "make room: the audit stops when nothing can be written";
  } else if (free < std::max(kGoodSpace, database)) {
    result.state = CheckState::kWarning;
    result.advice =
        fmt::format("make room: an upgrade or a backup there needs a copy of the database, {}", mebibytes(database));
  }
  if (result.state != CheckState::kOk) result.advice += "; store.retention says how long what is kept";
  return result;
}

std::optional<CheckResult> judge_key_file(const KeyFile& file) {
  CheckResult result{.name = "key", .state = CheckState::kProblem};
  const std::string mode = fmt::format("{} has mode {:04o}", file.path, file.mode & 07777U);
  if ((file.mode & 07U) != 0) {
    result.seen = mode + ": everybody on this machine can read the key";
    result.advice = fmt::format("run: chmod 0400 {}; and if others use this machine, adsauditd key rotate", file.path);
  } else if ((file.mode & 030U) != 0) {
    result.seen = mode + ": its group can change the key";
    result.advice = fmt::format("run: chmod g-wx {}", file.path);
  } else if (!file.owner_trusted) {
    result.seen = fmt::format("{} belongs to {}, who can read and replace the key", file.path, file.owner);
    result.advice = fmt::format("run: chown root {}, or give it to the daemon's user", file.path);
  } else {
    return std::nullopt;
  }
  return result;
}

CheckResult judge_daemon(bool ready, const std::string& answer, std::optional<base::Duration> figures_age) {
  if (!ready)
    return {.name = "daemon",
            .state = CheckState::kProblem,
            .seen = "runs, but is not ready: " + answer,
            .advice = "if it was just started: adsauditd wait --ready; else journalctl -u adsauditd tells more"};
  if (!figures_age) return {.name = "daemon", .seen = "ready; it has written no figures yet"};
  CheckResult result{.name = "daemon",
                     .seen = fmt::format("ready; its figures are {} old", base::to_rough_text(*figures_age))};
  if (*figures_age > kOldFigures) {
    result.state = CheckState::kWarning;
    result.advice = "it writes them every two minutes: if it was not just started, journalctl -u adsauditd tells more";
  }
  return result;
}

ExitCode exit_code_of(const CheckResults& results) {
  ExitCode code = kExitOk;
  for (const auto& result : results) {
    if (result.state != CheckState::kProblem) continue;
    if (result.name == "settings") return kExitSettings;
    code = kExitFindings;
  }
  return code;
}

}  // namespace app
