#include "settings/listing.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/json.h"
#include "settings/fixtures.h"

namespace settings {
namespace {

/// A file that is there for one test.
class File {
 public:
  explicit File(const std::string& text)
      : path((std::filesystem::temp_directory_path() / ("settings-" + std::to_string(::getpid()) + ".yaml")).string()) {
    std::ofstream(path) << text;
  }
  ~File() { std::filesystem::remove(path); }
  const std::string path;
};

/// "value (origin)", the origin without the folder.
std::string shown(const std::vector<Setting>& all, const std::string& path) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Setting& one) { return one.path == path; });
  if (found == all.end()) return "not listed";
  return found->value + " (" + found->origin.substr(found->origin.rfind('/') + 1) + ")";
}

}  // namespace

TEST_CASE("listing: what is given has its place, what is not has its default") {
  const File file(
      "store: {key: \"${env:KEY}\"}\n"
      "audit:\n"
      "  interval: 5m\n"
      "routes:\n"
      "  - {match: {severity: [critical, warning]}, to: [ops]}\n"
      "  - to: ops\n"
      "destinations: [{name: ops, type: webhook, url: https://x.example/secret, secret: literal}]\n");
  const auto all = list_file(file.path);
  const std::string name = file.path.substr(file.path.rfind('/') + 1);
  CHECK(shown(all, "audit.interval") == "5m (" + name + ":3)");
  CHECK(shown(all, "audit.intervals.archive") == "6h (default)");
  CHECK(shown(all, "audit.jitter") == "10% (default)");
  CHECK(shown(all, "audit.confirm.count") == "2 (default)");
  CHECK(shown(all, "api.max_in_flight") == "64 (default)");
  CHECK(shown(all, "log.format") == "auto (default)");
  CHECK(shown(all, "store.path") == "/var/lib/adsauditd/adsauditd.db (default)");
  CHECK(shown(all, "store.key") == "${env:KEY} (" + name + ":1)");
  CHECK(shown(all, "routes[0].match.severity") == "[critical, warning] (" + name + ":5)");
  CHECK(shown(all, "routes[1].group_by") == "incident (default)");
  CHECK(shown(all, "destinations[0].url") == "*** (" + name + ":7)");
  CHECK(shown(all, "destinations[0].secret") == "*** (" + name + ":7)");
  CHECK(shown(all, "destinations[0].template") == "not listed");
  CHECK(shown(all, "maintenance") == "[] (default)");
}

TEST_CASE("listing: a broken file has no settings") {
  const File file("store: [\n");
  CHECK(list_file(file.path).empty());
  CHECK(list_file("/nonexistent/adsauditd.yaml").empty());
}

TEST_CASE("listing: where the database is, even when the settings are broken") {
  const auto path_in = [](const std::string& text) {
    const File file(text);
    return store_path_in(file.path, test_references());
  };
  CHECK(path_in("store: {path: /a.db}\nunknown: 1\n") == "/a.db");
  CHECK(path_in("store:\n  # path: /no.db\n  path: \"/a b.db\"  # here\n}\n") == "/a b.db");
  CHECK(path_in("log:\n  path: /no.db\nstore:\n  key: x\n  path: /a.db\n: :\n}\n") == "/a.db");
  CHECK(path_in("store: {path: \"${env:OWNER}\"}\n") == "ads-ops");
  CHECK(path_in("nothing: here\n") == "/var/lib/adsauditd/adsauditd.db");
  CHECK(path_in("\xFF\xFE") == "/var/lib/adsauditd/adsauditd.db");
  CHECK(store_path_in("/nonexistent/a.yaml", test_references()) == "/var/lib/adsauditd/adsauditd.db");
}

TEST_CASE("schema: it is JSON, and knows every section") {
  const auto json = base::parse_json(json_schema());
  REQUIRE(json);
  const auto* properties = base::find_member(json.value(), "properties");
  REQUIRE(properties != nullptr);
  for (const char* section : {"api", "store", "apps", "tokens", "audit", "budget", "expect", "destinations", "routes",
                              "maintenance", "status", "metrics", "log"})
    CHECK_MESSAGE(base::find_member(*properties, section) != nullptr, section);
}

}  // namespace settings
