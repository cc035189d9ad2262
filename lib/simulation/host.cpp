#include "simulation/host.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <iterator>

namespace simulation {
namespace {

constexpr int kCallsPerWindow = 2000;
constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::string_view kHtml =
    "<!DOCTYPE html><html><head><title>Welcome</title></head><body>Sign in</body></html>";
constexpr std::size_t kTooLarge = std::size_t{1024} * 1024 + 1;

http::Stage stage_of(Fault fault) {
  switch (fault) {
    case Fault::kNoAddress:
      return http::Stage::kResolve;
    case Fault::kConnectionRefused:
      return http::Stage::kConnect;
    case Fault::kBrokenTls:
      return http::Stage::kHandshake;
    case Fault::kBrokenWhileSending:
      return http::Stage::kWrite;
    case Fault::kReset:
      return http::Stage::kRead;
    case Fault::kNoHttp:
      return http::Stage::kMalformed;
    default:
      return http::Stage::kDeadline;
  }
}

/// What `permissions` holds, for each mask of known ones.
const std::string& permissions_json(std::uint8_t role) {
  static const auto texts = [] {
    std::array<std::string, 128> all;
    for (std::size_t mask = 0; mask < all.size(); ++mask) {
      for (const auto& text : xads::Permissions::from_mask(static_cast<std::uint8_t>(mask)).texts())
        all[mask] += (all[mask].empty() ? "\"" : ",\"") + text + "\"";
    }
    return all;
  }();
  return texts.at(role);
}

}  // namespace

Host::Host(const World& world, bool counts_by_account)
    : world_(world),
      by_account_(counts_by_account),
      windows_(counts_by_account ? world.accounts().size() : world.tokens().size(), kCallsPerWindow),
      reply_(http::Response{}),
      failure_(base::Failure{http::TransportError{}}) {
  reply_.value().headers.reserve(12, 512);
}

const http::Reply& Host::access(PairNumber number, const Question& question) {
  const World::Pair& pair = world_.pairs()[number];
  const Asked asked{world_.tokens()[pair.token], &world_.accounts()[pair.account], ++answers_};
  if (const auto* ill = weather(question.asked)) return *ill;
  if (question.fault != Fault::kNoFault && !is_lie(question.fault)) {
    if (const auto* broken = failure(question.fault, asked, question.asked)) return *broken;
  }
  const std::size_t owner = by_account_ ? pair.account : pair.token;
  const Windows::Call call = windows_.call(owner, world_.crowded(), question.asked);
  if (call.refused) {
    ++throttled_;
    refuse(429, "\"TOO_MANY_REQUESTS\"", "Too many requests", question.asked, asked.account);
  } else if (question.fault != Fault::kNoFault) {
    lie(question.fault, asked, question.asked);
  } else {
    truth(world_.truth(number), asked, question.asked);
  }
  add_limits(call);
  return reply_;
}

const http::Reply& Host::identity(TokenNumber number, const Question& question) {
  const World::Token& token = world_.tokens()[number];
  const Asked asked{token, nullptr, ++answers_};
  if (const auto* ill = weather(question.asked)) return *ill;
  if (is_lie(question.fault)) return lie(question.fault, asked, question.asked);
  if (question.fault != Fault::kNoFault) {
    if (const auto* broken = failure(question.fault, asked, question.asked)) return *broken;
  }
  return truth(world_.truth(token.pairs.front()), asked, question.asked);
}

const http::Reply* Host::weather(base::Instant now) {
  switch (world_.weather()) {
    case Weather::kFair:
      return nullptr;
    case Weather::kOverloaded:
      refuse(503, "\"OVER_CAPACITY\"", "Service over capacity", now);
      add_number("retry-after", 30);
      return &reply_;
    case Weather::kMaintenance:
      return &refuse(503, "\"SERVICE_UNAVAILABLE\"", "Service unavailable", now);
    case Weather::kRefused:
      return &broken(http::Stage::kConnect);
    case Weather::kNoAddress:
      return &broken(http::Stage::kResolve);
    case Weather::kBrokenTls:
      return &broken(http::Stage::kHandshake);
    case Weather::kPortal:
      return &html(200, now);
    case Weather::kRedirect:
      return &html(302, now);
  }
  return nullptr;
}

/// nullptr: at this host there is no such fault.
const http::Reply* Host::failure(Fault fault, const Asked& asked, base::Instant now) {
  if (fault <= Fault::kNoHttp) return &broken(stage_of(fault));
  switch (fault) {
    case Fault::kInternalError:
      return &refuse(500, "\"INTERNAL_ERROR\"", "Internal error", now);
    case Fault::kCode131:
      return &refuse(500, "131", "Internal error.", now);
    case Fault::kOverCapacity:
      refuse(503, "\"OVER_CAPACITY\"", "Service over capacity", now);
      add_number("retry-after", 2);
      return &reply_;
    case Fault::kUnavailable:
      return &refuse(503, "\"SERVICE_UNAVAILABLE\"", "Service unavailable due to request timeout", now);
    case Fault::kCode130:
      return &refuse(503, "130", "Over capacity", now);
    case Fault::kBadGateway:
      return &html(502, now);
    case Fault::kGatewayTimeout:
      return &begin(504, now);
    case Fault::kCancelled:
      return &refuse(408, "\"CANCELLED_REQUEST\"", "The request was cancelled", now);
    case Fault::kLocked:
      return &refuse(423, "\"LOCK_ACQUISITION_TIMEOUT\"", "No lock in time", now);
    case Fault::kTooMany:
      refuse(429, "\"TOO_MANY_REQUESTS\"", "Too many requests", now, asked.account);
      add_number("x-rate-limit-limit", kCallsPerWindow);
      add_number("x-rate-limit-remaining", 0);
      add_number("x-rate-limit-reset", base::to_epoch_seconds(now) + 30);
      return &reply_;
    case Fault::kTooManySilent:
      return &refuse(429, "\"TOO_MANY_REQUESTS\"", "Too many requests", now, asked.account);
    case Fault::kCode88:
      return &refuse(429, "88", "Rate limit exceeded", now);
    case Fault::kPortal:
      return &html(200, now);
    case Fault::kRedirect:
      return &html(302, now);
    case Fault::kEmpty:
      return &begin(200, now);
    case Fault::kPageNotFound:
      return &html(404, now);
    case Fault::kCode135:
      return &refuse(401, "135", "Timestamp out of bounds.", now);
    case Fault::kCode215:
      return &refuse(400, "215", "Bad Authentication data", now);
    case Fault::kCode416:
      return &refuse(401, "416", "Invalid / suspended App.", now);
    case Fault::kUnauthorizedClient:
      return &refuse(403, "\"UNAUTHORIZED_CLIENT_APPLICATION\"",
                     "The client application making this request does not have access to Twitter Ads API", now);
    case Fault::kReadOnlyClient:
      return &refuse(403, "\"READONLY_CLIENT_APPLICATION\"", "The client application may only read", now);
    default:
      return asked.account == nullptr ? nullptr : &broken_grant(fault, asked, now);
  }
}

const http::Reply& Host::broken(http::Stage stage) {
  failure_ = base::Failure{http::TransportError{.stage = stage, .detail = {}}};
  return failure_;
}

const http::Reply& Host::begin(int status, base::Instant now) {
  http::Response& response = reply_.value();
  response.status = status;
  response.body.clear();
  response.headers.clear();
  response.headers.append("date", date(now));
  response.headers.append("content-type", "application/json; charset=utf-8");
  response.headers.append("x-current-api-version", "12");
  if (world_.sunset()) response.headers.append("x-api-warn", "This version will be switched off soon");
  return reply_;
}

const http::Reply& Host::html(int status, base::Instant now) {
  http::Response& response = reply_.value();
  response.status = status;
  response.headers.clear();
  response.headers.append("date", date(now));
  response.headers.append("content-type", "text/html");
  response.body = kHtml;
  return reply_;
}

/// `code` as it stands in the JSON: the Ads service's words, which come with what was asked, or the gateway's numbers.
const http::Reply& Host::refuse(int status, std::string_view code, std::string_view message, base::Instant now,
                                const World::Account* echo) {
  begin(status, now);
  std::string& body = reply_.value().body;
  body.append(R"({"errors":[{"code":)").append(code).append(R"(,"message":")").append(message).append("\"}]");
  if (code.front() == '"') {
    body.append(R"(,"request":{"params":{)");
    if (echo != nullptr) body.append(R"("account_id":")").append(echo->id).append("\"");
    body.append("}}");
  }
  body.append("}");
  return reply_;
}

