#include "journal.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>
#include <vector>

#include "alert/explanation.h"
#include "base/digest.h"
#include "base/text.h"

namespace app {
namespace {

constexpr std::size_t kIdBytes = 16;

/// The value behind " key=" in a log line; empty when there is none. Ids and causes stand before any text that is not
/// ours, and the first one counts.
std::string_view value_of(std::string_view line, std::string_view key) {
  const std::string wanted = fmt::format(" {}=", key);
  const std::size_t at = line.find(wanted);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = line.substr(at + wanted.size());
  return rest.substr(0, rest.find(' '));
}

/// No line of an entry may begin with "--", and none of ours does; a long one is broken where a screen would.
std::string wrapped(std::string_view text) {
  constexpr std::size_t kWidth = 79;
  std::string lines;
  std::size_t column = 0;
  for (const auto word : base::split(text, ' ')) {
    const bool breaks = column > 0 && column + 1 + word.size() > kWidth;
    if (column > 0) lines += breaks ? '\n' : ' ';
    column = breaks || column == 0 ? word.size() : column + 1 + word.size();
    lines += word;
  }
  return lines + "\n";
}

}  // namespace

std::vector<LineField> fields_of(std::string_view line) {
  static constexpr std::array<std::pair<std::string_view, std::array<const char*, 4>>, 3> kLines{{
      {"incident ", {"incident", "cause", "token", "account"}},
      {"change recorded ", {"change", "token", "account", nullptr}},
      {"delivery attempted ", {"alert", "destination", nullptr, nullptr}},
  }};
  std::vector<LineField> fields;
  for (const auto& [start, keys] : kLines) {
    if (!line.starts_with(start)) continue;
    if (start == "incident " && !verdict::cause_from_text(value_of(line, "cause"))) continue;
    for (const char* key : keys) {
      if (key != nullptr) fields.push_back({key, std::string(value_of(line, key))});
    }
  }
  return fields;
}

std::string message_id_of(verdict::Cause cause) {
  const auto digest = base::sha256(fmt::format("adsauditd journal message: {}", verdict::to_text(cause)));
  std::string id;
  for (std::size_t i = 0; i < kIdBytes; ++i) id += fmt::format("{:02x}", digest[i]);
  return id;
}

std::string journal_catalog() {
  std::string text =
      "# What the journal tells of adsauditd's incidents (journalctl -x); written by: adsauditd __catalog\n";
  for (const auto cause : verdict::all_causes()) {
    const alert::Explanation& page = alert::explanation_of(cause);
    text += fmt::format(
        "\n-- {}\nSubject: {} (@ADSAUDITD_CAUSE@)\nDefined-By: adsauditd\nDocumentation: man:adsauditd(8)\n\n",
        message_id_of(cause), page.title);
    text += "Token: @ADSAUDITD_TOKEN@, ad account: @ADSAUDITD_ACCOUNT@, incident: @ADSAUDITD_INCIDENT@\n\n";
    text += wrapped(page.meaning) + wrapped(fmt::format("What stops: {}", page.stops)) +
            wrapped(fmt::format("What to do: {}", page.repair)) + wrapped(fmt::format("It closes: {}", page.closes));
    text += "\nAll of it: adsauditd incidents @ADSAUDITD_INCIDENT@\nThe rules: adsauditd explain @ADSAUDITD_CAUSE@\n";
  }
  return text;
}

bool stderr_is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0) return false;
  return fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

bool send_to_journal(int priority, std::string_view line) {
  std::vector<std::string> fields{fmt::format("PRIORITY={}", priority), "SYSLOG_IDENTIFIER=adsauditd",
                                  fmt::format("MESSAGE={}", line)};
  for (const auto& [key, value] : fields_of(line)) {
    std::string name = key;
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'a' ? c - 'a' + 'A' : c; });
    fields.push_back(fmt::format("ADSAUDITD_{}={}", name, value));
    const auto cause = key == "cause" ? verdict::cause_from_text(value) : std::nullopt;
    if (cause) fields.push_back("MESSAGE_ID=" + message_id_of(*cause));
  }
  std::vector<iovec> parts;
  for (std::string& field : fields) parts.push_back({field.data(), field.size()});
  return ::sd_journal_sendv(parts.data(), static_cast<int>(parts.size())) == 0;
}

}  // namespace app
