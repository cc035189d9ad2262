#include "alert/form.h"

#include <doctest/doctest.h>

#include <array>

#include "alert/hostile.h"
#include "base/json.h"

using namespace alert;
using namespace std::chrono_literals;

namespace {

Destination destination(Channel channel) {
  Destination destination{.name = "any", .channel = channel, .url = base::Secret("https://host.example/path")};
  destination.secret = base::Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  destination.room = "C0123456789";
  return destination;
}

/// A name as a stranger with a taste for trouble would choose it.
std::string random_name(base::Random& random) {
  static const std::array<std::string, 24> kPieces{"<!channel>",
                                                   "<@U123>",
                                                   "&amp;",
                                                   "&",
                                                   "<",
                                                   ">",
                                                   "\"",
                                                   "\\",
                                                   "\r\n",
                                                   "\nBcc: a@b.c\n",
                                                   "\u202E",
                                                   "\U0001F4A9",
                                                   "\xED\xA0\x80",
                                                   "\xFF",
                                                   "\xC3",
                                                   std::string(1, '\0'),
                                                   "*",
                                                   "[x](http://y)",
                                                   "\x1B[31m",
                                                   "=?utf-8?",
                                                   "{{title}}",
                                                   "a",
                                                   " ",
                                                   "}]}"};
  std::string name;
  for (auto pieces = random.next_u64() % 60; pieces > 0; --pieces) name += kPieces[random.next_u64() % kPieces.size()];
  return name;
}

void check_body(Channel channel, const std::string& body) {
  CHECK(body.size() < 20'000);
  if (channel == Channel::kEmail) {
    CHECK(body.find('\0') == std::string::npos);
    return;
  }
  const auto document = base::parse_json(body);
  CHECK_MESSAGE(document.ok(), body);
}

}  // namespace

TEST_CASE("form: every channel has a manner that keeps to its receiver's pace") {
  for (const Channel channel : all_channels()) {
    CAPTURE(std::string(to_text(channel)));
    const Manner& manner = form_of(channel).manner();
    const bool slack = channel == Channel::kSlack || channel == Channel::kSlackBot;
    const bool for_people = slack || channel == Channel::kTeams || channel == Channel::kEmail;
    CHECK(manner.pause == (slack ? 1s : channel == Channel::kTeams ? 250ms : 0s));
    CHECK(manner.most_per_minute == (for_people ? 10 : 0));
    CHECK(manner.digests == (channel != Channel::kPagerDuty && channel != Channel::kAlertmanager));
    CHECK(manner.threads == (channel == Channel::kSlackBot || channel == Channel::kEmail));
    CHECK(manner.edits == (channel == Channel::kSlackBot));
    CHECK(manner.slots == (channel == Channel::kAlertmanager ? 2 : channel == Channel::kPagerDuty ? 4 : 1));
  }
}

TEST_CASE("form: every attempt has a deadline, reads little of the answer and keeps away from private addresses") {
  for (const Channel channel : all_channels()) {
    CAPTURE(std::string(to_text(channel)));
    Destination to = destination(channel);
    PendingDelivery pending;
    pending.body = R"({"a":1})";
    const auto request = form_of(channel).request(to, pending, samples::instant("2026-11-23T10:15:02.118Z"));
    REQUIRE(request);
    CHECK(request->method == "POST");
    CHECK(request->deadline == base::Duration(15s));
    CHECK(request->max_body == 4096);
    CHECK(request->cut_long_body);
    CHECK(request->reach == http::Reach::kPublicAddress);
    to.allow_private = true;
    CHECK(form_of(channel).request(to, pending, base::Instant{})->reach == http::Reach::kPrivateToo);
  }
}

TEST_CASE("form: a thousand hostile names give whole bodies on every channel") {
  base::SeededRandom random(5);
  const auto& causes = verdict::all_causes();
  const std::array states{State::kOpened, State::kUpdated, State::kReminder, State::kResolved};
  for (int round = 0; round < 1'000; ++round) {
    const std::string name = random_name(random);
    const Alert alert =
        samples::hostile(name, states[random.next_u64() % 4], causes[random.next_u64() % causes.size()]);
    const Channel channel = all_channels()[static_cast<std::size_t>(round) % all_channels().size()];
    const std::string body = form_of(channel).body(alert);
    check_body(channel, body);
    const bool slack = channel == Channel::kSlack || channel == Channel::kSlackBot;
    if (slack) CHECK(body.find_first_of("<>") == std::string::npos);
  }
}

TEST_CASE("form: hostile names give whole digests on every channel that has them") {
  base::SeededRandom random(6);
  for (int round = 0; round < 20; ++round) {
    const Digest digest = samples::hostile_digest(random_name(random));
    for (const Channel channel : all_channels()) {
      if (form_of(channel).manner().digests) check_body(channel, form_of(channel).body(digest));
    }
  }
}
