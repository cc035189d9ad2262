#include "control.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "command_line.h"
#include "complaint_output.h"
#include "service/control_socket.h"

namespace app {

using service::ControlFailure;

namespace {

[[noreturn]] void complain(const std::string& path, const ControlFailure& failure) {
  switch (failure.kind) {
    case ControlFailure::Kind::kNotPermitted:
      throw CommandError(kExitNotPermitted,
                         fmt::format("{}: {}; only root and the user of the daemon may ask it", path, failure.detail));
    case ControlFailure::Kind::kTimedOut:
      throw CommandError(kExitTimedOut, "the daemon has not finished yet: " + failure.detail + "; its log tells more");
    case ControlFailure::Kind::kNobody:
    case ControlFailure::Kind::kBroken:
      break;
  }
  throw CommandError(kExitUnreachable, fmt::format("{}: {}", path, failure.detail));
}

}  // namespace

std::vector<std::string> control_paths(const std::string& store_path) {
  std::vector<std::string> paths;
  if (const char* folders = std::getenv("RUNTIME_DIRECTORY")) {  // several are parted by colons
    const std::string all = folders;
    paths.push_back(all.substr(0, all.find(':')) + "/control.sock");
  }
  paths.push_back(std::filesystem::path(store_path).replace_extension(".sock").string());
  paths.emplace_back("/run/adsauditd/control.sock");
  return paths;
}

std::string to_line(const ReloadOutcome& outcome) {
  for (std::size_t count = outcome.complaints.size();; count /= 2) {
    rapidjson::StringBuffer buffer;
    base::JsonWriter writer(buffer);
    writer.StartObject();
    member(writer, "ok", outcome.code == kExitOk);
    member(writer, "code", static_cast<std::uint64_t>(outcome.code));
    member(writer, "message", std::string_view(outcome.message));
    write_complaints(writer,
                     {outcome.complaints.begin(), outcome.complaints.begin() + static_cast<std::ptrdiff_t>(count)});
    writer.EndObject();
    if (buffer.GetSize() < service::kMostControlBytes || count == 0) return base::take_text(buffer);
  }
}

ReloadOutcome outcome_from_line(const std::string& line) {
  const auto json = base::parse_json(line);
  if (!json) return {kExitFailure, "the daemon gave an answer that makes no sense", {}};
  ReloadOutcome outcome;
  const auto* ok = base::find_member(json.value(), "ok");
  if (ok == nullptr || !ok->IsTrue()) outcome.code = kExitFailure;
  const std::string_view code = base::text_of(base::find_member(json.value(), "code"));
  int number = outcome.code;
  std::from_chars(code.data(), code.data() + code.size(), number);
  if (!code.empty()) outcome.code = static_cast<ExitCode>(number);
  outcome.message = base::text_of(base::find_member(json.value(), "message"));
  const auto* complaints = base::find_member(json.value(), "complaints");
  if (complaints == nullptr || !complaints->IsArray()) return outcome;
  for (const auto& complaint : complaints->GetArray()) outcome.complaints.push_back(read_complaint(complaint));
  return outcome;
}

base::Duration timeout_from(const std::string& text) {
  const auto limit = base::parse_duration(text);
  if (!limit) throw UsageError("--timeout: " + limit.error());
  return limit.value();
}

ReloadOutcome ask_control(const std::string& store_path, const std::string& action, base::Duration limit) {
  for (const auto& path : control_paths(store_path)) {
    const auto answer = service::ask_daemon(path, {action, store_path}, limit);
    if (!answer && answer.error().kind == ControlFailure::Kind::kNobody) continue;
    if (!answer) complain(path, answer.error());
    auto outcome = outcome_from_line(answer.value());
    if (outcome.code != kExitUnreachable) return outcome;
  }
  throw CommandError(kExitUnreachable,
                     fmt::format("no daemon answers for the database {}; adsauditd run starts one", store_path));
}

}  // namespace app