const http::Reply& Host::grant(const Asked& asked, std::uint8_t role, base::Instant now) {
  begin(200, now);
  reply_.value()
      .body.append(R"({"request":{"params":{"account_id":")")
      .append(asked.account->id)
      .append(R"("}},"data":{"user_id":")")
      .append(asked.token.user_id)
      .append(R"(","permissions":[)")
      .append(permissions_json(role))
      .append("]}}");
  return reply_;
}

const http::Reply& Host::alive(const Asked& asked, base::Instant now) {
  begin(200, now);
  reply_.value()
      .body.append(R"({"id":)")
      .append(asked.token.user_id)
      .append(R"(,"id_str":")")
      .append(asked.token.user_id)
      .append(R"(","name":"Example","screen_name":"example","suspended":false})");
  return reply_;
}

/// A grant that is none.
const http::Reply& Host::broken_grant(Fault fault, const Asked& asked, base::Instant now) {
  grant(asked, static_cast<std::uint8_t>(xads::Permission::kAccountAdmin), now);
  std::string& body = reply_.value().body;
  const auto replace = [&body](std::string_view what, std::string_view with) {
    body.replace(body.find(what), what.size(), with);
  };
  if (fault == Fault::kTruncated) body.resize(body.size() - 7);
  if (fault == Fault::kOtherAccount) replace(asked.account->id, "18ceotherone");
  if (fault == Fault::kNoPermissions) replace(R"(,"permissions":["ACCOUNT_ADMIN"])", "");
  if (fault == Fault::kSameKeyTwice) replace(R"("user_id":)", R"("permissions":[],"user_id":)");
  if (fault == Fault::kErrorsInSuccess) replace(R"("data":)", R"("errors":[{"code":"INTERNAL_ERROR"}],"data":)");
  if (fault == Fault::kTooLarge) {
    if (large_.empty()) large_.assign(kTooLarge, ' ');
    body = large_;
  }
  return reply_;
}

