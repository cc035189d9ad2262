#include "http/smtp_reply.h"

#include <doctest/doctest.h>

using http::SmtpReply;

TEST_CASE("smtp reply: a single line is a whole reply") {
  SmtpReply reply;
  CHECK(reply.code() == 0);
  CHECK_FALSE(reply.complete());
  CHECK(reply.add("250 ok\r\n"));
  CHECK(reply.code() == 250);
  CHECK(reply.complete());
  CHECK(reply.text() == "250 ok");
  CHECK(reply.last_line() == "250 ok");
}

TEST_CASE("smtp reply: lines with a hyphen go on, and the last one ends it") {
  SmtpReply reply;
  CHECK(reply.add("550-5.7.1 first\r\n"));
  CHECK_FALSE(reply.complete());
  CHECK(reply.add("550 5.7.1 second\r\n"));
  CHECK(reply.complete());
  CHECK(reply.text() == "550-5.7.1 first\n550 5.7.1 second");
  CHECK(reply.last_line() == "550 5.7.1 second");
}

TEST_CASE("smtp reply: the next reply takes the place of the one before") {
  SmtpReply reply;
  CHECK(reply.add("250 ok"));
  CHECK(reply.add("450 later"));
  CHECK(reply.code() == 450);
  CHECK(reply.text() == "450 later");
}

TEST_CASE("smtp reply: a code alone will do, and what has none completes nothing") {
  SmtpReply reply;
  CHECK(reply.add("hello there"));
  CHECK(reply.code() == 0);
  CHECK_FALSE(reply.complete());
  CHECK(reply.add("25"));
  CHECK_FALSE(reply.complete());
  CHECK(reply.add(""));
  CHECK_FALSE(reply.complete());
  CHECK(reply.add("221"));
  CHECK(reply.complete());
  CHECK(reply.code() == 221);
}

TEST_CASE("smtp reply: STARTTLS counts as offered in any case, as a keyword of its own") {
  for (const char* line : {"250-STARTTLS\r\n", "250 starttls\r\n", "250-StartTls \r\n"}) {
    SmtpReply reply;
    CHECK(reply.add(line));
    CHECK(reply.offered_starttls());
    CHECK(reply.add("250 ok"));
    CHECK(reply.offered_starttls());
  }
  for (const char* line : {"220 STARTTLS\r\n", "250-XSTARTTLS\r\n", "250 no STARTTLS\r\n", "250"}) {
    SmtpReply reply;
    CHECK(reply.add(line));
    CHECK_FALSE(reply.offered_starttls());
  }
}

TEST_CASE("smtp reply: a long reply is cut, and one without end given up") {
  SmtpReply reply;
  CHECK(reply.add("550-" + std::string(10'000, 'x')));
  CHECK(reply.text().size() == SmtpReply::kMostText);
  CHECK(reply.last_line().size() == SmtpReply::kMostText);
  for (int line = 0; line < 5; ++line) CHECK(reply.add("550-" + std::string(10'000, 'x')));
  CHECK_FALSE(reply.add("550-" + std::string(10'000, 'x')));
  CHECK(reply.text().size() == SmtpReply::kMostText);
}
