#include "http/url.h"

#include <doctest/doctest.h>

using http::parse_url;

TEST_CASE("url: an https URL is taken apart") {
  const auto url = parse_url("https://ads-api.x.com/12/accounts?count=200&cursor=a%2Fb");
  REQUIRE(url);
  CHECK(url.value().tls);
  CHECK(url.value().host == "ads-api.x.com");
  CHECK(url.value().port == "443");
  CHECK(url.value().target == "/12/accounts?count=200&cursor=a%2Fb");
  CHECK(url.value().authority() == "ads-api.x.com");
}

TEST_CASE("url: scheme and host are told without case") {
  const auto url = parse_url("HTTPS://Hooks.Slack.COM/services/T0/B0");
  REQUIRE(url);
  CHECK(url.value().host == "hooks.slack.com");
  CHECK(url.value().target == "/services/T0/B0");
}

TEST_CASE("url: a path that is left out is the root") {
  CHECK(parse_url("https://host").value().target == "/");
  CHECK(parse_url("https://host?a=b").value().target == "/?a=b");
}

TEST_CASE("url: the authority names a port only when it is not the scheme's own") {
  CHECK(parse_url("http://host/").value().port == "80");
  CHECK(parse_url("http://host:80/").value().authority() == "host");
  CHECK(parse_url("http://host:443/").value().authority() == "host:443");
  CHECK(parse_url("https://host:/").value().port == "443");
  CHECK(parse_url("https://host:08443/").value().authority() == "host:8443");
}

TEST_CASE("url: an IPv6 literal loses its brackets and gets them back in the authority") {
  const auto url = parse_url("https://[2001:DB8::1]:8443/hook");
  REQUIRE(url);
  CHECK(url.value().host == "2001:db8::1");
  CHECK(url.value().authority() == "[2001:db8::1]:8443");
}

TEST_CASE("url: what is not fit for a request is refused") {
  const char* const kUnfit[] = {"",
                                "/path",
                                "host/path",
                                "//host/path",
                                "https:",
                                "https:///path",
                                "https://:443/",
                                "ftp://host/",
                                "file:///etc/passwd",
                                "https://user@host/",
                                "https://user:secret@host/",
                                "https://@host/",
                                "https://host/#fragment",
                                "https://host/a b",
                                "https://host/\r\nX: y",
                                "https://host:0/",
                                "https://host:65536/",
                                "https://host:99999999999999999999/",
                                "https://host:8a/",
                                "https://host:80:90/",
                                "https://host:secret",
                                "https://ho st/",
                                "https://h%6fst/",
                                "https://host%00.example/",
                                "https://./",
                                "https://../",
                                "https://a..b/",
                                "https://.host/",
                                "https://host\\@other/",
                                "https://[::1/",
                                "https://[v1.x]/",
                                "https://[fe80::1%25eth0]/",
                                "https://h\xC3\xB6st/",
                                " https://host/"};
  for (const char* text : kUnfit) {
    CAPTURE(std::string(text));
    CHECK_FALSE(parse_url(text));
  }
}

TEST_CASE("url: one closing dot is part of a host name") { CHECK(parse_url("https://host./").value().host == "host."); }

TEST_CASE("url: a URL may have 8192 bytes and no more") {
  const std::string longest = "https://host/" + std::string(8192 - 13, 'a');
  CHECK(parse_url(longest));
  CHECK_FALSE(parse_url(longest + "a"));
}

TEST_CASE("url: a complaint does not repeat the URL") {
  CHECK(parse_url("https://user:hunter2@host/").error().find("hunter2") == std::string::npos);
  CHECK(parse_url("https://host:hunter2/").error().find("hunter2") == std::string::npos);
}

TEST_CASE("url: a mail server's URL has a host and a port, by default the one for submission") {
  const auto url = http::parse_mail_url("smtp://Mail.Example");
  REQUIRE(url);
  CHECK_FALSE(url.value().tls);
  CHECK(url.value().host == "mail.example");
  CHECK(url.value().port == "587");
  CHECK(http::parse_mail_url("SMTPS://mail.example/").value().tls);
  CHECK(http::parse_mail_url("smtps://mail.example").value().port == "465");
  CHECK(http::parse_mail_url("smtp://mail.example:25").value().port == "25");
  CHECK(http::parse_mail_url("smtp://[2001:DB8::1]:2525").value().host == "2001:db8::1");
}

TEST_CASE("url: a mail server's URL holds nothing else") {
  const char* const kUnfit[] = {"",
                                "mail.example:587",
                                "smtp:mail.example",
                                "https://mail.example",
                                "smtp://user@mail.example",
                                "smtp://user:hunter2@mail.example",
                                "smtp://mail.example/my.name",
                                "smtp://mail.example?a=b",
                                "smtp://mail.example#a",
                                "smtp://mail.example:0",
                                "smtp://mail.example:5a7",
                                "smtp://mail example"};
  for (const char* text : kUnfit) {
    CAPTURE(std::string(text));
    const auto url = http::parse_mail_url(text);
    CHECK_FALSE(url);
    CHECK((url || url.error().find("hunter2") == std::string::npos));
  }
}

TEST_CASE("url: mail and the web do not take each other's URLs") {
  CHECK_FALSE(parse_url("smtp://mail.example"));
  CHECK(parse_url("smtp://mail.example").error() == "the URL's scheme is neither https nor http");
  CHECK(http::is_mail_url("SmtpS://mail.example"));
  CHECK_FALSE(http::is_mail_url("https://mail.example"));
  CHECK_FALSE(http::is_mail_url("smtp"));
}
