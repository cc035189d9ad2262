#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "context.h"

namespace app {
namespace {

struct Options {
  std::string token, account, since, until;
  int limit = 1000;
};

std::optional<base::Instant> instant_of(const std::string& text, const char* option) {
  if (text.empty()) return std::nullopt;
  const auto instant = base::parse_instant(text);
  if (!instant) throw UsageError(fmt::format("{}: {}; write it as 2026-11-23T10:15:00Z", option, instant.error()));
  return instant.value();
}

void write_row(base::JsonWriter& writer, const store::HistoryRow& row) {
  const verdict::Change& change = row.change;
  writer.StartObject();
  member(writer, "number", row.number);
  member(writer, "id", std::string_view(change.id.text()));
  member(writer, "at", change.at);
  member(writer, "kind", std::string_view(change.kind));
  member(writer, "token", std::string_view(change.token));
  member_or_null(writer, "account", change.account);
  member_or_null(writer, "before", change.before);
  member_or_null(writer, "after", change.after);
  member(writer, "http_status", static_cast<std::uint64_t>(change.evidence.http_status));
  member_or_null(writer, "code", change.evidence.code);
  member(writer, "confirmations", static_cast<std::uint64_t>(change.confirmations));
  member(writer, "hash", std::string_view(row.hash));
  writer.EndObject();
}

void print_rows(const std::vector<store::HistoryRow>& rows, bool json) {
  if (json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      writer.Key("changes");
      writer.StartArray();
      for (const auto& row : rows) write_row(writer, row);
      writer.EndArray();
      writer.EndObject();
    });
    return;
  }
  Table table({"AT", "KIND", "TOKEN", "ACCOUNT", "BEFORE", "AFTER"});
  const auto or_dash = [](const std::string& text) { return text.empty() ? std::string("-") : text; };
  for (const auto& row : rows) {
    const verdict::Change& change = row.change;
    table.add({base::to_text(change.at), change.kind, change.token, or_dash(change.account), or_dash(change.before),
               or_dash(change.after)});
  }
  table.print();
}

int history(const Invocation& called, const Options& options) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  store::HistoryQuery query{.since = instant_of(options.since, "--since"),
                            .until = instant_of(options.until, "--until"),
                            .limit = options.limit};
  if (!options.token.empty()) query.token = options.token;
  if (!options.account.empty()) query.account = options.account;
  print_rows(open_store(settings, random, false)->history(query), called.json);
  return kExitOk;
}

}  // namespace

void add_history(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("history", "Show what changed, oldest first");
  auto options = std::make_shared<Options>();
  verb->add_option("--token", options->token, "Only this token");
  verb->add_option("--account", options->account, "Only this ad account");
  verb->add_option("--since", options->since, "From this time on, UTC");
  verb->add_option("--until", options->until, "Up to this time, UTC");
  verb->add_option("--limit", options->limit, "Rows at most")->capture_default_str()->check(CLI::Range(1, 1'000'000));
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return history(called, *options); };
  });
}

}  // namespace app
