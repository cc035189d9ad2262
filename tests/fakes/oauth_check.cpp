#include "oauth_check.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace fakes {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return result;
}

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// name="value" of the header; nothing when the quotes are not there.
std::optional<std::pair<std::string, std::string>> read_member(std::string_view member) {
  member = trimmed(member);
  const size_t equals = member.find('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  const std::string_view value = member.substr(equals + 1);
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::nullopt;
  return std::pair(percent_decode(member.substr(0, equals)), percent_decode(value.substr(1, value.size() - 2)));
}

std::optional<std::map<std::string, std::string>> read_members(std::string_view header) {
  constexpr std::string_view kScheme = "oauth ";
  if (lower(header.substr(0, kScheme.size())) != kScheme) return std::nullopt;
  header.remove_prefix(kScheme.size());
  std::map<std::string, std::string> members;
  while (!header.empty()) {
    const std::string_view part = header.substr(0, header.find(','));
    header.remove_prefix(std::min(header.size(), part.size() + 1));
    auto member = read_member(part);
    if (!member || !members.insert(std::move(*member)).second) return std::nullopt;
  }
  return members;
}

std::string take(const std::map<std::string, std::string>& members, const char* name) {
  const auto found = members.find(name);
  return found == members.end() ? std::string() : found->second;
}

std::string base_url(const SignedRequest& request) {
  const std::string host = lower(request.host);
  const std::string default_port = request.scheme == "https" ? ":443" : ":80";
  const std::string shown = host.ends_with(default_port) ? host.substr(0, host.size() - default_port.size()) : host;
  return request.scheme + "://" + shown + request.target.substr(0, request.target.find('?'));
}

}  // namespace

std::optional<OauthHeader> read_authorization(std::string_view header) {
  const auto members = read_members(header);
  if (!members) return std::nullopt;
  OauthHeader read;
  read.consumer_key = take(*members, "oauth_consumer_key");
  read.token = take(*members, "oauth_token");
  read.nonce = take(*members, "oauth_nonce");
  read.signature = take(*members, "oauth_signature");
  const std::string timestamp = take(*members, "oauth_timestamp");
  const auto [end, error] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), read.timestamp_s);
  const bool timed = error == std::errc() && end == timestamp.data() + timestamp.size() && read.timestamp_s > 0;
  const bool versioned = members->count("oauth_version") == 0 || take(*members, "oauth_version") == "1.0";
  if (!timed || !versioned || take(*members, "oauth_signature_method") != "HMAC-SHA1") return std::nullopt;
  if (read.consumer_key.empty() || read.nonce.empty() || read.signature.empty()) return std::nullopt;
  for (const auto& [name, value] : *members) {
    if (name != "oauth_signature" && name != "realm") read.signed_pairs.emplace_back(name, value);
  }
  return read;
}

std::string signature_base_string(const SignedRequest& request, const OauthHeader& header) {
  NameValues pairs;
  const auto add = [&pairs](const NameValues& decoded) {
    for (const auto& [name, value] : decoded) pairs.emplace_back(percent_encode(name), percent_encode(value));
  };
  add(header.signed_pairs);
  if (const size_t question = request.target.find('?'); question != std::string::npos) {
    add(parse_form(std::string_view(request.target).substr(question + 1)));
  }
  add(parse_form(request.form_body));
  std::sort(pairs.begin(), pairs.end());

  std::string parameters;
  for (const auto& [name, value] : pairs) {
    if (!parameters.empty()) parameters += '&';
    parameters.append(name).append(1, '=').append(value);
  }
  return request.method + "&" + percent_encode(base_url(request)) + "&" + percent_encode(parameters);
}

std::string expected_signature(std::string_view base_string, std::string_view consumer_secret,
                               std::string_view token_secret) {
  const std::string key = percent_encode(consumer_secret) + "&" + percent_encode(token_secret);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(base_string.data()),
       base_string.size(), digest.data(), &length);
  return to_base64({reinterpret_cast<const char*>(digest.data()), length});
}

bool NonceMemory::remember(const std::string& owner, const std::string& nonce, std::int64_t now_s,
                           std::int64_t keep_s) {
  while (!by_age_.empty() && by_age_.front().first < now_s - keep_s) {
    known_.erase(by_age_.front().second);
    by_age_.pop_front();
  }
  std::string entry = owner + '\n' + nonce;
  if (!known_.insert(entry).second) return false;
  by_age_.emplace_back(now_s, std::move(entry));
  return true;
}

}  // namespace fakes
