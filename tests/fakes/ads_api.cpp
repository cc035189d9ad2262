#include "ads_api.h"

#include <algorithm>
#include <vector>

#include "account_list.h"

namespace fakes {

enum class Host { kAds, kIdentity, kIdentity2, kSignIn };

struct AdsApi::Route {
  Host host = Host::kAds;
  std::string version;  ///< ads host only
  std::string endpoint = "other";
  std::string account;
};

struct AdsApi::Caller {
  OauthHeader header;
  const App* app = nullptr;
  const Token* token = nullptr;
  const User* user = nullptr;
};

namespace {

constexpr std::string_view kOldVersion = "11";

std::vector<std::string> split_path(const std::string& target) {
  std::vector<std::string> parts;
  const std::string path = target.substr(0, target.find('?'));
  for (size_t from = 1; from <= path.size();) {
    const size_t slash = std::min(path.find('/', from), path.size());
    parts.push_back(percent_decode(path.substr(from, slash - from)));
    from = slash + 1;
  }
  return parts;
}

NameValues query_of(const std::string& target) {
  const size_t question = target.find('?');
  return question == std::string::npos ? NameValues() : parse_form(target.substr(question + 1));
}

bool is_number(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char digit) { return digit >= '0' && digit <= '9'; });
}

bool is_account_id(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z');
  });
}

void add_levels(NameValues& headers, const std::string& family, const WindowLevel& level) {
  headers.emplace_back(family + "-limit", std::to_string(level.limit));
  headers.emplace_back(family + "-remaining", std::to_string(level.remaining));
  headers.emplace_back(family + "-reset", std::to_string(level.reset));
}

}  // namespace

std::string to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNotChecked:
      return "not_checked";
    case Verdict::kGood:
      return "good";
    case Verdict::kMalformed:
      return "malformed";
    case Verdict::kUnknownConsumer:
      return "unknown_consumer";
    case Verdict::kSuspendedApp:
      return "suspended_app";
    case Verdict::kOutOfTime:
      return "out_of_time";
    case Verdict::kUnknownToken:
      return "unknown_token";
    case Verdict::kBadSignature:
      return "bad_signature";
    case Verdict::kNonceReused:
      return "nonce_reused";
    case Verdict::kRevoked:
      return "revoked";
  }
  return "";
}

AdsApi::Route AdsApi::find_route(const SignedRequest& request) {
  const auto parts = split_path(request.target);
  Route route;
  const std::string first = parts.empty() ? "" : parts[0];
  const std::string path = request.target.substr(0, request.target.find('?'));
  if (path == "/1.1/account/verify_credentials.json") return {Host::kIdentity, "", "verify_credentials", ""};
  if (path == "/2/users/me") return {Host::kIdentity2, "", "users_me", ""};
  if (path == "/1.1/oauth/invalidate_token.json") return {Host::kIdentity, "", "invalidate_token", ""};
  if (path == "/oauth/request_token") return {Host::kSignIn, "", "request_token", ""};
  if (path == "/oauth/access_token") return {Host::kSignIn, "", "access_token", ""};
  if (first == "1.1") return {Host::kIdentity, "", "other", ""};
  route.version = is_number(first) ? first : "";
  const bool accounts = parts.size() >= 2 && parts[1] == "accounts";
  if (accounts && parts.size() >= 3) route.account = parts[2];
  if (accounts && parts.size() == 2) route.endpoint = "accounts";
  if (accounts && parts.size() == 3) route.endpoint = "account";
  if (accounts && parts.size() == 4 && parts[3] == "authenticated_user_access") route.endpoint = parts[3];
  return route;
}

Handled AdsApi::handle(const SignedRequest& request, std::int64_t now_s) {
  const Options& options = world.options;
  now_s += options.skew_s;
  const Route route = find_route(request);
  Handled handled{{}, Verdict::kNotChecked, "", route.account, route.endpoint};
  Caller caller;
  NameValues levels;
  handled.answer = answer(request, route, now_s, handled.verdict, caller, levels);
  if (caller.token != nullptr) handled.token = caller.token->name;
  auto& headers = handled.answer.headers;
  headers.emplace_back("date", http_date(now_s));
  headers.insert(headers.end(), levels.begin(), levels.end());
  if (handled.verdict == Verdict::kGood) {
    headers.emplace_back("x-access-level", caller.app->read_only ? "read" : "read-write");
  }
  if (route.host == Host::kAds) headers.emplace_back("x-current-api-version", options.current_version);
  if (route.host == Host::kAds && (route.version == kOldVersion || !options.warning.empty())) {
    headers.emplace_back("x-api-warn", options.warning.empty() ? "This version is deprecated" : options.warning);
  }
  return handled;
}

