#include "call_back.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/encoding.h"
#include "base/overloaded.h"
#include "base/text.h"
#include "command_line.h"
#include "http/url.h"

namespace app {
namespace {

using namespace std::chrono_literals;

constexpr int kMostTold = 10;  // refused calls that the terminal hears of

/// 128 bits.
std::string make_state(base::Random& random) {
  std::array<unsigned char, 16> bytes{};
  random.fill(bytes);
  return base::to_hex(base::as_view(bytes));
}

/// A page without script, style, link or anything of the request.
http::OutboundAnswer page(int status, std::string_view title, std::string_view text) {
  return {.status = status,
          .body = fmt::format("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                              "<meta name=\"viewport\" content=\"width=device-width\"><title>{0}</title></head>\n"
                              "<body><h1>{0}</h1><p>{1}</p></body></html>\n",
                              title, text),
          .content_type = "text/html; charset=utf-8"};
}

[[noreturn]] void refuse_listen(const std::string& listen) {
  throw UsageError(
      fmt::format("--listen: {} is no loopback address and port, such as 127.0.0.1:9488; for a browser "
                  "elsewhere put a reverse proxy before it and name its URL with --callback-url",
                  base::in_quotes(listen)));
}

}  // namespace

CallBackPlace call_back_place(const std::string& listen, const std::string& url) {
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string::npos) refuse_listen(listen);
  CallBackPlace place;
  place.address = listen.substr(0, colon);
  if (place.address == "[::1]") place.address = "::1";
  const char* const end = listen.data() + listen.size();
  const auto [read, error] = std::from_chars(listen.data() + colon + 1, end, place.port);
  if (error != std::errc() || read != end || (place.address != "::1" && !place.address.starts_with("127.")))
    refuse_listen(listen);
  place.url = url;
  if (url.empty()) return place;
  const auto parsed = http::parse_url(url);
  if (!parsed) throw UsageError(fmt::format("--callback-url: {}", parsed.error()));
  const auto& host = parsed.value().host;
  const bool loopback = host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
  if (!parsed.value().tls && host != "localhost" && host != "::1" && !loopback)
    throw UsageError("--callback-url: it must begin with https://, because the PIN of the sign-in comes by it");
  return place;
}

CallBackListener::CallBackListener(ApiLine& line, CallBackPlace place) : line_(line) {
  http::ListenerOptions options{.address = place.address, .port = place.port};
  const char* const host = place.address == "::1" ? "[::1]" : place.address.c_str();
  // As browsers write it: without the port that goes without saying.
  const auto own = fmt::format("http://{}:{}/callback", host, place.port);
  if (place.port != 0) options.hosts.push_back(http::parse_url(own).value().authority());
  if (!place.url.empty()) options.hosts.push_back(http::parse_url(place.url).value().authority());
  listener_ =
      std::make_unique<http::Listener>(line_.io(), std::move(options),
                                       [this](const http::InboundRequest& request,
                                              const http::Listener::Respond& respond) { respond(answer(request)); });
  if (place.url.empty()) place.url = fmt::format("http://{}:{}/callback", host, listener_->port());
  const std::string target = http::parse_url(place.url).value().target;
  expected_.path = target.substr(0, target.find('?'));
  expected_.state = make_state(line_.random());
  url_ = xads::with_state(place.url, expected_.state);
}

std::optional<xads::CallBack> CallBackListener::wait_for(const std::string& request_token, base::Duration limit) {
  expected_.request_token = request_token;
  line_.run_until([this] { return came_.has_value(); }, limit);
  auto came = std::move(came_);
  came_ = xads::ForeignCall{"the sign-in is over"};  // whoever comes from now on is too late
  return came;
}

void CallBackListener::close() {
  listener_->close();
  line_.run_until([this] { return listener_->connections() == 0; }, 2s);
}

http::OutboundAnswer CallBackListener::answer(const http::InboundRequest& request) {
  if (request.path() != expected_.path) return page(404, "Not found", "There is nothing here.");
  const auto refused = [&](std::string_view why) {
    if (++refused_ <= kMostTold) fmt::print(stderr, "adsauditd: refused a call-back: {}\n", why);
    return page(400, "Not this sign-in",
                "This is not the sign-in that adsauditd waits for. Nothing was stored. Open the link again that the "
                "terminal shows.");
  };
  if (came_) return refused("the sign-in was finished before");
  if (request.method != "GET") return refused("it is no GET");
  // Before X has given a request token nothing can come back from it.
  if (expected_.request_token.empty()) return refused("it came before its time");
  auto call = xads::read_call_back(request.target, expected_);
  return std::visit(
      base::Overloaded{[&](const xads::ForeignCall& foreign) { return refused(foreign.why); },
                       [&](const xads::UserDenied& denied) {
                         came_ = denied;
                         return page(200, "Not allowed",
                                     "You did not allow the app. Nothing was stored. You may close this page.");
                       },
                       [&](xads::Verifier& verifier) {
                         came_ = std::move(verifier);
                         return page(200, "Thank you",
                                     "adsauditd has heard from X and now fetches the token. The terminal tells how it "
                                     "ends. You may close this page.");
                       }},
      call);
}

}  // namespace app
