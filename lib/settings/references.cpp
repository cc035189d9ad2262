#include "settings/references.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace settings {
namespace {

constexpr std::array<std::string_view, 3> kKinds{"file", "cred", "env"};
/// What systemd puts before the name of a file that it loads with a whole directory: the id that the unit gives it.
constexpr std::array<std::string_view, 3> kCredentialPrefixes{"", "credentials_", "encrypted_"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Nothing, and perhaps an error, when none is found.
std::optional<std::string> credential_file(const std::string& folder, std::string_view name, std::error_code& error) {
  for (const std::string_view prefix : kCredentialPrefixes) {
    std::string path = fmt::format("{}/{}{}", folder, prefix, name);
    if (std::filesystem::exists(path, error)) return path;
    if (error) return std::nullopt;
  }
  return std::nullopt;
}

/// Takes the references of one value one after the other.
class Resolver {
 public:
  Resolver(const Node& node, Content content, const References& references, Complaints& complaints)
      : node_(node), content_(content), references_(references), complaints_(complaints) {}

  std::optional<std::string> run() {
    std::string resolved;
    std::string_view rest = node_.text;
    for (std::size_t begin; (begin = rest.find("${")) != std::string_view::npos;) {
      resolved += rest.substr(0, begin);
      rest.remove_prefix(begin);
      offset_ = node_.text.size() - rest.size();
      const std::size_t end = rest.find('}');
      if (end == std::string_view::npos) return fail("this reference has no closing }");
      auto value = look_up(rest.substr(2, end - 2));
      if (!value) return std::nullopt;
      if (resolved.empty())
        resolved = std::move(*value);
      else
        resolved += *value;
      rest.remove_prefix(end + 1);
    }
    resolved += rest;
    return resolved;
  }

 private:
  std::optional<std::string> look_up(std::string_view reference) {
    const std::size_t colon = reference.find(':');
    const std::string_view kind = reference.substr(0, colon);
    const std::string name(colon == std::string_view::npos ? "" : reference.substr(colon + 1));
    if (kind == kKinds[0]) return from_file(name);
    if (kind == kKinds[1]) return from_credential(name);
    if (kind == kKinds[2]) return from_environment(name);
    return fail("this kind of reference is unknown; use ${file:/path}, ${cred:name} or ${env:NAME}");
  }

  std::optional<std::string> from_environment(const std::string& name) {
    bool fits = !name.empty() && !is_digit(name[0]);
    for (const char c : name) fits = fits && (is_letter(c) || is_digit(c) || c == '_');
    if (!fits) return fail("the name of an environment variable is missing or has odd characters; write ${env:NAME}");
    auto value = references_.environment ? references_.environment(name) : std::nullopt;
    if (!value) return fail(fmt::format("the environment variable {} is not set", name));
    return value;
  }

  std::optional<std::string> from_credential(const std::string& name) {
    if (name.empty() || name[0] == '.' || name.find('/') != std::string::npos)
      return fail("the name of a credential is missing or is a path; write ${cred:name}");
    if (references_.credentials_directory.empty())
      return fail(
          fmt::format("there is no credential {}, because systemd did not start this program; run it as a "
                      "service with LoadCredential={}:/path, or use ${{file:/path}}",
                      name, name));
    std::error_code error;
    if (const auto path = credential_file(references_.credentials_directory, name, error)) return read(*path);
    if (error)
      return fail(fmt::format("cannot look for {} in {}: {}; are you root?", name, references_.credentials_directory,
                              error.message()));
    std::error_code ignored;
    if (std::filesystem::exists(fmt::format("/etc/adsauditd/credentials.encrypted/{}", name), ignored))
      return fail(
          fmt::format("the credential {} is encrypted, and only systemd opens it; adsauditd(8) tells how a "
                      "command gets it",
                      name));
    // Where systemd has put them, they are those of the daemon's start.
    const bool started = references_.credentials_directory.starts_with("/run/credentials/");
    return fail(fmt::format(
        "there is no credential {}; put its value into the file /etc/adsauditd/credentials/{}, or add "
        "LoadCredential={}:/path to the unit of adsauditd{}",
        name, name, name, started ? "; a running daemon sees new ones after systemctl restart adsauditd" : ""));
  }

  std::optional<std::string> from_file(const std::string& path) {
    if (path.empty() || path[0] != '/') return fail("a file needs its full path; write ${file:/path}");
    struct stat status {};
    if (content_ == Content::kSecret && ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
        (status.st_mode & S_IROTH) != 0)
      complaints_.warn(place(), node_.path,
                       fmt::format("everyone on this machine can read {}; run chmod o-rwx {}", path, path));
    return read(path);
  }

  /// Without the line end that editors and echo leave.
  std::optional<std::string> read(const std::string& path) {
    std::error_code error;
    const bool regular = std::filesystem::is_regular_file(path, error);
    if (error) return fail(fmt::format("cannot read {}: {}", path, error.message()));
    if (!regular) return fail(fmt::format("{} is not a regular file", path));
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
      return fail(fmt::format("cannot read {}: {}; let the user of adsauditd read it", path, std::strerror(errno)));
    std::string text(kMaxReferencedBytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > kMaxReferencedBytes) return fail(fmt::format("{} is larger than 64 KiB", path));
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    return text;
  }

  /// Where the reference stands; of a text over several lines only the start is known.
  Place place() const {
    Place place = node_.place;
    const std::string_view line = complaints_.lines(place.source)[static_cast<std::size_t>(place.line) - 1];
    const std::size_t begin = static_cast<std::size_t>(place.column) - 1 + (node_.quoted ? 1 : 0);
    const std::string_view up_to_here = std::string_view(node_.text).substr(0, offset_ + 2);
    if (begin < line.size() && line.substr(begin).starts_with(up_to_here))
      place.column = static_cast<int>(begin + offset_) + 1;
    return place;
  }

  std::nullopt_t fail(std::string message) {
    complaints_.error(place(), node_.path, std::move(message));
    return std::nullopt;
  }

  const Node& node_;
  const Content content_;
  const References& references_;
  Complaints& complaints_;
  std::size_t offset_ = 0;  ///< of the reference in the text
};

}  // namespace

bool has_reference(std::string_view text) { return text.find("${") != std::string_view::npos; }

bool is_reference(std::string_view text) { return text.starts_with("${") && text.find('}') == text.size() - 1; }

std::optional<std::string> file_of_reference(std::string_view text, const References& references) {
  if (!is_reference(text)) return std::nullopt;
  const std::string_view inner = text.substr(2, text.size() - 3);
  const std::size_t colon = std::min(inner.find(':'), inner.size());
  const std::string_view name = inner.substr(std::min(colon + 1, inner.size()));
  std::error_code ignored;
  if (inner.substr(0, colon) == kKinds[0]) return std::string(name);
  if (inner.substr(0, colon) != kKinds[1] || references.credentials_directory.empty()) return std::nullopt;
  return credential_file(references.credentials_directory, name, ignored);
}

std::optional<std::string> resolve(const Node& node, Content content, const References& references,
                                   Complaints& complaints) {
  return Resolver(node, content, references, complaints).run();
}

}  // namespace settings
