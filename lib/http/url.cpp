#include "http/url.h"

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/text.h"

namespace http {
namespace {

constexpr std::size_t kLongestUrl = 8192;      // what common servers accept as a request target
constexpr std::size_t kLongestHostName = 254;  // RFC 1035 section 2.3.4, with the closing dot

std::string_view default_port(bool tls) { return tls ? "443" : "80"; }

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

base::Result<std::string> port_of(const boost::urls::url_view& url, bool tls) {
  if (!url.has_port() || url.port().empty()) return std::string(default_port(tls));
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

}  // namespace

std::string Url::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != default_port(tls)) text += ":" + port;
  return text;
}

base::Result<Url> parse_url(std::string_view text) {
  if (text.size() > kLongestUrl) return base::Failure{"the URL is longer than 8192 bytes"};
  const auto parsed = boost::urls::parse_uri(text);
  if (parsed.has_error()) return base::Failure{"it is not an absolute URL such as https://host/path"};
  const boost::urls::url_view url = parsed.value();
  if (url.scheme_id() != boost::urls::scheme::https && url.scheme_id() != boost::urls::scheme::http)
    return base::Failure{"the URL's scheme is neither https nor http"};
  if (url.has_userinfo()) return base::Failure{"the URL holds a user name or password; take it out"};
  if (url.has_fragment()) return base::Failure{"the URL holds a fragment (#...); take it out"};

  // Boost 1.81 takes what follows a bad port ("host:8a/") for a path; RFC 3986 section 3.3 does not.
  if (!url.encoded_path().empty() && !url.encoded_path().starts_with('/'))
    return base::Failure{"the URL's port is not a number"};

  Url result;
  result.tls = url.scheme_id() == boost::urls::scheme::https;
  auto host = host_of(url);
  if (!host) return base::Failure{host.error()};
  auto port = port_of(url, result.tls);
  if (!port) return base::Failure{port.error()};
  result.host = std::move(host).value();
  result.port = std::move(port).value();
  result.target = std::string(std::string_view(url.encoded_target()));
  if (!result.target.starts_with('/')) result.target.insert(0, 1, '/');  // no path, perhaps a query
  return result;
}

bool has_plain_target(std::string_view text, std::string_view origin) {
  if (text.size() > kLongestUrl || !text.starts_with(origin)) return false;
  const std::string_view target = text.substr(origin.size());
  return target.starts_with('/') &&
         std::all_of(target.begin(), target.end(), [](unsigned char c) { return kPlain[c]; });
}

}  // namespace http
