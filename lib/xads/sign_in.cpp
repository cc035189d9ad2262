#include "xads/sign_in.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/overloaded.h"
#include "base/text.h"
#include "xads/classify.h"
#include "xads/oauth1.h"

namespace xads {
namespace {

constexpr std::size_t kMaxField = 256;  // bytes; X's tokens and verifiers have about 50
constexpr std::size_t kMaxPairs = 16;   // of a form; X sends four

/// A form whose decoded texts are wiped when it goes: they are secrets.
class Form {
 public:
  Form() = default;
  Form(const Form&) = delete;
  Form& operator=(const Form&) = delete;
  ~Form() {
    for (auto& [name, value] : pairs_) ::OPENSSL_cleanse(value.data(), value.size());
  }

  /// False when `text` is no form, or names a field twice: then nobody can say which one counts.
  bool read(std::string_view text) {
    if (text.empty()) return true;
    for (const std::string_view pair : base::split(text, '&')) {
      const std::size_t equals = std::min(pair.find('='), pair.size());
      auto name = decode(pair.substr(0, equals));
      auto value = decode(equals == pair.size() ? std::string_view() : pair.substr(equals + 1));
      if (!name || !value || pairs_.size() == kMaxPairs || has(*name)) return false;
      pairs_.emplace_back(*std::move(name), *std::move(value));
    }
    return true;
  }
  bool has(std::string_view name) const {
    return std::any_of(pairs_.begin(), pairs_.end(), [&](const Parameter& pair) { return pair.first == name; });
  }
  /// Empty when there is none.
  std::string_view get(std::string_view name) const {
    for (const auto& pair : pairs_) {
      if (pair.first == name) return pair.second;
    }
    return {};
  }

 private:
  static int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  }
  static std::optional<std::string> decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] != '%') {
        decoded += text[at] == '+' ? ' ' : text[at];
        continue;
      }
      const int high = at + 2 < text.size() ? digit(text[at + 1]) : -1;
      const int low = at + 2 < text.size() ? digit(text[at + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      at += 2;
    }
    return decoded;
  }

  std::vector<Parameter> pairs_;
};

/// What may stand in a header, a link and the database as it is.
bool is_plain(std::string_view text) {
  return !text.empty() && text.size() <= kMaxField &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
}

