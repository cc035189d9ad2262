#include "alert/http_form.h"

#include <algorithm>

#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "http/url.h"

namespace alert {
namespace {

// Standard Webhooks 1.0.0 advises 15 to 30 seconds for an attempt.
constexpr base::Duration kDeadline = std::chrono::seconds(15);
constexpr std::size_t kMostAnswerBytes = 4096;
constexpr const char* kNotFollowed = ": redirects are not followed";

bool holds(std::initializer_list<int> statuses, int status) {
  return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

std::string one_of(std::initializer_list<std::string_view> hosts) {
  std::string text;
  for (const std::string_view host : hosts) text.append(text.empty() ? "" : " or ").append(host);
  return text;
}

}  // namespace

std::optional<std::string> complaint_about_url(const Destination& destination, std::string_view whose,
                                               std::initializer_list<std::string_view> hosts) {
  if (destination.url.empty()) return "url is missing";
  const auto url = http::parse_url(destination.url.reveal());
  if (!url) return "url: " + url.error();
  if (destination.allow_private) return std::nullopt;
  if (!url.value().tls)
    return "url: it must start with https:// (allow_private: true permits http to loopback and private addresses)";
  if (hosts.size() > 0 && std::find(hosts.begin(), hosts.end(), url.value().host) == hosts.end())
    return "url: " + std::string(whose) + " host is " + one_of(hosts) + " (allow_private: true permits another one)";
  return std::nullopt;
}

std::optional<std::string> complaint_about_base(const Destination& destination, std::string_view whose,
                                                std::initializer_list<std::string_view> hosts) {
  if (auto complaint = complaint_about_url(destination, whose, hosts)) return complaint;
  if (destination.url.reveal().find('?') != std::string_view::npos)
    return "url: it must not hold a query (?...): paths are added to it";
  return std::nullopt;
}

http::Request post_to(const Destination& destination, std::string body, std::string_view path) {
  http::Request request;
  request.method = "POST";
  request.url = std::string(destination.url.reveal());
  if (!path.empty() && request.url.ends_with('/')) request.url.pop_back();
  request.url += path;
  request.headers = {{"content-type", "application/json"}, {"user-agent", "adsauditd"}};
  request.body = std::move(body);
  request.deadline = kDeadline;
  request.max_body = kMostAnswerBytes;
  request.cut_long_body = true;
  request.idempotent = false;
  request.reach = destination.allow_private ? http::Reach::kPrivateToo : http::Reach::kPublicAddress;
  return request;
}

std::string with_member(std::string_view object, std::string_view key, std::string_view value) {
  ENSURE(object.starts_with('{') && object.size() > 2);
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  writer.StartObject();
  writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  base::write_text(writer, value);
  std::string text = base::take_text(buffer);  // without the closing brace: the object's own follows
  return text.append(",").append(object.substr(1));
}

std::string status_text(int status) { return "http " + std::to_string(status); }

AttemptResult judge_status(int status, std::initializer_list<int> delivered) {
  if (holds(delivered, status)) return {Verdict::kDelivered, "delivered"};
  if (holds({400, 413, 422}, status)) return {Verdict::kRefused, status_text(status)};
  if (holds({401, 403, 404, 405, 410}, status)) return {Verdict::kBroken, status_text(status)};
  if (status >= 300 && status <= 399) return {Verdict::kRetry, status_text(status) + kNotFollowed};
  return {Verdict::kRetry, status_text(status)};
}

AttemptResult judge_webhook(const http::Response& response) {
  const int status = response.status;
  if (status >= 200 && status <= 299) return {Verdict::kDelivered, "delivered"};
  if (status == 410) return {Verdict::kBroken, "http 410: the endpoint wants no more messages"};
  if (status >= 300 && status <= 399) return {Verdict::kRetry, status_text(status) + kNotFollowed};
  AttemptResult result{Verdict::kRetry, status_text(status)};
  result.slow_down = holds({429, 502, 504}, status);
  return result;
}

std::string_view error_word(std::string_view text) {
  constexpr std::size_t kLongest = 64;
  const std::string_view word = base::trim(text);
  const bool plain = std::all_of(word.begin(), word.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  return plain && word.size() <= kLongest ? word : std::string_view();
}

}  // namespace alert
