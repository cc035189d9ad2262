#include "http/address.h"

#include <doctest/doctest.h>

using boost::asio::ip::make_address;

TEST_CASE("address: what the internet routes is public") {
  const char* const kPublic[] = {"8.8.8.8",         "1.1.1.1",
                                 "104.244.42.1",    "9.255.255.255",
                                 "11.0.0.0",        "100.63.0.1",
                                 "100.128.0.1",     "126.255.255.255",
                                 "128.0.0.1",       "169.253.0.1",
                                 "169.255.0.1",     "172.15.255.255",
                                 "172.32.0.1",      "192.0.1.1",
                                 "192.167.1.1",     "192.169.0.1",
                                 "198.17.0.1",      "198.20.0.1",
                                 "223.255.255.255", "2606:4700::1111",
                                 "2a00:1450::200e", "2001:4860:4860::8888",
                                 "::ffff:8.8.8.8",  "64:ff9b::808:808",
                                 "2002:808:808::1", "2001:200::1"};
  for (const char* text : kPublic) {
    CAPTURE(std::string(text));
    CHECK(http::is_public(make_address(text)));
    CHECK_FALSE(http::is_private(make_address(text)));
  }
}

TEST_CASE("address: special addresses are not public") {
  const char* const kSpecial[] = {"0.0.0.0",
                                  "0.1.2.3",
                                  "10.0.0.1",
                                  "10.255.255.255",
                                  "100.64.0.1",
                                  "100.127.255.255",
                                  "127.0.0.1",
                                  "127.255.255.255",
                                  "169.254.169.254",
                                  "172.16.0.1",
                                  "172.31.255.255",
                                  "192.0.0.1",
                                  "192.0.2.1",
                                  "192.88.99.1",
                                  "192.168.0.1",
                                  "198.18.0.1",
                                  "198.19.255.255",
                                  "198.51.100.1",
                                  "203.0.113.1",
                                  "224.0.0.1",
                                  "239.255.255.255",
                                  "240.0.0.1",
                                  "255.255.255.255",
                                  "::",
                                  "::1",
                                  "::8.8.8.8",
                                  "::127.0.0.1",
                                  "fe80::1",
                                  "fe80::1%1",
                                  "febf::1",
                                  "fec0::1",
                                  "fc00::1",
                                  "fd00:ec2::254",
                                  "ff02::1",
                                  "2001:db8::1",
                                  "2001::1",
                                  "2001:10::1",
                                  "3fff::1",
                                  "100::1",
                                  "64:ff9b:1::808:808",
                                  "4000::1",
                                  "5f00::1"};
  for (const char* text : kSpecial) {
    CAPTURE(std::string(text));
    CHECK_FALSE(http::is_public(make_address(text)));
  }
}

TEST_CASE("address: IPv6 that carries a special IPv4 address is not public") {
  const char* const kCarriers[] = {
      "::ffff:127.0.0.1",   "::ffff:169.254.169.254", "::ffff:10.1.2.3",   "64:ff9b::7f00:1",
      "64:ff9b::a9fe:a9fe", "2002:7f00:1::",          "2002:a9fe:a9fe::1", "2002:c0a8:1::1"};
  for (const char* text : kCarriers) {
    CAPTURE(std::string(text));
    CHECK_FALSE(http::is_public(make_address(text)));
  }
}

TEST_CASE("address: loopback, RFC 1918 and unique local addresses are private") {
  const char* const kPrivate[] = {"127.0.0.1",         "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255",
                                  "192.168.1.1",       "::1",       "fc00::1",  "fdff::1",    "::ffff:127.0.0.1",
                                  "::ffff:192.168.0.9"};
  for (const char* text : kPrivate) {
    CAPTURE(std::string(text));
    CHECK(http::is_private(make_address(text)));
  }
}

TEST_CASE("address: other special addresses are not private either") {
  const char* const kOthers[] = {"0.0.0.0", "169.254.169.254", "100.64.0.1", "172.32.0.1",   "224.0.0.1",
                                 "::",      "fe80::1",         "ff02::1",    "2002:a00:1::", "::ffff:169.254.169.254"};
  for (const char* text : kOthers) {
    CAPTURE(std::string(text));
    CHECK_FALSE(http::is_private(make_address(text)));
  }
}