Answer AdsApi::answer(const SignedRequest& request, const Route& route, std::int64_t now_s, Verdict& verdict,
                      Caller& caller, NameValues& levels) {
  const bool served = route.version == world.options.current_version || route.version == kOldVersion;
  if (!route.version.empty() && (world.options.retired || !served)) {
    return ads_error(403, "INVALID", "Version " + route.version + ".0 is not available.");
  }
  verdict = check(request, route, now_s, caller);
  if (verdict != Verdict::kGood) return refusal(verdict, route);
  const bool posts = route.host == Host::kSignIn || route.endpoint == "invalidate_token";
  if (request.method != (posts ? "POST" : "GET")) {
    return ads_error(405, "METHOD_NOT_ALLOWED", "The method is not allowed for this path");
  }
  if (route.host == Host::kSignIn) return answer_sign_in(caller, route, request);
  if (!count_call(caller, route, now_s, 1, levels)) {
    return route.host == Host::kAds ? ads_error(429, "TOO_MANY_REQUESTS", "Too many requests", route.account)
                                    : gateway_error(429, 88, "Rate limit exceeded");
  }
  return route.host == Host::kAds ? answer_ads(caller, route, request) : answer_identity(caller, route);
}

Verdict AdsApi::check(const SignedRequest& request, const Route& route, std::int64_t now_s, Caller& caller) {
  const auto header = read_authorization(request.authorization);
  if (!header) return Verdict::kMalformed;
  caller.header = *header;
  caller.app = world.app_with_key(header->consumer_key);
  if (caller.app == nullptr) return Verdict::kUnknownConsumer;
  if (caller.app->suspended) return Verdict::kSuspendedApp;
  const std::string* secret = token_secret(route, caller);
  const std::int64_t tolerance = world.options.clock_tolerance_s;
  if (std::abs(header->timestamp_s - now_s) > tolerance) return Verdict::kOutOfTime;
  if (secret == nullptr) return Verdict::kUnknownToken;
  // The secret of a revoked token is still checked: the counters then tell a wrong signer from a revoked token.
  const std::string expected =
      expected_signature(signature_base_string(request, *header), caller.app->consumer_secret, *secret);
  const bool fits = caller.token == nullptr || caller.token->app == caller.app->name;
  if (expected != header->signature || !fits) return Verdict::kBadSignature;
  if (!nonces_.remember(header->consumer_key + '\n' + header->token, header->nonce, now_s, 2 * tolerance)) {
    return Verdict::kNonceReused;
  }
  return caller.token != nullptr && caller.token->revoked ? Verdict::kRevoked : Verdict::kGood;
}

const std::string* AdsApi::token_secret(const Route& route, Caller& caller) const {
  static const std::string no_secret;
  const std::string& text = caller.header.token;
  if (route.endpoint == "request_token") return text.empty() ? &no_secret : nullptr;
  if (route.endpoint == "access_token") return sign_ins.secret_of(*caller.app, text);
  caller.token = world.token_with_text(text);
  if (caller.token == nullptr) return nullptr;
  caller.user = &world.users.at(caller.token->user);
  return &caller.token->secret;
}

Answer AdsApi::answer_sign_in(const Caller& caller, const Route& route, const SignedRequest& request) {
  // Both parts may travel in the header or in the body.
  NameValues parts = caller.header.signed_pairs;
  const NameValues form = parse_form(request.form_body);
  parts.insert(parts.end(), form.begin(), form.end());
  return route.endpoint == "request_token"
             ? sign_ins.begin(*caller.app, value_or(parts, "oauth_callback", ""))
             : sign_ins.exchange(world, caller.header.token, value_or(parts, "oauth_verifier", ""));
}

Answer AdsApi::refusal(Verdict verdict, const Route& route) const {
  const Options& options = world.options;
  const bool ads = route.host == Host::kAds;
  Answer vague = ads_error(401, "UNAUTHORIZED_ACCESS", "This request is not properly authenticated");
  Answer code_32 = gateway_error(401, 32, "Could not authenticate you.");
  Answer code_89 = gateway_error(401, 89, "Invalid or expired token.");
  if (verdict == Verdict::kMalformed) return gateway_error(400, 215, "Bad Authentication data");
  if (route.host == Host::kIdentity2) return problem(401, "Unauthorized", "Unauthorized", "about:blank");
  switch (verdict) {
    case Verdict::kUnknownToken:
    case Verdict::kRevoked:
      return ads && options.revoked == "unauthorized_access" ? vague : code_89;
    case Verdict::kBadSignature:
    case Verdict::kNonceReused:
      return ads && options.bad_signature == "unauthorized_access" ? vague : code_32;
    case Verdict::kOutOfTime:
      return ads && options.clock == "unauthorized_access" ? vague
                                                           : gateway_error(401, 135, "Timestamp out of bounds.");
    case Verdict::kSuspendedApp:
      return ads ? vague : gateway_error(401, 416, "Invalid / suspended App.");
    default:
      return code_32;
  }
}