bool is_user_id(std::string_view text) {
  constexpr std::size_t kMostDigits = 20;  // of a 64-bit number
  return !text.empty() && text.size() <= kMostDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && ::CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

enum class Step { kRequestToken, kAccessToken };

/// By the code where that is the sign-in's own, else by what it means everywhere.
std::string advice_for(Step step, const std::string& code, Denial denial) {
  if (code == "415")
    return "the call-back URL is not on the app's list: add it at developer.x.com (User authentication settings; "
           "without its query), or use --pin";
  if (code == "417") return "the app has no call-back URL at developer.x.com: set one there, or use --pin";
  switch (denial) {
    case Denial::kClockSkewed:
      return "this machine's clock is off, so X refuses what it signs: set the clock (timedatectl) and try again";
    case Denial::kAppRejected:
      return "X refuses the app itself: look at its state at developer.x.com";
    case Denial::kTokenInvalid:
    case Denial::kUnauthenticated:
    case Denial::kUnknown:
    case Denial::kRequestRefused:
    case Denial::kAccountNotFound:
    case Denial::kUserSuspended:
    case Denial::kUserLocked:
    case Denial::kReauthorizationRequired:
    case Denial::kVersionRetired:
      break;
  }
  return step == Step::kRequestToken
             ? "check the app's consumer_key and consumer_secret in the settings, and that the app exists and may sign "
               "users in (developer.x.com)"
             : "the PIN is wrong, was used already, or came too late: begin the sign-in again";
}

std::string refusal_of(const http::Reply& reply, Step step) {
  const AccountsObservation seen = classify_accounts(reply);  // reads refusals of every host
  const char* what = step == Step::kRequestToken ? "X did not begin the sign-in" : "X did not finish the sign-in";
  const auto refused = [&](Denial denial) {
    return fmt::format("{} (HTTP {}{}{}): {}", what, seen.evidence.http_status,
                       seen.evidence.code.empty() ? "" : ", code ", seen.evidence.code,
                       advice_for(step, seen.evidence.code, denial));
  };
  // A refusal that is not the API's own JSON ("Request token missing", a page): the status is all there is to go by.
  if (reply && (reply.value().status == 401 || reply.value().status == 403) && seen.evidence.code.empty())
    return refused(Denial::kUnknown);
  return std::visit(base::Overloaded{[&](const Granted&) { return fmt::format("{}: the answer is not X's", what); },
                                     [&](const Denied& denied) { return refused(denied.denial); },
                                     [&](const Throttled&) {
                                       return fmt::format("{}: X answers 429; try again in 15 minutes", what);
                                     },
                                     [&](const Unavailable& trouble) {
                                       return fmt::format(
                                           "{} ({}{}): nothing was decided; see api.identity_url of the settings, and "
                                           "try again",
                                           what, trouble.why, reply ? "" : ", " + reply.error().detail);
                                     }},
                    seen.answer);
}

void wipe_body(http::Reply& reply) {
  if (reply) ::OPENSSL_cleanse(reply.value().body.data(), reply.value().body.size());
}

base::Result<AccessToken> token_of(const Form& form, std::string_view what) {
  const std::string_view token = form.get("oauth_token");
  const std::string_view secret = form.get("oauth_token_secret");
  if (!is_plain(token) || !is_plain(secret) || token.size() + secret.size() > kTokenRoom)
    return base::Failure{fmt::format("X's answer holds no {}: is api.identity_url of the settings right?", what)};
  return AccessToken{base::Secret(std::string(token)), base::Secret(std::string(secret))};
}

base::Result<AccessToken> request_token_of(const http::Reply& reply) {
  if (!reply || reply.value().status != 200) return base::Failure{refusal_of(reply, Step::kRequestToken)};
  Form form;
  if (!form.read(base::trim(reply.value().body)))
    return base::Failure{"X's answer is not the form that a sign-in begins with"};
  auto token = token_of(form, "request token");
  // Without it the other side speaks OAuth 1.0, which lets a stranger finish the sign-in (RFC 5849 section 2.1).
  if (token && form.get("oauth_callback_confirmed") != "true")
    return base::Failure{
        "X's answer does not confirm the call-back (oauth_callback_confirmed): the sign-in is not safe"};
  return token;
}

base::Result<SignedIn> signed_in_of(const http::Reply& reply) {
  if (!reply || reply.value().status != 200) return base::Failure{refusal_of(reply, Step::kAccessToken)};
  Form form;
  if (!form.read(base::trim(reply.value().body)))
    return base::Failure{"X's answer is not the form that a sign-in ends with"};
  auto token = token_of(form, "access token");
  if (!token) return base::Failure{token.error()};
  const std::string_view user = form.get("user_id");
  if (!is_user_id(user)) return base::Failure{"X's answer does not say whose token it is (user_id)"};
  return SignedIn{std::move(token).value(), std::string(user),
                  std::string(base::cut_at_code_point(base::clean_text(form.get("screen_name")), kMaxField))};
}

}  // namespace

base::Result<AccessToken> read_request_token(http::Reply reply) {
  auto token = request_token_of(reply);
  wipe_body(reply);
  return token;
}

base::Result<SignedIn> read_access_token(http::Reply reply) {
  auto signed_in = signed_in_of(reply);
  wipe_body(reply);
  return signed_in;
}

CallBack read_call_back(std::string_view target, const ExpectedCallBack& expected) {
  const std::size_t question = std::min(target.find('?'), target.size());
  if (target.substr(0, question) != expected.path) return ForeignCall{"another path"};
  Form form;
  if (!form.read(question == target.size() ? std::string_view() : target.substr(question + 1)))
    return ForeignCall{"the query is garbled"};
  if (!same(form.get("state"), expected.state)) return ForeignCall{"the state is missing or another sign-in's"};
  const bool denied = form.has("denied");
  if (!same(form.get(denied ? "denied" : "oauth_token"), expected.request_token))
    return ForeignCall{"the request token is missing or another sign-in's"};
  if (denied) return UserDenied{};
  if (!is_plain(form.get("oauth_verifier"))) return ForeignCall{"the verifier is missing"};
  return Verifier{std::string(form.get("oauth_verifier"))};
}

std::string with_state(std::string_view url, std::string_view state) {
  return fmt::format("{}{}state={}", url, url.find('?') == std::string_view::npos ? '?' : '&', state);
}

}  // namespace xads
