#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "alert/form.h"
#include "alert/render.h"
#include "alert/samples.h"

// The bodies that receivers have learned to read, byte for byte. A difference is a change of what we promise.
// After an intended one: `alert_tests --no-skip -tc="golden: rewrite*"` writes the files anew, fails so that it cannot
// be mistaken for a passing test, and leaves the review to `git diff`.

using namespace alert;

namespace {

struct Golden {
  Channel channel;
  std::string name;
  std::string body;
};

std::string name_of(verdict::Cause cause, State state) {
  return std::string(verdict::to_text(cause)).append("-").append(to_text(state));
}

std::vector<Golden> all_golden() {
  std::vector<Golden> all;
  const auto add = [&](Channel channel, verdict::Cause cause, State state) {
    all.push_back({channel, name_of(cause, state), render(channel, samples::alert(cause, state))});
  };
  for (const Channel channel : all_channels()) {
    for (const verdict::Cause cause : verdict::all_causes()) {
      add(channel, cause, State::kOpened);
      add(channel, cause, State::kResolved);
    }
    add(channel, verdict::Cause::kRoleReduced, State::kUpdated);
    add(channel, verdict::Cause::kRoleReduced, State::kReminder);
    Alert test = samples::alert(verdict::Cause::kRoleReduced, State::kOpened);
    test.test = true;
    all.push_back({channel, "test", render(channel, test)});
    if (!form_of(channel).manner().digests) continue;
    all.push_back({channel, "digest", render(channel, samples::digest())});
    all.push_back({channel, "notice", render(channel, samples::notice())});
  }
  return all;
}

std::string path_of(const Golden& golden) {
  const char* extension = golden.channel == Channel::kEmail ? ".eml" : ".json";
  std::ostringstream path;
  path << TEST_DATA << "/alert/golden/" << to_text(golden.channel) << '/' << golden.name << extension;
  return path.str();
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
    CHECK(recorded.str() == golden.body);
  }
}

TEST_CASE("golden: rewrite the files" * doctest::skip()) {
  for (const Golden& golden : all_golden()) {
    std::filesystem::create_directories(std::filesystem::path(path_of(golden)).parent_path());
    std::ofstream(path_of(golden), std::ios::binary) << golden.body;
  }
  FAIL("golden files written; read their differences");
}