const http::Reply& Host::lie(Fault fault, const Asked& asked, base::Instant now) {
  const auto& is = world_.truth(asked.token.pairs.front());
  switch (fault) {
    case Fault::kLieRevoked:
      return refuse(401, "89", "Invalid or expired token.", now);
    case Fault::kLieVague:
      return refuse(401, "\"UNAUTHORIZED_ACCESS\"", "This request is not properly authenticated", now);
    case Fault::kLieKeys:
      return refuse(401, "32", "Could not authenticate you.", now);
    case Fault::kLieNotFound:
      return truth({Standing::kNotFound}, asked, now);
    case Fault::kLieSuspended:
      return truth({Standing::kSuspended}, asked, now);
    case Fault::kLieLocked:
      return truth({Standing::kLocked}, asked, now);
    case Fault::kLieReauthorize:
      return truth({Standing::kReauthorize}, asked, now);
    default:
      break;
  }
  // Another role than the true one; to a pair without any, a grant at all.
  const auto admin = static_cast<std::uint8_t>(xads::Permission::kAccountAdmin);
  const auto analyst = static_cast<std::uint8_t>(xads::Permission::kAnalyst);
  return truth({Standing::kGranted, is.role == admin ? analyst : admin}, asked, now);
}

std::string_view Host::date(base::Instant now) {
  const base::Instant second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != dated_ || date_.empty()) {
    dated_ = second;
    date_.clear();
    const auto day = std::chrono::floor<std::chrono::days>(now);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(second - day);
    fmt::format_to(std::back_inserter(date_), FMT_COMPILE("{}, {:02} {} {} {:02}:{:02}:{:02} GMT"),
                   kDays[std::chrono::weekday(day).c_encoding()], unsigned(date.day()),
                   kMonths[unsigned(date.month()) - 1], int(date.year()), time.hours().count(), time.minutes().count(),
                   time.seconds().count());
  }
  return date_;
}

void Host::add_number(std::string_view name, std::int64_t value) {
  const fmt::format_int text(value);
  reply_.value().headers.append(name, {text.data(), text.size()});
}

void Host::add_limits(const Windows::Call& call) {
  const std::int64_t reset = base::to_epoch_seconds(call.reset);
  if (by_account_) {
    add_number("x-rate-limit-limit", 10'000'000);
    add_number("x-rate-limit-remaining", 9'999'000);
    add_number("x-rate-limit-reset", reset);
  }
  add_number(by_account_ ? "x-account-rate-limit-limit" : "x-rate-limit-limit", windows_.limit());
  add_number(by_account_ ? "x-account-rate-limit-remaining" : "x-rate-limit-remaining", call.remaining);
  add_number(by_account_ ? "x-account-rate-limit-reset" : "x-rate-limit-reset", reset);
}

}  // namespace simulation
