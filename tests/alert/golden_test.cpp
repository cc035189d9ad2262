#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "alert/render.h"
#include "alert/samples.h"

// The bodies that receivers have learned to read, byte for byte. A difference is a change of what we promise.
// After an intended one: `alert_tests --no-skip -tc="golden: rewrite*"` writes the files anew, fails so that it cannot
// be mistaken for a passing test, and leaves the review to `git diff`.

using namespace alert;

namespace {

struct Golden {
  verdict::Cause cause;
  State state;
  Channel channel;
};

std::vector<Golden> all_golden() {
  std::vector<Golden> all;
  for (const Channel channel : {Channel::kSlack, Channel::kWebhook}) {
    for (const verdict::Cause cause : verdict::all_causes()) {
      all.push_back({cause, State::kOpened, channel});
      all.push_back({cause, State::kResolved, channel});
    }
    all.push_back({verdict::Cause::kRoleReduced, State::kUpdated, channel});
  }
  return all;
}

std::string path_of(const Golden& golden) {
  std::ostringstream path;
  path << TEST_DATA << "/alert/golden/" << to_text(golden.channel) << '/' << to_text(golden.cause) << '-'
       << to_text(golden.state) << ".json";
  return path.str();
}

std::string rendered(const Golden& golden) {
  return render(golden.channel, samples::alert(golden.cause, golden.state));
}

}  // namespace

TEST_CASE("golden: every cause is told in the recorded bytes") {
  for (const Golden& golden : all_golden()) {
    const std::string path = path_of(golden);
    CAPTURE(path);
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file.good());
    std::ostringstream recorded;
    recorded << file.rdbuf();
    CHECK(recorded.str() == rendered(golden));
  }
}

TEST_CASE("golden: rewrite the files" * doctest::skip()) {
  for (const Golden& golden : all_golden()) std::ofstream(path_of(golden), std::ios::binary) << rendered(golden);
  FAIL("golden files written; read their differences");
}
