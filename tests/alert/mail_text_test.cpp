#include "alert/mail_text.h"

#include <doctest/doctest.h>

#include "alert/samples.h"

using namespace alert;

TEST_CASE("mail: a date is written as RFC 5322 wants it") {
  CHECK(mail_date(samples::instant("2026-11-23T10:15:02.118Z")) == "Mon, 23 Nov 2026 10:15:02 +0000");
  CHECK(mail_date(samples::instant("2027-01-03T00:00:00.000Z")) == "Sun, 03 Jan 2027 00:00:00 +0000");
}

TEST_CASE("mail: a plain header stays readable, and is folded between words") {
  CHECK(mail_header("Subject", "Access token revoked: brand-a") == "Subject: Access token revoked: brand-a\r\n");
  CHECK(mail_header("Subject", "[critical] Token must be authorized again: the-token-of-brand-a on 18ce54d4x5t") ==
        "Subject: [critical] Token must be authorized again: the-token-of-brand-a on\r\n 18ce54d4x5t\r\n");
  CHECK(mail_header("Subject", "  two   blanks ") == "Subject: two blanks\r\n");
}

TEST_CASE("mail: what is not printable ASCII is encoded, in words of whole code points") {
  CHECK(mail_header("Subject", "J\xC3\xB6rg") == "Subject: =?utf-8?B?SsO2cmc=?=\r\n");
  CHECK(mail_header("Subject", std::string(38, 'a') + "\xC3\xB6 b") ==
        "Subject: =?utf-8?B?YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=?=\r\n =?utf-8?B?w7YgYg==?=\r\n");
}

TEST_CASE("mail: what looks encoded is encoded, so that it is shown as it is") {
  CHECK(mail_header("Subject", "=?utf-8?Q?x?=") == "Subject: =?utf-8?B?PT91dGYtOD9RP3g/PQ==?=\r\n");
}

TEST_CASE("mail: no text begins a header of its own") {
  CHECK(mail_header("Subject", "a\r\nBcc: b@c") == "Subject: a Bcc: b@c\r\n");
  CHECK(mail_header("Subject", "a\nb\rc") == "Subject: a b c\r\n");
}

TEST_CASE("mail: quoted-printable escapes what is not plain, and blanks at the end of a line") {
  CHECK(quoted_printable("a=b\n") == "a=3Db\r\n");
  CHECK(quoted_printable("\xC3\xA4\n") == "=C3=A4\r\n");
  CHECK(quoted_printable("a b \n\n.\n") == "a b=20\r\n\r\n.\r\n");
  CHECK(quoted_printable("") == "");
}

TEST_CASE("mail: quoted-printable lines have 76 characters at most, and no escape is cut") {
  CHECK(quoted_printable(std::string(75, 'a') + "\n") == std::string(75, 'a') + "\r\n");
  CHECK(quoted_printable(std::string(76, 'a') + "\n") == std::string(75, 'a') + "=\r\na\r\n");
  CHECK(quoted_printable(std::string(74, 'a') + "=\n") == std::string(74, 'a') + "=\r\n=3D\r\n");
}
