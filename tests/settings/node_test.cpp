#include "settings/node.h"

#include <doctest/doctest.h>

#include "settings/parse.h"

namespace settings {
namespace {

struct Outcome {
  Node root;
  std::vector<Complaint> complaints;
};
Outcome merged(const std::string& first, const std::string& second) {
  const std::vector<Source> sources{{"a.yaml", first}, {"b.yaml", second}};
  Complaints complaints(sources);
  auto into = parse(sources, 0, complaints);
  auto from = parse(sources, 1, complaints);
  REQUIRE(into.has_value());
  REQUIRE(from.has_value());
  merge(*into, std::move(*from), complaints);
  return {std::move(*into), complaints.take()};
}

}  // namespace

TEST_CASE("merge: mappings are joined and lists grow") {
  const Outcome outcome = merged("api: {a: 1}\napps: [x]\n", "api: {b: 2}\napps: [y]\nlog: {c: 3}\n");
  CHECK(outcome.complaints.empty());
  CHECK(find(*find(outcome.root, "api"), "a")->text == "1");
  CHECK(find(*find(outcome.root, "api"), "b")->text == "2");
  CHECK(find(outcome.root, "apps")->children[1].text == "y");
  CHECK(find(*find(outcome.root, "log"), "c")->place == Place{1, 3, 10});
}

TEST_CASE("merge: a value that both give is an error, also when they are equal or of two kinds") {
  CHECK(merged("api: {a: 1}\n", "api: {a: 1}\n").complaints.size() == 1);
  const Outcome outcome = merged("api: {a: 1}\n", "api: [a]\n");
  REQUIRE(outcome.complaints.size() == 1);
  CHECK(outcome.complaints[0].file == "b.yaml");
  CHECK(outcome.complaints[0].message == "is set twice, here and at a.yaml:1:1; remove one");
}

TEST_CASE("merge: a section without content takes what the other file gives") {
  CHECK(find(*find(merged("api:\n", "api: {a: 1}\n").root, "api"), "a")->text == "1");
  CHECK(find(*find(merged("api: {a: 1}\n", "api:\n").root, "api"), "a")->text == "1");
}

TEST_CASE("find: only mappings have keys") {
  CHECK(find(merged("api: {a: 1}\n", "").root, "b") == nullptr);
  CHECK(find(Node{}, "a") == nullptr);
}

}  // namespace settings
