#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "access_then.h"
#include "base/clock.h"
#include "base/text.h"
#include "change_output.h"
#include "context.h"
#include "time_option.h"

namespace app {
namespace {

struct Options {
  std::string account, at;
};

/// Nothing for a change whose side is no answer.
std::optional<verdict::Conclusive> answer_of(const AccessThen& access) {
  return verdict::answer_from_text(access.known_from.change.after);
}

bool is_granted(const AccessThen& access) {
  const auto answer = answer_of(access);
  return answer && std::holds_alternative<xads::Granted>(*answer);
}

void require_known(store::Store& store, const std::string& account) {
  if (!store.history({.account = account, .limit = 1}).empty()) return;
  for (const auto& facts : store.accounts())
    if (facts.id == account) return;
  throw CommandError(kExitNotFound, fmt::format("there is no ad account \"{}\"; see adsauditd account list",
                                                base::clean_text(account)));
}

void write_access(base::JsonWriter& writer, const AccessThen& access) {
  const auto answer = answer_of(access);
  writer.StartObject();
  member(writer, "token", std::string_view(access.known_from.change.token));
  member_or_null(writer, "kind", access.token_kind);
  if (is_granted(access)) {
    const auto& granted = std::get<xads::Granted>(*answer);
    member_or_null(writer, "user_id", granted.user_id);
    member(writer, "permissions", granted.permissions.texts());
  } else {
    member(writer, "answer", std::string_view(access.known_from.change.after));
  }
  member(writer, "since", access.known_from.change.at);
  member(writer, "until", access.ended_by ? std::optional(access.ended_by->change.at) : std::nullopt);
  member(writer, "last_seen", access.last_seen);
  writer.Key("change");
  write_change(writer, access.known_from);
  writer.Key("ended_by");
  if (access.ended_by)
    write_change(writer, *access.ended_by);
  else
    writer.Null();
  writer.EndObject();
}

void print_as_json(const std::string& account, base::Instant at, const std::optional<base::Instant>& complete,
                   const std::vector<AccessThen>& accesses) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "account", std::string_view(account));
    member(writer, "at", at);
    member(writer, "log_complete_since", complete);
    for (const bool granted : {true, false}) {
      writer.Key(granted ? "granted" : "refused");
      writer.StartArray();
      for (const auto& access : accesses)
        if (is_granted(access) == granted) write_access(writer, access);
      writer.EndArray();
    }
    writer.EndObject();
  });
}

std::string until_text(const AccessThen& access) {
  if (access.ended_by)
    return fmt::format("{} (change {}, {})", base::to_text(access.ended_by->change.at), access.ended_by->number,
                       access.ended_by->change.kind);
  return access.last_seen ? "still, last seen " + base::to_text(*access.last_seen) : "nothing else is known";
}

std::string from_text(const store::HistoryRow& row) {
  return fmt::format("change {}, {}, {}", row.number, row.change.kind, short_hash(row));
}

std::vector<std::string> columns_of(const AccessThen& access) {
  const auto answer = answer_of(access);
  const auto& change = access.known_from.change;
  std::vector<std::string> row{change.token, or_dash(access.token_kind)};
  if (is_granted(access)) {
    const auto& granted = std::get<xads::Granted>(*answer);
    row.insert(row.end(), {or_dash(granted.user_id), granted.permissions.text()});
  } else {
    row.push_back(change.after);
  }
  row.insert(row.end(), {base::to_text(change.at), until_text(access), from_text(access.known_from)});
  return row;
}

void print(const std::string& account, base::Instant at, const std::vector<AccessThen>& accesses) {
  Table granted({"TOKEN", "KIND", "USER", "PERMISSIONS", "KNOWN SINCE", "UNTIL", "FROM"});
  Table refused({"TOKEN", "KIND", "ANSWER", "KNOWN SINCE", "UNTIL", "FROM"});
  for (const auto& access : accesses) (is_granted(access) ? granted : refused).add(columns_of(access));
  if (granted.empty()) {
    fmt::print("no token is known to have had access to {} at {}\n", base::clean_text(account), base::to_text(at));
  } else {
    fmt::print("access to {} at {}\n", base::clean_text(account), base::to_text(at));
    granted.print();
  }
  if (refused.empty()) return;
  fmt::print("refused\n");
  refused.print();
}

int who_had_access(const Invocation& called, const Options& options) {
  const auto at = instant_of(options.at, "--at");
  if (at > base::SystemClock().now().utc) throw UsageError("--at: " + base::to_text(at) + " is still to come");
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  require_known(*store, options.account);
  const auto accesses = access_at(*store, options.account, at);
  const auto complete = complete_since(*store);
  if (complete && at < *complete)
    fmt::print(stderr,
               "warning: of the time before {} the log keeps only what still told who had access then "
               "(store.retention.history): who had it at {} may be missing here\n",
               base::to_text(*complete), base::to_text(at));
  if (called.json)
    print_as_json(options.account, at, complete, accesses);
  else
    print(options.account, at, accesses);
  return kExitOk;
}

}  // namespace

void add_who_had_access(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("who-had-access", "Show which tokens had which permissions at a time");
  auto options = std::make_shared<Options>();
  verb->add_option("ACCOUNT", options->account, "The ad account")->required();
  verb->add_option("--at", options->at, "The time; a date alone is its first moment, UTC")->required();
  verb->footer("Example: adsauditd who-had-access 18ce54d4x5t --at 2026-11-23T10:15:00Z");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return who_had_access(called, *options); };
  });
}

}  // namespace app
