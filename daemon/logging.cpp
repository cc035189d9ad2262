#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <cstdio>
#include <mutex>

#include "base/json.h"
#include "base/time.h"
#include "context.h"
#include "journal.h"
#include "output.h"
#include "repeat_filter.h"

namespace app {
namespace {

enum class Form { kText, kJson, kJournal };

/// syslog(3); the journal reads it at the start of a line, too (sd-daemon(3)).
int priority_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::critical:
      return 2;
    case spdlog::level::err:
      return 3;
    case spdlog::level::warn:
      return 4;
    case spdlog::level::info:
      return 6;
    default:
      return 7;
  }
}

/// One line for each message, whatever is in it: JSON escapes, and the other forms are given clean text by the rooms.
class LineSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit LineSink(Form form) : form_(form) {}
  ~LineSink() override { tell_of(repeats_.end(), std::chrono::floor<base::Duration>(spdlog::log_clock::now())); }
  LineSink(const LineSink&) = delete;
  LineSink& operator=(const LineSink&) = delete;

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const auto at = std::chrono::floor<base::Duration>(message.time);
    const std::string_view text(message.payload.data(), message.payload.size());
    const auto verdict = repeats_.take(message.level, text, at);
    tell_of(verdict, at);
    if (verdict.passes) write(message.level, text, at);
  }
  void tell_of(const RepeatFilter::Verdict& verdict, base::Instant at) {
    if (verdict.held_back > 0)
      write(static_cast<spdlog::level::level_enum>(verdict.level), repeat_text(verdict.held_back), at);
  }
  void write(spdlog::level::level_enum severity, std::string_view text, base::Instant at) {
    const std::string_view level(spdlog::level::to_string_view(severity).data(),
                                 spdlog::level::to_string_view(severity).size());
    switch (form_) {
      case Form::kText:
        fmt::print(stderr, "{} {:<7} {}\n", base::to_text(at), level, text);
        break;
      case Form::kJournal:
        if (!send_to_journal(priority_of(severity), text)) fmt::print(stderr, "<{}>{}\n", priority_of(severity), text);
        break;
      case Form::kJson:
        fmt::print(stderr, "{}\n", json_line(at, level, text));
        break;
    }
  }
  static std::string json_line(base::Instant at, std::string_view level, std::string_view text) {
    rapidjson::StringBuffer buffer;
    base::JsonWriter writer(buffer);
    writer.StartObject();
    member(writer, "time", at);
    member(writer, "level", level);
    member(writer, "message", text);
    for (const auto& [key, value] : fields_of(text)) member_or_null(writer, key.c_str(), value);
    writer.EndObject();
    return base::take_text(buffer);
  }
  void flush_() override {
    const auto now = std::chrono::floor<base::Duration>(spdlog::log_clock::now());
    tell_of(repeats_.look(now), now);
    static_cast<void>(std::fflush(stderr));
  }

  Form form_;
  RepeatFilter repeats_;
};

Form form_of(settings::LogFormat format) {
  switch (format) {
    case settings::LogFormat::kJson:
      return Form::kJson;
    case settings::LogFormat::kText:
      return Form::kText;
    case settings::LogFormat::kAuto:
      break;
  }
  return stderr_is_journal() ? Form::kJournal : Form::kText;
}

spdlog::level::level_enum level_of(settings::LogLevel level) {
  switch (level) {
    case settings::LogLevel::kTrace:
      return spdlog::level::trace;
    case settings::LogLevel::kDebug:
      return spdlog::level::debug;
    case settings::LogLevel::kInfo:
      return spdlog::level::info;
    case settings::LogLevel::kWarning:
      return spdlog::level::warn;
    case settings::LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

std::shared_ptr<spdlog::logger> make_logger(const settings::Log& options) {
  auto logger = std::make_shared<spdlog::logger>("adsauditd", std::make_shared<LineSink>(form_of(options.format)));
  logger->set_level(level_of(options.level));
  return logger;
}

}  // namespace app
