#include "doctor_judge.h"

#include <doctest/doctest.h>

using namespace app;
using namespace std::chrono_literals;

namespace {

const base::Instant kNoon = base::from_epoch_seconds(1'796'040'000);
constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

http::Knock opened(base::Duration certificate_left) {
  http::Knock knock;
  knock.addresses = {boost::asio::ip::make_address("192.0.43.8")};
  knock.connected = true;
  knock.peer = http::TlsPeer{"TLSv1.3", kNoon + certificate_left};
  return knock;
}

http::Knock failed(const std::string& failure, bool connected) {
  http::Knock knock = opened(0s);
  knock.peer.reset();
  knock.connected = connected;
  knock.failure = failure;
  return knock;
}

Entrance entrance(const std::string& destination, bool tls = true) {
  Entrance made{.path = "api.base_url", .destination = destination};
  made.door.host = "api.example";
  made.door.port = "443";
  made.door.tls = tls;
  if (!destination.empty()) made.reach = http::Reach::kPublicAddress;
  return made;
}

bool has(const std::string& text, std::string_view words) { return text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("doctor: a clock that agrees and is kept is well") {
  const auto result = judge_clock(-400ms, true, "api.example");
  CHECK(result.state == CheckState::kOk);
  CHECK(result.seen == "agrees with api.example to the second, kept by NTP");
  CHECK(result.advice.empty());
}

TEST_CASE("doctor: a clock that nothing keeps is a warning, and so is one that is some seconds off") {
  CHECK(judge_clock(0ms, false, "x").state == CheckState::kWarning);
  CHECK(judge_clock(4999ms, true, "x").state == CheckState::kOk);
  CHECK(judge_clock(5s, true, "x").state == CheckState::kWarning);
  CHECK(judge_clock(-59s, true, "x").state == CheckState::kWarning);
}

TEST_CASE("doctor: from a minute on the clock is a problem, in both directions") {
  CHECK(judge_clock(60s, true, "x").state == CheckState::kProblem);
  CHECK(judge_clock(-60s, true, "x").state == CheckState::kProblem);
  CHECK(has(judge_clock(-1h, true, "x").seen, "1h behind x"));
  CHECK(has(judge_clock(1h, true, "x").seen, "1h ahead of x"));
}

TEST_CASE("doctor: trust is lost with the last certificate") {
  CHECK(judge_trust("ca", {kNoon + 240h, kNoon - 1h}, kNoon).state == CheckState::kOk);
  CHECK(judge_trust("ca", {kNoon + 240h, kNoon - 1h}, kNoon).seen == "ca: 2 certificates, 1 of them expired");
  CHECK(judge_trust("ca", {kNoon + 47h}, kNoon).state == CheckState::kWarning);
  CHECK(judge_trust("ca", {kNoon}, kNoon).state == CheckState::kProblem);
}

TEST_CASE("doctor: an open door says which TLS, and how long its certificate lasts") {
  const auto result = judge_entrance(entrance(""), opened(61 * 24h), "ca", kNoon);
  CHECK(result.state == CheckState::kOk);
  CHECK(result.name == "api");
  CHECK(result.subject == "api.example");
  CHECK(result.seen == "api.example:443: TLSv1.3, its certificate ends in 61 days");
  CHECK(judge_entrance(entrance(""), opened(47h), "ca", kNoon).state == CheckState::kWarning);
}

TEST_CASE("doctor: where TLS could not be tried nothing is called well") {
  http::Knock knock = opened(240h);
  knock.peer.reset();
  CHECK(judge_entrance(entrance(""), knock, "ca", kNoon).state == CheckState::kSkipped);
}

TEST_CASE("doctor: what keeps a door shut is told with what to do") {
  auto nameless = failed("its name has no address", false);
  nameless.addresses.clear();
  CHECK(has(judge_entrance(entrance(""), nameless, "ca", kNoon).advice, "getent hosts api.example"));
  CHECK(has(judge_entrance(entrance(""), failed("Connection refused", false), "ca", kNoon).advice, "firewall"));
  const auto distrusted =
      judge_entrance(entrance(""), failed("TLS: the certificate is not trusted: self-signed", true), "/ca.pem", kNoon);
  CHECK(distrusted.state == CheckState::kProblem);
  CHECK(has(distrusted.advice, "into /ca.pem (api.ca_file)"));
}

TEST_CASE("doctor: a destination at a private address is a problem unless that is allowed") {
  http::Knock knock = opened(240h);
  knock.addresses = {boost::asio::ip::make_address("10.0.0.1")};
  Entrance to = entrance("ops");
  const auto refused = judge_entrance(to, knock, "ca", kNoon);
  CHECK(refused.state == CheckState::kProblem);
  CHECK(refused.name == "destination");
  CHECK(refused.subject == "ops");
  CHECK(has(refused.advice, "allow_private"));
  to.reach = http::Reach::kPrivateToo;
  CHECK(judge_entrance(to, knock, "ca", kNoon).state == CheckState::kOk);
}

TEST_CASE("doctor: a mail server may begin in the clear at a public address, a web server may not") {
  http::Knock knock = opened(0s);
  knock.peer.reset();
  Entrance to = entrance("ops", false);
  CHECK(judge_entrance(to, knock, "ca", kNoon).state == CheckState::kProblem);
  to.mail = true;
  CHECK(judge_entrance(to, knock, "ca", kNoon).state == CheckState::kOk);
}

TEST_CASE("doctor: there must be room, and should be for a copy of the database") {
  CHECK(judge_space(63 * kMebibyte, 0, "/var").state == CheckState::kProblem);
  CHECK(judge_space(511 * kMebibyte, 0, "/var").state == CheckState::kWarning);
  CHECK(judge_space(512 * kMebibyte, 0, "/var").state == CheckState::kOk);
  CHECK(judge_space(10'000 * kMebibyte, 10'001 * kMebibyte, "/var").state == CheckState::kWarning);
}

TEST_CASE("doctor: the key is for its owner, and for a group that reads only") {
  CHECK_FALSE(judge_key_file({"/k", 0100400, "root", true}));
  CHECK_FALSE(judge_key_file({"/k", 0100600, "root", true}));
  CHECK_FALSE(judge_key_file({"/k", 0100440, "root", true}));
  for (const mode_t mode : {0100644U, 0100404U, 0100402U, 0100460U}) {
    CAPTURE(mode);
    REQUIRE(judge_key_file({"/k", mode, "root", true}));
    CHECK(judge_key_file({"/k", mode, "root", true})->state == CheckState::kProblem);
  }
  CHECK(has(judge_key_file({"/k", 0100400, "mallory", false})->seen, "belongs to mallory"));
}

TEST_CASE("doctor: a daemon that is not ready is a problem, one with old figures a warning") {
  CHECK(judge_daemon(true, "ready", 2min).state == CheckState::kOk);
  CHECK(judge_daemon(true, "ready", std::nullopt).state == CheckState::kOk);
  CHECK(judge_daemon(true, "ready", 11min).state == CheckState::kWarning);
  CHECK(judge_daemon(false, "it starts", 2min).state == CheckState::kProblem);
}

TEST_CASE("doctor: broken settings decide the exit code, then problems; warnings do not") {
  const CheckResult warning{.name = "clock", .state = CheckState::kWarning};
  const CheckResult problem{.name = "daemon", .state = CheckState::kProblem};
  const CheckResult broken{.name = "settings", .state = CheckState::kProblem};
  CHECK(exit_code_of({warning}) == kExitOk);
  CHECK(exit_code_of({warning, problem}) == kExitFindings);
  CHECK(exit_code_of({problem, broken}) == kExitSettings);
}
