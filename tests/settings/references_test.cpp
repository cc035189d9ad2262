#include "settings/references.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "settings/fixtures.h"

namespace settings {
namespace {

namespace fs = std::filesystem;

/// A file that is gone at the end of the test, mode 0600.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text)
      : path_(fs::temp_directory_path() / ("adsauditd-settings-" + std::to_string(::getpid()))) {
    std::ofstream(path_) << text;
    fs::permissions(path_, fs::perms::owner_read | fs::perms::owner_write);
  }
  ~TemporaryFile() { fs::remove(path_); }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

/// One value of a file with one line, and what became of it.
struct Outcome {
  std::optional<std::string> text;
  std::vector<Complaint> complaints;
};
Outcome resolve_text(const std::string& text, Content content = Content::kPlain) {
  const std::vector<Source> sources{{"a.yaml", "name: " + text + "\n"}};
  Complaints complaints(sources);
  Node node;
  node.kind = Node::Kind::kText;
  node.place = {0, 1, 7};
  node.text = text;
  auto resolved = resolve(node, content, test_references(), complaints);
  return {std::move(resolved), complaints.take()};
}

}  // namespace

TEST_CASE("references: text without one stays as it is") {
  for (const char* text : {"", "plain", "$", "$5", "a$b", "{x}", "$ {env:OWNER}"})
    CHECK(resolve_text(text).text == text);
}

TEST_CASE("references: they are replaced in place, all of them, once") {
  CHECK(resolve_text("${env:OWNER}").text == "ads-ops");
  CHECK(resolve_text("<${env:OWNER}|${env:OWNER}>").text == "<ads-ops|ads-ops>");
  CHECK(resolve_text("$${env:OWNER}").text == "$ads-ops");
  CHECK(resolve_text("${env:LOOKS_LIKE_A_REFERENCE}").text == "${env:OWNER}");
  CHECK(resolve_text("${cred:brand-a.token}").text == "2417045708-brand-a");
}

TEST_CASE("references: one line end at the end of a file is not part of its text") {
  {
    const TemporaryFile file("secret\n");
    CHECK(resolve_text("${file:" + file.path() + "}").text == "secret");
  }
  {
    const TemporaryFile file("secret\r\n");
    CHECK(resolve_text("${file:" + file.path() + "}").text == "secret");
  }
  const TemporaryFile file("secret\n\n");
  CHECK(resolve_text("${file:" + file.path() + "}").text == "secret\n");
}

TEST_CASE("references: a file holds 64 KiB at most") {
  {
    const TemporaryFile file(std::string(64 * 1024, 'x'));
    CHECK(resolve_text("${file:" + file.path() + "}").text.has_value());
  }
  const TemporaryFile file(std::string(64 * 1024 + 1, 'x'));
  const Outcome outcome = resolve_text("${file:" + file.path() + "}");
  CHECK_FALSE(outcome.text.has_value());
  REQUIRE(outcome.complaints.size() == 1);
  CHECK(outcome.complaints[0].message == file.path() + " is larger than 64 KiB");
}

TEST_CASE("references: a secret that everyone can read is used with a warning") {
  const TemporaryFile file("secret");
  CHECK(resolve_text("${file:" + file.path() + "}", Content::kSecret).complaints.empty());
  fs::permissions(file.path(), fs::perms::others_read, fs::perm_options::add);
  CHECK(resolve_text("${file:" + file.path() + "}").complaints.empty());
  const Outcome outcome = resolve_text("${file:" + file.path() + "}", Content::kSecret);
  CHECK(outcome.text == "secret");
  REQUIRE(outcome.complaints.size() == 1);
  CHECK(outcome.complaints[0].warning);
  CHECK(outcome.complaints[0].message ==
        "everyone on this machine can read " + file.path() + "; run chmod o-rwx " + file.path());
}

TEST_CASE("references: a complaint points at the reference, not at the value") {
  const Outcome outcome = resolve_text("for ${env:NOT_SET}");
  CHECK_FALSE(outcome.text.has_value());
  REQUIRE(outcome.complaints.size() == 1);
  CHECK(outcome.complaints[0].column == 11);
  CHECK(outcome.complaints[0].message == "the environment variable NOT_SET is not set");
}

TEST_CASE("references: odd ones are refused") {
  for (const char* text :
       {"${env:}", "${env:1X}", "${env:A B}", "${env:A-B}", "${cred:}", "${cred:../x}", "${cred:.x}", "${cred:a/b}",
        "${file:}", "${file:x}", "${}", "${env}", "${ENV:OWNER}", "${env:OWNER", "${file:/dev/zero}"}) {
    CAPTURE(text);
    const Outcome outcome = resolve_text(text);
    CHECK_FALSE(outcome.text.has_value());
    CHECK(outcome.complaints.size() == 1);
  }
}

TEST_CASE("references: without systemd a credential says what to do") {
  const std::vector<Source> sources{{"a.yaml", "key: ${cred:master}\n"}};
  Complaints complaints(sources);
  Node node;
  node.kind = Node::Kind::kText;
  node.place = {0, 1, 6};
  node.text = "${cred:master}";
  CHECK_FALSE(resolve(node, Content::kSecret, {}, complaints).has_value());
  CHECK(complaints.take()[0].message ==
        "there is no credential master, because systemd did not start this program; run it as a service with "
        "LoadCredential=master:/path, or use ${file:/path}");
}

TEST_CASE("references: credentials are also found as systemd names the files of a directory") {
  const std::vector<Source> sources{{"a.yaml", "key: ${cred:master}\n"}};
  const auto directory = fs::temp_directory_path() / ("adsauditd-credentials-" + std::to_string(::getpid()));
  const auto look_up = [&](const std::string& text) {
    Complaints complaints(sources);
    Node node;
    node.kind = Node::Kind::kText;
    node.place = {0, 1, 6};
    node.text = text;
    auto value = resolve(node, Content::kSecret, {.credentials_directory = directory.string()}, complaints);
    return value ? *value : complaints.take()[0].message;
  };
  fs::create_directory(directory);
  std::ofstream(directory / "plain") << "one";
  std::ofstream(directory / "credentials_plain") << "other";
  std::ofstream(directory / "credentials_listed") << "two";
  std::ofstream(directory / "encrypted_sealed") << "three";
  CHECK(look_up("${cred:plain}") == "one");
  CHECK(look_up("${cred:listed}") == "two");
  CHECK(look_up("${cred:sealed}") == "three");
  CHECK(look_up("${cred:gone}") ==
        "there is no credential gone; put its value into the file /etc/adsauditd/credentials/gone, or add "
        "LoadCredential=gone:/path to the unit of adsauditd");
  const References references{.credentials_directory = directory.string()};
  CHECK(file_of_reference("${cred:plain}", references) == (directory / "plain").string());
  CHECK(file_of_reference("${cred:listed}", references) == (directory / "credentials_listed").string());
  CHECK_FALSE(file_of_reference("${cred:gone}", references));
  fs::remove_all(directory);
}

TEST_CASE("references: a file is told of a text that is one reference to a file and nothing else") {
  CHECK(file_of_reference("${file:/a/b}", {}) == "/a/b");
  CHECK_FALSE(file_of_reference("${file:/a/b}x", {}));
  CHECK_FALSE(file_of_reference("${env:A}", {}));
  CHECK_FALSE(file_of_reference("${cred:a}", {}));
  CHECK_FALSE(file_of_reference("/a/b", {}));
  CHECK_FALSE(file_of_reference("${}", {}));
}

TEST_CASE("references: a whole reference is told from a text that holds one") {
  CHECK(is_reference("${env:A}"));
  CHECK_FALSE(is_reference("x${env:A}"));
  CHECK_FALSE(is_reference("${env:A}x"));
  CHECK_FALSE(is_reference("${env:A}${env:B}"));
  CHECK_FALSE(is_reference("${env:A"));
  CHECK_FALSE(is_reference(""));
  CHECK(has_reference("x${"));
  CHECK_FALSE(has_reference("$x"));
}

}  // namespace settings
