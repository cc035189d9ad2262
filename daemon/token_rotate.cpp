#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "api_line.h"
#include "base/text.h"
#include "secret_input.h"
#include "token_store.h"
#include "tokens.h"
#include "xads/classify.h"

namespace app {
namespace {

struct Options {
  std::string name, file = "-";
};

bool are_same(const xads::AccessToken& left, const xads::AccessToken& right) {
  const xads::ByToken before;
  return !before(left, right) && !before(right, left);
}

/// What X says of the new secrets; why, when it takes them to be no good.
struct Word {
  std::string user;
  std::string refusal;
};

/// The identity host may have nothing to say to an app of this tier (403, code 453); an ad account's own answer names
/// the user, too.
std::string user_by_access(ApiLine& line, const service::App& app, const xads::AccessToken& secrets,
                           const std::vector<verdict::ProbeState>& probes, const xads::CodeTable& codes) {
  if (probes.empty()) return {};
  const std::string& account = probes.front().probe.account;
  const auto reply = line.ask(line.client().access_request(app.consumer, secrets, account));
  const auto answer = xads::classify(reply, account, codes).answer;
  const auto* granted = std::get_if<xads::Granted>(&answer);
  return granted == nullptr ? std::string() : granted->user_id;
}

Word ask_whose(ApiLine& line, const service::App& app, const xads::AccessToken& secrets,
               const std::vector<verdict::ProbeState>& probes, const xads::CodeTable& codes) {
  const auto reply = line.ask(line.client().identity_request(app.consumer, secrets));
  if (const std::string user = xads::user_of_identity(reply); !user.empty()) return {user, ""};
  const xads::IdentityAnswer answer = xads::classify_identity(reply, codes);
  if (answer == xads::IdentityAnswer::kTokenInvalid) return {"", "X says that this token is invalid or was revoked"};
  if (answer == xads::IdentityAnswer::kUnauthenticated)
    return {"", fmt::format("X does not take the signature: token and secret do not belong together, or are not of app "
                            "{}",
                            app.name)};
  if (answer == xads::IdentityAnswer::kClockSkewed)
    return {"", "this machine's clock is off, so X refuses what it signs; set the clock"};
  // An app may be shut out of that host alone.
  return {user_by_access(line, app, secrets, probes, codes), ""};
}

std::string checked_user(const Word& word, const store::TokenRow& row) {
  const std::string& known = known_user(row);
  const auto refuse = [&](const std::string& why) {
    throw CommandError(kExitNotPermitted, fmt::format("token {}: {}; the old secrets were kept", row.token.name, why));
  };
  if (!word.refusal.empty()) refuse(word.refusal);
  if (word.user.empty()) refuse("X did not say whose the new secrets are; see adsauditd status, and try again later");
  if (!known.empty() && word.user != known)
    refuse(fmt::format("the new secrets are of user {}, but the token is of user {}", word.user, known));
  return word.user;
}

int rotate(const Invocation& called, const Options& options) {
  const auto settings = load_settings(called, Secrets::kNeeded);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  const auto row = require_own_token(*store, settings, options.name);
  const service::App& app = require_app(settings, row.token.app);
  xads::AccessToken secrets = read_access_token(options.file);
  const bool same = are_same(secrets, store->opener()->open(row.token.id, row.token.name, row.sealed));
  ApiLine line(settings);
  const std::string user =
      checked_user(ask_whose(line, app, secrets, store->probes(row.token.id), settings.error_codes), row);
  replace_secrets(*store, row, std::move(secrets), user, random);
  if (!called.json) {
    fmt::print("{} {}, user {}\n", same ? "the same token is stored already:" : "replaced the secrets of", options.name,
               user);
    return kExitOk;
  }
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "token", std::string_view(options.name));
    member(writer, "user_id", std::string_view(user));
    member(writer, "same_token", same);
    writer.EndObject();
  });
  return kExitOk;
}

}  // namespace

void add_token_rotate(CLI::App& token, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      token.add_subcommand("rotate", "Replace a token's secrets, once X has said that they are of its user");
  verb->add_option("NAME", options->name, "The token's name")->required();
  verb->add_option("--file", options->file, "Two lines, access token and secret; - is standard input")
      ->capture_default_str();
  verb->footer("Example: adsauditd token rotate brand-a --file new-secrets");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return rotate(called, *options); };
  });
}

}  // namespace app
