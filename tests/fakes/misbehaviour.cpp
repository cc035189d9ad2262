#include "misbehaviour.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "json.h"

namespace fakes {
namespace {

constexpr std::array<std::string_view, 15> kKinds = {
    "429",       "500",   "503",          "html",  "empty", "truncated",          "hang",
    "drip",      "reset", "reset_inside", "close", "cut",   "wrong_account_echo", "answer",
    "wrong_user"};

void replace(Answer& answer, const Answer& other) {
  answer.status = other.status;
  answer.body = other.body;
}

bool is_rate_header(const std::string& name) {
  return name.starts_with("x-rate-limit") || name.starts_with("x-account-rate-limit");
}

void exhaust_windows(Answer& answer) {
  for (auto& [name, value] : answer.headers) {
    if (is_rate_header(name) && name.ends_with("-remaining")) value = std::to_string(0);  // "0" trips g++ 12
  }
}

/// Puts another value in place of the text after `key`, wherever it stands, up to the next quotation mark.
void overwrite_member(std::string& body, std::string_view key, std::string_view value) {
  for (size_t at = body.find(key); at != std::string::npos; at = body.find(key, at + key.size())) {
    const size_t from = at + key.size();
    body.replace(from, body.find('"', from) - from, value);
  }
}

Manner manner_of(const std::string& kind) {
  if (kind == "hang") return Manner::kHold;
  if (kind == "drip") return Manner::kDrip;
  if (kind == "reset") return Manner::kReset;
  if (kind == "reset_inside") return Manner::kResetInside;
  if (kind == "close") return Manner::kClose;
  if (kind == "cut") return Manner::kCut;
  return Manner::kPlain;
}

bool is_hit(const std::string& pattern, const std::string& text) {
  return pattern.empty() || matches_pattern(pattern, text);
}

}  // namespace

Misbehaviour read_misbehaviour(const rapidjson::Value& object) {
  allow_members(object, {"action", "kind", "token", "account", "endpoint", "times", "probability", "ms", "status",
                         "retry_after", "rate_headers", "body", "content_type"});
  Misbehaviour read;
  read.kind = needed_string(object, "kind");
  if (std::find(kKinds.begin(), kKinds.end(), read.kind) == kKinds.end()) {
    throw BadCommand("there is no misbehaviour \"" + read.kind + "\"");
  }
  read.token = string_or(object, "token", "");
  read.account = string_or(object, "account", "");
  read.endpoint = string_or(object, "endpoint", "");
  read.times = integer_or(object, "times", -1);
  if (read.times == 0) throw BadCommand("member \"times\" must not be 0");
  read.probability = number_or(object, "probability", 1);
  read.ms = integer_or(object, "ms", read.kind == "drip" ? 200 : 60000);
  read.status = integer_or(object, "status", 0);
  read.retry_after = integer_or(object, "retry_after", -1);
  read.rate_headers = flag_or(object, "rate_headers", true);
  read.body = string_or(object, "body", "");
  read.content_type = string_or(object, "content_type", "application/json; charset=utf-8");
  return read;
}

Manner spoil(const Misbehaviour& misbehaviour, Answer& answer) {
  const std::string& kind = misbehaviour.kind;
  if (kind == "429") {
    replace(answer, ads_error(429, "TOO_MANY_REQUESTS", "Too many requests"));
    exhaust_windows(answer);
  } else if (kind == "500") {
    replace(answer, ads_error(500, "INTERNAL_ERROR", "Internal error"));
  } else if (kind == "503") {
    replace(answer, ads_error(503, "OVER_CAPACITY", "Over capacity"));
  } else if (kind == "html") {
    answer.status = 503;
    answer.content_type = "text/html; charset=utf-8";
    answer.body = "<!DOCTYPE html><html><head><title>X / Over capacity</title></head><body>Try again.</body></html>";
  } else if (kind == "empty") {
    answer.body.clear();
  } else if (kind == "truncated") {
    answer.body.resize(answer.body.size() / 2);
  } else if (kind == "wrong_account_echo") {
    overwrite_member(answer.body, R"("account_id":")", "zzwrong0");
  } else if (kind == "wrong_user") {
    overwrite_member(answer.body, R"("user_id":")", "999999999");
  } else if (kind == "answer") {
    answer.status = 200;
    answer.body = misbehaviour.body;
    answer.content_type = misbehaviour.content_type;
  }
  if (misbehaviour.status != 0) answer.status = static_cast<int>(misbehaviour.status);
  if (misbehaviour.retry_after >= 0) {
    answer.headers.emplace_back("retry-after", std::to_string(misbehaviour.retry_after));
  }
  if (!misbehaviour.rate_headers) {
    std::erase_if(answer.headers, [](const auto& header) { return is_rate_header(header.first); });
  }
  return manner_of(kind);
}

std::int64_t Misbehaviours::add(Misbehaviour misbehaviour) {
  misbehaviour.id = next_id_++;
  orders_.push_back(std::move(misbehaviour));
  return orders_.back().id;
}

std::int64_t Misbehaviours::clear(std::optional<std::int64_t> id) {
  return static_cast<std::int64_t>(
      std::erase_if(orders_, [&](const Misbehaviour& order) { return !id || order.id == *id; }));
}

std::optional<Misbehaviour> Misbehaviours::pick(const Handled& handled) {
  for (auto order = orders_.begin(); order != orders_.end(); ++order) {
    const bool hit = is_hit(order->token, handled.token) && is_hit(order->account, handled.account) &&
                     is_hit(order->endpoint, handled.endpoint);
    if (!hit || std::uniform_real_distribution<>(0, 1)(random_) >= order->probability) continue;
    const Misbehaviour picked = *order;
    if (order->times > 0 && --order->times == 0) orders_.erase(order);
    return picked;
  }
  return std::nullopt;
}

}  // namespace fakes