bool AdsApi::count_call(const Caller& caller, const Route& route, std::int64_t now_s, std::int64_t calls,
                        NameValues& headers) {
  const Options& options = world.options;
  const auto spend = [&](const std::string& owner, std::int64_t limit) {
    return windows_.spend(owner + '\n' + route.endpoint, limit, options.window_s, now_s, calls);
  };
  const std::string of_token = "token " + caller.token->name;
  if (route.host != Host::kAds || route.account.empty()) {
    const auto level = spend(of_token, route.host == Host::kAds ? options.accounts_limit : options.identity_limit);
    add_levels(headers, "x-rate-limit", level);
    return level.allowed;
  }
  if (!options.account_family) {
    const auto level = spend(of_token, options.token_limit);
    add_levels(headers, "x-rate-limit", level);
    return level.allowed;
  }
  const auto quota = spend("app " + caller.app->name, options.app_quota);
  const auto level = spend("account " + route.account, options.account_limit);
  add_levels(headers, "x-rate-limit", quota);
  add_levels(headers, "x-account-rate-limit", level);
  return quota.allowed && level.allowed;
}

void AdsApi::spend(const std::string& token, const std::string& account, const std::string& endpoint,
                   std::int64_t calls, std::int64_t now_s) {
  const Token& owner = world.token(token);
  const bool identity = endpoint == "verify_credentials" || endpoint == "users_me";
  const Caller caller{{}, &world.app(owner.app), &owner, nullptr};
  NameValues ignored;
  count_call(caller, {identity ? Host::kIdentity : Host::kAds, "", endpoint, account}, now_s + world.options.skew_s,
             calls, ignored);
}

Answer AdsApi::answer_ads(const Caller& caller, const Route& route, const SignedRequest& request) const {
  const Options& options = world.options;
  if (!caller.app->ads_access) {
    return ads_error(403, "UNAUTHORIZED_CLIENT_APPLICATION",
                     "The client application making this request does not have access to Twitter Ads API");
  }
  if (caller.app->read_only) {
    return ads_error(403, "READONLY_CLIENT_APPLICATION", "The client application may only read");
  }
  if (caller.token->needs_reauthorization) {
    return ads_error(403, "INSUFFICIENT_USER_AUTHORIZED_PERMISSION", "The user must authorize the application again");
  }
  if (caller.user->suspended) {
    return options.suspended_user == "code_64"
               ? gateway_error(403, 64, "Your account is suspended and is not permitted to access this feature.")
               : ads_error(403, "CURRENT_USER_SUSPENDED", "The current user is suspended");
  }
  if (caller.user->locked) {
    return options.locked_user == "code_326" ? locked_user_error()
                                             : ads_error(403, "ACCOUNT_LOCKED_OUT", "The user is locked out");
  }
  const NameValues query = query_of(request.target);
  if (route.endpoint == "accounts") return answer_list(caller, query);
  const bool known = route.endpoint == "account" || route.endpoint == "authenticated_user_access";
  if (route.version.empty() || !known) return ads_error(404, "ROUTE_NOT_FOUND", "There is no such route");
  return answer_account(caller, route, value_or(query, "with_deleted", "false") == "true");
}

Answer AdsApi::answer_identity(const Caller& caller, const Route& route) {
  const bool second = route.host == Host::kIdentity2;
  if (route.endpoint == "invalidate_token") {
    world.token(caller.token->name).revoked = true;
    return invalidated_answer(caller.token->token);
  }
  if (route.endpoint == "other") return gateway_error(404, 34, "Sorry, that page does not exist.");
  if (caller.user->suspended) {
    return second ? problem(403, "Forbidden", "The user used for authentication is suspended",
                            "https://api.twitter.com/2/problems/user-suspended")
                  : gateway_error(403, 64, "Your account is suspended and is not permitted to access this feature.");
  }
  if (caller.user->locked) return locked_user_error();
  return second ? users_me_answer(*caller.user) : verify_credentials_answer(*caller.user);
}

Answer AdsApi::answer_account(const Caller& caller, const Route& route, bool with_deleted) const {
  if (!is_account_id(route.account)) {
    return ads_error(404, "INVALID_ID_ILLEGAL_CHARACTERS", "The id holds illegal characters", route.account);
  }
  const auto* permissions = world.permissions(route.account, caller.user->id);
  if (permissions == nullptr) return no_grant(route.account);
  const AdAccount& account = world.accounts.at(route.account);
  if (account.deleted && !with_deleted) {
    return ads_error(404, "NOT_FOUND", "Account " + account.id + " was not found", account.id);
  }
  if (account.locked) return ads_error(403, "ACCOUNT_LOCKED_OUT", "The account is locked out", account.id);
  return route.endpoint == "account" ? account_answer(account, with_deleted)
                                     : access_answer(account.id, caller.user->id, *permissions);
}

Answer AdsApi::answer_list(const Caller& caller, const NameValues& query) const {
  return list_accounts(world.accounts_of(caller.user->id), query, world.options.odd_cursors);
}

Answer AdsApi::no_grant(const std::string& account_id) const {
  const std::string message = "Account " + account_id + " was not found";
  if (world.options.no_grant == "account_not_found_403") {
    return ads_error(403, "ACCOUNT_NOT_FOUND", message, account_id);
  }
  if (world.options.no_grant == "not_found_403") return ads_error(403, "NOT_FOUND", message);
  return ads_error(404, "NOT_FOUND", message, account_id);
}

}  // namespace fakes
