#include "view/site_query.h"

#include <doctest/doctest.h>

namespace {

std::string complaint(const std::function<void()>& ask) {
  try {
    ask();
  } catch (const view::BadQuestion& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("site: which pairs a target asks for") {
  const auto none = view::pair_query_of("/", 50);
  CHECK_FALSE(none.token);
  CHECK_FALSE(none.after);
  CHECK(none.limit == 50);
  CHECK(view::pair_query_of("/?token=&account=", 50).token == std::nullopt);  // an empty form
  const auto some = view::pair_query_of("/?token=a%20b&limit=7&after_token=x&after_account=y", 50);
  CHECK(some.token == "a b");
  CHECK(some.limit == 7);
  CHECK(some.after == store::PairPlace{"x", "y"});
}

TEST_CASE("site: which incidents and changes a target asks for") {
  const auto incidents = view::incident_query_of("/?all=yes&cause=token.revoked&since=2026-11-23", 5);
  CHECK_FALSE(incidents.open_only);
  CHECK(incidents.causes == std::vector<std::string>{"token.revoked"});
  CHECK(incidents.since == base::parse_instant("2026-11-23T00:00:00Z").value());
  CHECK(view::incident_query_of("/", 5).open_only);
  const auto history = view::history_query_of("/?kind=changed&before=9&latest=yes&until=2026-11-23T10:15:00Z", 5);
  CHECK(history.kinds == std::vector<std::string>{"changed"});
  CHECK(history.before_number == 9);
  CHECK(history.latest_first);
  CHECK(history.until == base::parse_instant("2026-11-23T10:15:00Z").value());
}

TEST_CASE("site: a question that cannot be understood says why and repeats nothing") {
  const std::string evil = "%3Cscript%3E";
  const std::vector<std::string> complaints{
      complaint([&] { view::pair_query_of("/?" + evil + "=1", 5); }),
      complaint([&] { view::pair_query_of("/?limit=" + evil, 5); }),
      complaint([&] { view::pair_query_of("/?limit=0", 5); }),
      complaint([&] { view::pair_query_of("/?limit=1001", 5); }),
      complaint([&] { view::pair_query_of("/?limit=99999999999999999999", 5); }),
      complaint([&] { view::pair_query_of("/?after_token=script", 5); }),
      complaint([&] { view::pair_query_of("/?token=script&token=b", 5); }),
      complaint([&] { view::incident_query_of("/?cause=" + evil, 5); }),
      complaint([&] { view::incident_query_of("/?all=script", 5); }),
      complaint([&] { view::history_query_of("/?kind=" + evil, 5); }),
      complaint([&] { view::history_query_of("/?since=" + evil, 5); }),
      complaint([&] { view::require_no_query("/?a=script"); }),
      complaint([&] { view::require_no_query("/?a=%"); }),
  };
  for (const auto& text : complaints) {
    CAPTURE(text);
    CHECK_FALSE(text.empty());
    CHECK(text.find("script") == std::string::npos);
  }
  CHECK(complaint([&] { view::require_no_query("/"); }).empty());
}
