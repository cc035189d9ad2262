#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/clock.h"
#include "base/text.h"
#include "context.h"
#include "token_store.h"
#include "tokens.h"

namespace app {
namespace {

int remove(const Invocation& called, const std::string& name) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  if (is_in_settings(settings, name))
    throw CommandError(kExitUsage, fmt::format("token {} comes from the settings; remove it there", name));
  const base::Instant now = base::SystemClock().now().utc;
  if (!store->remove_token(name, verdict::ChangeId::make(now, random), now)) {
    throw CommandError(kExitNotFound,
                       fmt::format("there is no token \"{}\"; see adsauditd token list", base::clean_text(name)));
  }
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      member(writer, "removed", std::string_view(name));
      writer.EndObject();
    });
  } else {
    fmt::print("removed {}; its history stays\n", name);
  }
  return kExitOk;
}

}  // namespace

void add_token_remove(CLI::App& token, Invocation& invocation) {
  auto name = std::make_shared<std::string>();
  CLI::App* verb = token.add_subcommand("remove", "Forget a token's secrets; its history stays");
  verb->add_option("NAME", *name, "The token's name")->required();
  verb->footer("Example: adsauditd token remove brand-a");
  verb->callback(
      [&invocation, name] { invocation.verb = [name](const Invocation& called) { return remove(called, *name); }; });
}

}  // namespace app
