#include "control.h"

#include <charconv>
#include <cstdlib>

#include "complaint_output.h"
#include "service/control_socket.h"

namespace app {

std::vector<std::string> control_paths(const std::string& store_path) {
  std::vector<std::string> paths;
  if (const char* folders = std::getenv("RUNTIME_DIRECTORY")) {  // several are parted by colons
    const std::string all = folders;
    paths.push_back(all.substr(0, all.find(':')) + "/control.sock");
  }
  paths.push_back(store_path + ".sock");
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

}  // namespace app
