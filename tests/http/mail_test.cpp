#include "http/mail.h"

#include <doctest/doctest.h>

namespace {

std::optional<std::string_view> fault_of_message(std::string_view message) {
  http::Mail mail;
  mail.from = "adsauditd@example.com";
  mail.to = {"ops@example.com"};
  return http::fault_in(mail, message);
}

std::optional<std::string_view> fault_of_recipient(std::string address) {
  http::Mail mail;
  mail.from = "adsauditd@example.com";
  mail.to = {"ops@example.com", std::move(address)};
  return http::fault_in(mail, "\r\n");
}

}  // namespace

TEST_CASE("mail: every line of a message ends in CR LF, and neither stands alone") {
  CHECK_FALSE(fault_of_message("\r\n"));
  CHECK_FALSE(fault_of_message("Subject: a\r\n\r\ntext\r\n"));
  for (const std::string_view message :
       {"", "text", "text\n", "text\r", "a\nb\r\n", "a\rb\r\n", "a\r\r\n", "\n\r\n", "a\n.\nb\r\n", "a\r.\r\n"}) {
    CAPTURE(std::string(message));
    CHECK(fault_of_message(message));
  }
  CHECK(fault_of_message(std::string_view("a\0b\r\n", 5)));
}

TEST_CASE("mail: an address stays within its angle brackets") {
  CHECK_FALSE(fault_of_recipient("first.last+tag@mail.example.com"));
  CHECK_FALSE(fault_of_recipient("j\xC3\xB6rg@example.com"));
  for (const char* address : {"", "@", "ops", "@example.com", "ops@", "ops@example.com>", "<ops@example.com", "a b@c",
                              "ops@example.com\r\nDATA", "ops@example.com\n", "a\tb@c", "a\x7F@b"}) {
    CAPTURE(std::string(address));
    CHECK(fault_of_recipient(address));
  }
}

TEST_CASE("mail: needs a sender and a recipient") {
  http::Mail mail;
  mail.from = "adsauditd@example.com";
  CHECK(http::fault_in(mail, "\r\n"));
  mail.to = {"ops@example.com"};
  CHECK_FALSE(http::fault_in(mail, "\r\n"));
  mail.from = "adsauditd@example.com>\r\nRSET";
  CHECK(http::fault_in(mail, "\r\n"));
  mail.from = "";
  CHECK(http::fault_in(mail, "\r\n"));
}
