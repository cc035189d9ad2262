#include "sign_in.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <iostream>

#include "base/overloaded.h"
#include "base/text.h"
#include "command_line.h"

namespace app {
namespace {

[[noreturn]] void fail(const std::string& why) { throw CommandError(kExitFailure, why + "; nothing was stored"); }

xads::AccessToken begin(ApiLine& line, const service::App& app, std::string_view callback) {
  auto token = xads::read_request_token(line.ask(line.client().request_token_request(app.consumer, callback)));
  if (!token) fail(fmt::format("app {}: {}", app.name, token.error()));
  return std::move(token).value();
}

xads::SignedIn finish(ApiLine& line, const service::App& app, const xads::AccessToken& request_token,
                      std::string_view verifier) {
  auto signed_in =
      xads::read_access_token(line.ask(line.client().access_token_request(app.consumer, request_token, verifier)));
  if (!signed_in) fail(fmt::format("app {}: {}", app.name, signed_in.error()));
  return std::move(signed_in).value();
}

void show_link(ApiLine& line, const service::App& app, const xads::AccessToken& request_token,
               const SignInWishes& wishes) {
  fmt::print(stderr, "Open this link in a browser, signed in to X as {}, and allow the app {}:\n\n  {}\n\n",
             wishes.whose.empty() ? "the handle whose token it shall be" : wishes.whose, app.name,
             line.client().authorize_link(request_token.token.reveal()));
}

/// X's PINs are digits; letters are let through, blanks and dashes that people add are taken away.
std::string read_pin() {
  fmt::print(stderr, "PIN that X shows: ");
  std::string text;
  if (!std::getline(std::cin, text)) fail("no PIN was typed");
  if (::isatty(STDIN_FILENO) == 0) fmt::print(stderr, "\n");
  std::erase_if(text, [](unsigned char c) { return std::isspace(c) != 0 || c == '-'; });
  constexpr std::size_t kLongest = 64;  // X's have seven
  const bool fits = std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
  if (text.empty() || text.size() > kLongest || !fits) fail("that is no PIN (X shows about seven digits)");
  return text;
}

xads::SignedIn with_pin(ApiLine& line, const service::App& app, const SignInWishes& wishes) {
  const auto request_token = begin(line, app, "oob");
  show_link(line, app, request_token, wishes);
  std::string pin = read_pin();
  auto signed_in = finish(line, app, request_token, pin);
  ::OPENSSL_cleanse(pin.data(), pin.size());
  return signed_in;
}

xads::SignedIn with_browser(ApiLine& line, const service::App& app, const SignInWishes& wishes) {
  CallBackListener listener(line, *wishes.web);
  const auto request_token = begin(line, app, listener.url());
  show_link(line, app, request_token, wishes);
  fmt::print(stderr, "Waiting for the browser to come back, for {}.\n", base::to_rough_text(wishes.limit));
  auto came = listener.wait_for(std::string(request_token.token.reveal()), wishes.limit);
  if (!came) {
    listener.close();
    throw CommandError(kExitTimedOut, fmt::format("nobody came back from X within {}; nothing was stored",
                                                  base::to_rough_text(wishes.limit)));
  }
  // The listener stays until X has answered: a second call with the same verifier is refused, not lost.
  auto* const verifier = std::get_if<xads::Verifier>(&*came);
  if (verifier == nullptr) {
    listener.close();
    fail("the user did not allow the app; a token that was given earlier lives on");
  }
  auto signed_in = finish(line, app, request_token, verifier->text);
  ::OPENSSL_cleanse(verifier->text.data(), verifier->text.size());
  listener.close();
  return signed_in;
}

}  // namespace

xads::SignedIn sign_in(ApiLine& line, const service::App& app, const SignInWishes& wishes) {
  return wishes.web ? with_browser(line, app, wishes) : with_pin(line, app, wishes);
}

}  // namespace app
