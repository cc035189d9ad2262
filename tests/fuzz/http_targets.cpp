#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>

#include "fuzz/targets.h"
#include "http/address.h"
#include "http/answer_reader.h"
#include "http/query.h"
#include "http/reach.h"
#include "http/request_reader.h"
#include "http/smtp_reply.h"
#include "http/url.h"

namespace fuzz {
namespace {

constexpr std::size_t kMaxBody = 4096;

/// What became of an answer that came in pieces of this size.
struct Read {
  http::AnswerReader::Progress progress = http::AnswerReader::Progress::kNeedMore;
  std::optional<http::Response> response{};
};

Read read(std::string_view bytes, std::size_t piece, const http::AnswerReader::Limits& limits) {
  using Progress = http::AnswerReader::Progress;
  http::AnswerReader reader(limits);
  Read read;
  while (!bytes.empty() && read.progress == Progress::kNeedMore) {
    read.progress = reader.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  if (read.progress == Progress::kNeedMore) read.progress = reader.end();
  if (read.progress == Progress::kMalformed) ENSURE(!reader.complaint().empty());
  if (read.progress != Progress::kComplete) return read;
  reader.allows_reuse();
  read.response = reader.take();
  ENSURE(read.response->body.size() <= limits.max_body);
  ENSURE(read.response->status >= 100 && read.response->status <= 999);
  for (std::size_t i = 0; i < read.response->headers.size(); ++i)
    ENSURE(read.response->headers[i].second.find('\n') == std::string_view::npos);
  return read;
}

/// What became of a request that came in pieces of this size.
std::optional<http::InboundRequest> heard(std::string_view bytes, std::size_t piece) {
  using Progress = http::RequestReader::Progress;
  static const std::vector<std::string> hosts{"127.0.0.1:9487", "localhost:9487"};
  http::RequestReader reader(hosts);
  auto progress = Progress::kNeedMore;
  while (!bytes.empty() && progress == Progress::kNeedMore) {
    progress = reader.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  if (progress == Progress::kRefused) ENSURE(reader.refusal().status >= 400 && !reader.refusal().why.empty());
  if (progress != Progress::kComplete) return std::nullopt;
  auto request = reader.take();
  ENSURE(request.method == "GET" || request.method == "HEAD");
  ENSURE(request.target.starts_with('/') && request.target.size() <= http::RequestReader::kMaxHead);
  for (const char c : request.target) ENSURE(c > ' ' && c < 0x7F);
  ENSURE(request.headers.size() <= http::RequestReader::kMaxLines);
  if (const auto parameters = http::parameters_of(request.target)) {
    for (const auto& [name, value] : parameters.value())
      ENSURE(http::percent_decoded(http::percent_encoded(value)).value() == value);
  }
  return request;
}

boost::asio::ip::address address_of(Pieces& pieces) {
  if (pieces.byte() % 2 == 0) {
    boost::asio::ip::address_v4::bytes_type bytes{};
    for (auto& byte : bytes) byte = static_cast<unsigned char>(pieces.byte());
    return boost::asio::ip::address_v4(bytes);
  }
  boost::asio::ip::address_v6::bytes_type bytes{};
  for (auto& byte : bytes) byte = static_cast<unsigned char>(pieces.byte());
  return boost::asio::ip::address_v6(bytes);
}

bool is_loopback_or_any(const boost::asio::ip::address& address) {
  return address.is_loopback() || address.is_unspecified() || address.is_multicast();
}

}  // namespace

/// One byte of options, then the answer. However it is cut, the same answer comes out.
void answer(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto options = static_cast<unsigned char>(bytes[0]);
  const http::AnswerReader::Limits limits{
      .max_body = kMaxBody, .cut_long_body = (options & 1U) != 0, .no_body = (options & 2U) != 0};
  bytes.remove_prefix(1);
  const auto whole = read(bytes, bytes.size() + 1, limits);
  const auto cut = read(bytes, 1 + (options >> 2U), limits);
  if (!whole.response || !cut.response) {
    // What comes after the end of an answer is its own matter: only who reads on sees it.
    ENSURE(whole.response.has_value() == cut.response.has_value());
    return;
  }
  ENSURE(whole.response->status == cut.response->status);
  ENSURE(whole.response->body == cut.response->body);
  ENSURE(whole.response->headers.size() == cut.response->headers.size());
}

void url(std::string_view bytes) {
  const auto parsed = http::parse_url(bytes);
  const auto mail = http::parse_mail_url(bytes);
  ENSURE(!(parsed && mail));
  if (mail) ENSURE(http::is_mail_url(bytes));
  for (const auto& url : {parsed, mail}) {
    if (!url) {
      ENSURE(!url.error().empty());
      continue;
    }
    const auto& [tls, host, port, target] = url.value();
    ENSURE(!host.empty() && !port.empty());
    // Nothing of a URL may reach into the request that is made of it.
    for (const std::string& part : {host, port, target})
      ENSURE(part.find_first_of(std::string_view("\r\n\t \0", 5)) == std::string::npos);
    ENSURE(host.find_first_of("/?#@") == std::string::npos);
    ENSURE(port.find_first_not_of("0123456789") == std::string::npos && port.size() <= 5);
  }
  if (!parsed) return;
  const auto& known = parsed.value();
  ENSURE(!known.target.empty() && known.target[0] == '/');
  const bool v6 = known.host.find(':') != std::string::npos;
  const auto again = http::parse_url((known.tls ? "https://" : "http://") + (v6 ? "[" + known.host + "]" : known.host) +
                                     ":" + known.port + known.target);
  ENSURE(again && again.value().host == known.host && again.value().port == known.port &&
         again.value().target == known.target && again.value().tls == known.tls);
}

/// Which addresses are told apart, and what may go to several at once.
void address(std::string_view bytes) {
  Pieces pieces(bytes);
  http::Addresses addresses;
  for (int count = 0; count < 4 && !pieces.empty(); ++count) addresses.push_back(address_of(pieces));
  for (const auto& each : addresses) {
    if (http::is_public(each)) ENSURE(!http::is_private(each) && !is_loopback_or_any(each));
    // The same address in the clothes of IPv6 is no better and no worse.
    if (each.is_v4()) {
      const auto mapped = boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped, each.to_v4());
      ENSURE(http::is_public(mapped) == http::is_public(each));
      ENSURE(http::is_private(mapped) == http::is_private(each));
    }
  }
  for (const bool tls : {false, true}) {
    const auto objection = http::objection_to(addresses, http::Reach::kPublicAddress, tls);
    if (objection) continue;
    for (const auto& each : addresses) ENSURE(http::is_public(each));
  }
}

void smtp(std::string_view bytes) {
  http::SmtpReply reply;
  for (std::size_t start = 0; start < bytes.size();) {
    const auto end = std::min(bytes.find('\n', start), bytes.size() - 1);
    if (!reply.add(bytes.substr(start, end + 1 - start))) return;
    ENSURE(reply.text().size() <= http::SmtpReply::kMostText + 3);
    ENSURE(reply.code() >= 0 && reply.code() <= 999);
    start = end + 1;
  }
}

/// One byte that says how it is cut, then the request: the same one comes out however it came.
void request(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto piece = std::size_t{1} + static_cast<unsigned char>(bytes[0]) % 64;
  bytes.remove_prefix(1);
  const auto whole = heard(bytes, bytes.size() + 1);
  const auto cut = heard(bytes, piece);
  ENSURE(whole.has_value() == cut.has_value());
  if (whole) ENSURE(whole->target == cut->target && whole->method == cut->method);
}

}  // namespace fuzz
