#include "view/site_pages.h"

#include <doctest/doctest.h>

#include "report_sample.h"
#include "view/site_style.h"

using namespace report_sample;

namespace {

const std::string kEvil = "<script>alert('1')</script>\"&\x1b[31m\u202e";
const view::SiteOptions kOptions{.version = "1.2.3", .destinations = {{kEvil, "slack"}}, .bound = 17min};

view::Overview overview(Sample& sample) { return view::read_overview(sample.store(), {}, kOptions, day(30)); }

bool has(const std::string& page, std::string_view text) { return page.find(text) != std::string::npos; }

/// Every element that was opened is closed, and nothing else is.
bool balanced(const std::string& page) {
  std::vector<std::string> open;
  const auto begin = page.find("<html");
  for (auto place = page.find('<', begin); place != std::string::npos; place = page.find('<', place + 1)) {
    const bool closing = page[place + 1] == '/';
    const auto first = place + (closing ? 2 : 1);
    const std::string name = page.substr(first, page.find_first_of(" >", first) - first);
    if (name == "meta" || name == "link" || name == "input") continue;
    if (!closing) {
      open.push_back(name);
      continue;
    }
    if (open.empty() || open.back() != name) return false;
    open.pop_back();
  }
  return open.empty();
}

}  // namespace

TEST_CASE("pages: names of strangers stay text, wherever they stand") {
  Sample sample;
  store::Batch names;
  names.accounts = {{"18ce1", kEvil, kEvil, true}};
  sample.store().commit(names);
  sample.incident(verdict::Cause::kTokenRevoked, sample.a(), "", day(1), std::nullopt, {}, {kEvil});
  const auto incidents = sample.store().incidents({});
  const auto incident = view::read_incident(sample.store(), incidents.back().id, kOptions, day(30));
  const auto account = view::read_account(sample.store(), "18ce1", kOptions, day(30));
  REQUIRE(incident);
  REQUIRE(account);
  for (const auto& page : {view::overview_page(overview(sample)), view::incident_page(*incident),
                           view::account_page(*account), view::message_page(kEvil, kEvil)}) {
    CHECK(balanced(page));
    CHECK_FALSE(has(page, "<script"));
    CHECK_FALSE(has(page, "\x1b"));
    CHECK_FALSE(has(page, " style="));
    CHECK_FALSE(has(page, "http://"));
  }
  CHECK(has(view::overview_page(overview(sample)), "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;"));
}

TEST_CASE("pages: the first thing is how it is, in a word") {
  Sample sample;
  CHECK(has(view::overview_page(overview(sample)), "</span> 1 open incident</h1>"));
  sample.incident(verdict::Cause::kAuditBlind, {}, "", day(2), std::nullopt);
  CHECK(has(view::overview_page(overview(sample)), "</span> Blind: not everything can be seen</h1>"));
  view::Overview none{.now = day(0), .strip = {day(-30), day(0)}};
  CHECK(has(view::overview_page(none), "Nothing is watched yet"));
  CHECK(has(view::overview_page(none), "adsauditd token authorize"));
  none.totals.pairs = 1;
  CHECK(has(view::overview_page(none), "</span> No incident is open</h1>"));
  none.gauges["written_at_ms"] = base::to_epoch_ms(none.now);
  CHECK(has(view::overview_page(none), "</span> All well</h1>"));
}

TEST_CASE("pages: a daemon that writes nothing is told loudly") {
  view::Overview seen{.now = day(0), .strip = {day(-30), day(0)}};
  CHECK(has(view::overview_page(seen), "has written no figures of itself yet"));
  seen.gauges["written_at_ms"] = base::to_epoch_ms(day(0) - 4min);
  CHECK_FALSE(has(view::overview_page(seen), "has written"));
  seen.gauges["written_at_ms"] = base::to_epoch_ms(day(0) - 2h);
  CHECK(has(view::overview_page(seen), "</span> Blind: the daemon is silent</h1>"));
  CHECK(has(view::overview_page(seen), "has written nothing for 2h"));
}

TEST_CASE("pages: what does not fit is counted, and the next page is named") {
  Sample sample;
  auto seen = overview(sample);
  seen.totals.open_incidents[verdict::Cause::kTokenRevoked] = 70;
  seen.totals.explained = 60;
  seen.next = store::PairPlace{"a b&c", "18ce2"};
  seen.asked.token = "x<y";
  const auto page = view::overview_page(seen);
  CHECK(has(page, "60 more are not listed here: an incident of the app explains them."));
  CHECK(has(page, "10 more are not listed here. All: adsauditd incidents"));
  CHECK(has(page, "href=\"/?token=x%3Cy&amp;after_token=a%20b%26c&amp;after_account=18ce2#pairs\""));
}

TEST_CASE("pages: rate limits are told as X has told them") {
  Sample sample;
  auto seen = overview(sample);
  store::BucketRow bucket{"account/18ce1/access", {}, false};
  bucket.state.limit = 2000;
  bucket.state.remaining = 500;
  bucket.state.reset = seen.now + 5min;
  bucket.state.yielding_until = seen.now + 2min;
  seen.pairs[0].buckets = {bucket};
  const auto page = view::overview_page(seen);
  CHECK(has(page, "aria-label=\"75 percent used\""));
  CHECK(has(page, "Ad account: 500 of 2000 left; left to others for 2m"));
  seen.pairs[0].buckets[0].state.reset = seen.now;  // that window is over
  CHECK(has(view::overview_page(seen), "Ad account: 2000 in 15 minutes"));
}

TEST_CASE("pages: the policy lets in our style and nothing else") {
  CHECK(view::page_policy().starts_with("default-src 'none'; style-src 'sha256-"));
  CHECK_FALSE(has(view::page_policy(), "unsafe"));
  CHECK_FALSE(has(view::page_policy(), "script"));
  CHECK_FALSE(has(std::string(view::site_style()), "</style"));
  CHECK(has(view::message_page("a", "b"), "<style>" + std::string(view::site_style()) + "</style>"));
}
