#include "server/answers.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace bench {
namespace {

constexpr std::string_view kAccountsPath = "/12/accounts/";
constexpr std::string_view kAllPermissions = R"("ACCOUNT_ADMIN","TWEET_COMPOSER")";
constexpr std::string_view kFewerPermissions = R"("ANALYST","TWEET_COMPOSER")";

/// "/12/accounts/:account_id/authenticated_user_access", or empty.
std::string_view account_of(std::string_view target) {
  if (!target.starts_with(kAccountsPath)) return {};
  target.remove_prefix(kAccountsPath.size());
  const auto slash = target.find('/');
  return slash == std::string_view::npos ? std::string_view() : target.substr(0, slash);
}

}  // namespace

std::int64_t epoch_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::string_view Answers::answer(std::string_view target, Clock::time_point now) {
  if (now >= head_until_) renew_head(now);
  const std::string_view account = account_of(target);
  if (account.empty()) {  // discovery and identity, which no section measures
    compose("200 OK", target.starts_with("/12/") ? R"({"data":[],"next_cursor":null})"
                                                 : R"({"id":1,"id_str":"1","screen_name":"bench"})");
    return answer_;
  }
  if (options_.enforce && !spend(std::string(account), now)) {
    compose("429 Too Many Requests",
            R"({"errors":[{"code":"TOO_MANY_REQUESTS","message":"Too many requests"}],"request":{"params":{}}})");
    return answer_;
  }
  body_.assign(R"({"request":{"params":{"account_id":")").append(account);
  body_.append(R"("}},"data":{"user_id":"756201191646691328","permissions":[)").append(permissions_of(account));
  body_.append("]}}");
  compose("200 OK", body_);
  return answer_;
}

void Answers::flip(const std::string& account) {
  Flip& flip = flips_[account];
  flip = {!flip.reduced, 0};
}

std::int64_t Answers::told_at(const std::string& account) const {
  const auto found = flips_.find(account);
  return found == flips_.end() ? 0 : found->second.told_at;
}

std::string_view Answers::permissions_of(std::string_view account) {
  if (flips_.empty()) return kAllPermissions;
  const auto found = flips_.find(std::string(account));
  if (found == flips_.end()) return kAllPermissions;
  if (found->second.told_at == 0) found->second.told_at = epoch_ms();
  return found->second.reduced ? kFewerPermissions : kAllPermissions;
}

/// A window begins with the first call in it.
bool Answers::spend(const std::string& account, Clock::time_point now) {
  Window& window = windows_[account];
  if (now >= window.ends) window = {now + std::chrono::seconds(options_.window_seconds), 0};
  largest_window_ = std::max(largest_window_, ++window.used);
  if (window.used <= options_.limit) return true;
  ++throttled_;
  return false;
}

void Answers::renew_head(Clock::time_point now) {
  head_until_ = now + std::chrono::seconds(1);
  const std::time_t seconds = std::time(nullptr);
  const std::time_t reset = (seconds / options_.window_seconds + 1) * options_.window_seconds;
  const std::string date = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(seconds));
  head_ = fmt::format(
      "date: {0}\r\nserver: tsa_b\r\ncontent-type: application/json;charset=utf-8\r\n"
      "cache-control: no-cache, no-store, must-revalidate, pre-check=0, post-check=0\r\n"
      "pragma: no-cache\r\nexpires: Tue, 31 Mar 1981 05:00:00 GMT\r\nlast-modified: {0}\r\n"
      "x-current-api-version: 12\r\nx-runtime: 0.041213\r\nx-response-time: 47\r\n"
      "x-transaction-id: 6c7d1f0c2b5e4a31\r\nx-connection-hash: "
      "9f4d6a1e0b7c53826d1f2a90c4be7735120fd9a863c5e417b2086ed34fa9715c\r\n"
      "x-account-rate-limit-limit: {1}\r\nx-account-rate-limit-remaining: {2}\r\nx-account-rate-limit-reset: {3}\r\n"
      "x-rate-limit-limit: {1}\r\nx-rate-limit-remaining: {2}\r\nx-rate-limit-reset: {3}\r\n"
      "x-content-type-options: nosniff\r\nx-frame-options: SAMEORIGIN\r\nx-xss-protection: 0\r\n"
      "strict-transport-security: max-age=631138519\r\nvary: Accept-Encoding\r\nperf: 7402827104\r\n"
      "x-access-level: read-write-directmessages\r\ncontent-disposition: attachment; filename=json.json\r\n"
      "cross-origin-opener-policy: same-origin-allow-popups\r\n",
      date, options_.limit, options_.limit - 1, reset);
}

void Answers::compose(std::string_view status, std::string_view body) {
  answer_.assign("HTTP/1.1 ").append(status).append("\r\n").append(head_).append("content-length: ");
  answer_.append(fmt::format_int(body.size()).c_str()).append("\r\n\r\n").append(body);
}

}  // namespace bench
