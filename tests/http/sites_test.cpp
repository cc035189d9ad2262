#include "http/sites.h"

#include <doctest/doctest.h>

using http::Reach;
using http::Sites;

namespace {

http::Site* site_of(Sites& sites, const std::string& url, Reach reach = Reach::kAnyAddress) {
  return sites.find(url, reach).value().site;
}

std::string target_of(Sites& sites, const std::string& url) {
  return sites.find(url, Reach::kAnyAddress).value().target;
}

}  // namespace

TEST_CASE("sites: another host, port, scheme or reach is another site") {
  Sites sites;
  const auto* site = site_of(sites, "https://host/a");
  CHECK(site_of(sites, "https://host/b") == site);
  CHECK(site_of(sites, "https://other/a") != site);
  CHECK(site_of(sites, "https://host:444/a") != site);
  CHECK(site_of(sites, "http://host:443/a") != site);
  CHECK(site_of(sites, "https://host/a", Reach::kPublicAddress) != site);
  CHECK(site_of(sites, "HTTPS://HOST:443/a") == site);
}

TEST_CASE("sites: a host that begins like the last one is another") {
  Sites sites;
  const auto* site = site_of(sites, "https://host/a");
  CHECK(site_of(sites, "https://host.example/a") != site);
  CHECK(site_of(sites, "https://host:444/a") != site);
  CHECK_FALSE(sites.find("https://host@evil.example/a", Reach::kAnyAddress));
}

TEST_CASE("sites: the target is the same whether the host is known or not") {
  for (const char* target : {"/", "/12/accounts?count=200&cursor=a%2Fb", "//a", "/?", "/a;b=c/@:!$&'()*+,=~"}) {
    CAPTURE(std::string(target));
    Sites sites;
    const std::string url = std::string("https://host:8443") + target;
    CHECK(target_of(sites, url) == target);
    CHECK(target_of(sites, url) == target);
  }
}

TEST_CASE("sites: a known host does not let a bad URL through") {
  Sites sites;
  REQUIRE(sites.find("https://host/a", Reach::kAnyAddress));
  for (const char* rest :
       {"/a b", "/\r\nX: y", "/#fragment", "/%zz", "/h\xC3\xB6st", ":secret", "\\@other/", "@other/"}) {
    CAPTURE(std::string(rest));
    CHECK_FALSE(sites.find(std::string("https://host") + rest, Reach::kAnyAddress));
  }
  CHECK_FALSE(sites.find("https://host/" + std::string(8192, 'a'), Reach::kAnyAddress));
}

TEST_CASE("sites: a URL without a path leads to the root") {
  Sites sites;
  CHECK(target_of(sites, "https://host") == "/");
  CHECK(target_of(sites, "https://host?a=b") == "/?a=b");
  CHECK(target_of(sites, "https://host/c") == "/c");
}

TEST_CASE("sites: the authority names what the Host header must") {
  Sites sites;
  CHECK(site_of(sites, "https://host/a")->authority == "host");
  CHECK(site_of(sites, "https://[2001:DB8::1]:8443/hook")->authority == "[2001:db8::1]:8443");
}
