#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "base/text.h"
#include "change_output.h"
#include "context.h"
#include "time_option.h"

namespace app {
namespace {

struct Options {
  std::string since;
  std::vector<std::string> kinds;
  std::optional<std::uint64_t> after;
  bool follow = false;
};

volatile std::sig_atomic_t g_ended = 0;

void end_at_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { g_ended = 1; };  // without SA_RESTART: the pause ends at once
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

/// "2026-11-23T10:15:02.118Z  changed  brand-a on 18ce54d4x5t: AD_MANAGER -> CAMPAIGN_ANALYST (HTTP 200)"
std::string text_of(const verdict::Change& change) {
  const std::string where = change.account.empty() ? "" : " on " + change.account;
  const std::string what = change.before.empty() && change.after.empty()
                               ? ""
                               : fmt::format(": {} -> {}", or_dash(change.before), or_dash(change.after));
  const std::string why = evidence_text(change.evidence);
  return base::clean_text(fmt::format("{}  {}  {}{}{}{}", base::to_text(change.at), change.kind, or_dash(change.token),
                                      where, what, why.empty() ? "" : " (" + why + ")"));
}

std::string line_of(const store::HistoryRow& row, bool json) {
  if (!json) return text_of(row.change) + "\n";
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  write_change(writer, row);
  return base::take_text(buffer) + "\n";
}

/// False when nobody takes it any more.
bool put(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

/// Prints what is there after `query.after_number`, and moves that on. False when nobody takes it any more.
bool print_news(store::Store& store, store::HistoryQuery& query, bool json) {
  while (g_ended == 0) {
    const auto rows = store.history(query);
    std::string text;
    for (const auto& row : rows) text += line_of(row, json);
    if (!rows.empty()) query.after_number = rows.back().number;
    if (!text.empty() && !put(text)) return false;
    if (rows.size() < static_cast<std::size_t>(query.limit)) return true;
  }
  return true;
}

/// A moment; less when the reader of standard output has gone, and then false.
bool pause_while_read() {
  constexpr int kPauseMs = 200;
  pollfd output{STDOUT_FILENO, 0, 0};
  return ::poll(&output, 1, kPauseMs) <= 0;
}

/// The data version is taken before the rows are read, so that what comes in between is looked for again.
void follow(store::Store& store, store::HistoryQuery query, bool json) {
  std::optional<std::int64_t> seen;
  while (g_ended == 0) {
    const std::int64_t version = store.data_version();
    if (version != seen && !print_news(store, query, json)) return;
    seen = version;
    if (!pause_while_read()) return;
  }
}

std::uint64_t last_number(store::Store& store) {
  const auto rows = store.history({.latest_first = true, .limit = 1});
  return rows.empty() ? 0 : rows.front().number;
}

int events(const Invocation& called, const Options& options) {
  require_known_kinds(options.kinds);
  store::HistoryQuery query{.since = instant_if_given(options.since, "--since"),
                            .kinds = options.kinds,
                            .after_number = options.after.value_or(0)};
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  end_at_signals();
  if (!options.follow) {
    print_news(*store, query, called.json);
    return kExitOk;
  }
  if (options.since.empty() && !options.after) query.after_number = last_number(*store);
  follow(*store, query, called.json);
  return kExitOk;
}

}  // namespace

void add_events(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("events", "Print what changed, an entry of the change log a line");
  auto options = std::make_shared<Options>();
  verb->add_flag("--follow", options->follow,
                 "Go on with what comes, until a signal; without --since or --after only with that");
  verb->add_option("--since", options->since, "From this time on, UTC");
  verb->add_option("--kind", options->kinds,
                   fmt::format("Only this kind, or several: {}", fmt::join(store::change_kinds(), ", ")))
      ->delimiter(',');
  verb->add_option("--after", options->after, "Only entries after this number: the last one that was seen");
  verb->footer("Example: adsauditd events --follow --json | jq .kind");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return events(called, *options); };
  });
}

}  // namespace app
