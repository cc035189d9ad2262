// Every target on all that is kept of its corpus: what the fuzzer found once stays found, without a fuzzer.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "fuzz/targets.h"

namespace {

const std::map<std::string, void (*)(std::string_view)> kTargets{
    {"json", fuzz::json},       {"classify", fuzz::classify},   {"answer", fuzz::answer},
    {"url", fuzz::url},         {"address", fuzz::address},     {"smtp", fuzz::smtp},
    {"match", fuzz::match},     {"words", fuzz::words},         {"change_log", fuzz::change_log},
    {"sealed", fuzz::sealed},   {"settings", fuzz::settings},   {"scenario", fuzz::scenario},
    {"request", fuzz::request}, {"call_back", fuzz::call_back}, {"control", fuzz::control}};
const std::filesystem::path kCorpora = std::string(TEST_DATA) + "/fuzz";

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace

TEST_CASE("fuzz: every target takes all that is kept of its corpus, and any start and end of it") {
  for (const auto& [name, target] : kTargets) {
    INFO(name);
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(kCorpora / name)) {
      INFO(entry.path());
      const auto bytes = content_of(entry.path());
      target(bytes);
      target(std::string_view(bytes).substr(0, bytes.size() / 2));
      target(std::string_view(bytes).substr(bytes.size() / 3));
      ++files;
    }
    CHECK(files > 0);
  }
}

TEST_CASE("fuzz: no corpus is without its target, and all are small") {
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kCorpora)) {
    if (entry.is_directory()) CHECK_MESSAGE(kTargets.contains(entry.path().filename()), entry.path());
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  CHECK(bytes < 200 * 1024);
}
