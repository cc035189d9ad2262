#include "http/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/text.h"

namespace http {
namespace {

constexpr std::size_t kLongestUrl = 8192;      // what common servers accept as a request target
constexpr std::size_t kLongestHostName = 254;  // RFC 1035 section 2.3.4, with the closing dot

struct Scheme {
  std::string_view name;
  bool tls;
  std::string_view port;
};
using Schemes = std::array<Scheme, 2>;
constexpr Schemes kWeb{Scheme{"https", true, "443"}, Scheme{"http", false, "80"}};
constexpr Schemes kMail{Scheme{"smtps", true, "465"}, Scheme{"smtp", false, "587"}};

const Scheme* find_scheme(const Schemes& schemes, std::string_view name) {
  const auto found =
      std::find_if(schemes.begin(), schemes.end(),
                   [&, lower = base::to_lower(name)](const Scheme& scheme) { return scheme.name == lower; });
  return found == schemes.end() ? nullptr : &*found;
}

/// Letters, digits, '-' and '_' in labels that are not empty; one closing dot is allowed. Numbers such as "2130706433"
/// pass: what they stand for is judged once they are resolved.
bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestHostName) return false;
  if (name.back() == '.') name.remove_suffix(1);
  const auto is_label = [](std::string_view label) {
    return !label.empty() &&
           label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string_view::npos;
  };
  const auto labels = base::split(name, '.');
  return std::all_of(labels.begin(), labels.end(), is_label);
}

base::Result<std::string> host_of(const boost::urls::url_view& url) {
  if (url.host_type() == boost::urls::host_type::ipv6) return base::to_lower(url.host_address());
  const std::string host = base::to_lower(std::string_view(url.encoded_host()));
  if (!is_host_name(host)) return base::Failure{"the URL has no valid host name"};
  return host;
}

base::Result<std::string> port_of(const boost::urls::url_view& url, const Scheme& scheme) {
  if (!url.has_port() || url.port().empty()) return std::string(scheme.port);
  if (url.port_number() == 0) return base::Failure{"the URL's port is not between 1 and 65535"};
  return std::to_string(url.port_number());
}

/// RFC 3986 sections 3.3 and 3.4, without '%', which two digits must follow, and '#', which ends the query.
constexpr bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~!$&'()*+,;=:@/?").find(c) != std::string_view::npos;
}

constexpr auto kPlain = [] {
  std::array<bool, 256> table{};
  for (int c = 0; c < 128; ++c) table[static_cast<std::size_t>(c)] = is_plain(static_cast<char>(c));
  return table;
}();

base::Result<Url> parse(std::string_view text, const Schemes& schemes, std::string_view example) {
  if (text.size() > kLongestUrl) return base::Failure{"the URL is longer than 8192 bytes"};
  const auto parsed = boost::urls::parse_uri(text);
  if (parsed.has_error()) return base::Failure{fmt::format("it is not an absolute URL such as {}", example)};
  const boost::urls::url_view url = parsed.value();
  const Scheme* const scheme = find_scheme(schemes, std::string_view(url.scheme()));
  if (scheme == nullptr)
    return base::Failure{fmt::format("the URL's scheme is neither {} nor {}", schemes[0].name, schemes[1].name)};
  if (url.has_userinfo()) return base::Failure{"the URL holds a user name or password; take it out"};
  if (url.has_fragment()) return base::Failure{"the URL holds a fragment (#...); take it out"};

  // Boost 1.81 takes what follows a bad port ("host:8a/") for a path; RFC 3986 section 3.3 does not.
  if (!url.encoded_path().empty() && !url.encoded_path().starts_with('/'))
    return base::Failure{"the URL's port is not a number"};

  Url result;
  result.tls = scheme->tls;
  auto host = host_of(url);
  if (!host) return base::Failure{host.error()};
  auto port = port_of(url, *scheme);
  if (!port) return base::Failure{port.error()};
  result.host = std::move(host).value();
  result.port = std::move(port).value();
  result.target = std::string(std::string_view(url.encoded_target()));
  if (!result.target.starts_with('/')) result.target.insert(0, 1, '/');  // no path, perhaps a query
  return result;
}

}  // namespace

std::string Url::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != kWeb[tls ? 0 : 1].port) text += ":" + port;
  return text;
}

base::Result<Url> parse_url(std::string_view text) { return parse(text, kWeb, "https://host/path"); }

base::Result<Url> parse_mail_url(std::string_view text) {
  auto url = parse(text, kMail, "smtp://host:587");
  if (url && url.value().target != "/")
    return base::Failure{"the URL holds more than the mail server's host and port; take it out"};
  return url;
}

bool is_mail_url(std::string_view text) {
  const auto colon = text.find(':');
  return colon != std::string_view::npos && find_scheme(kMail, text.substr(0, colon)) != nullptr;
}

bool has_plain_target(std::string_view text, std::string_view origin) {
  if (text.size() > kLongestUrl || !text.starts_with(origin)) return false;
  const std::string_view target = text.substr(origin.size());
  return target.starts_with('/') &&
         std::all_of(target.begin(), target.end(), [](unsigned char c) { return kPlain[c]; });
}

}  // namespace http
