#include "config_reach.h"

#include <fmt/format.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <map>
#include <memory>

#include "http/url.h"

namespace app {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto kPatience = 5s;

/// One host and port, and which settings lead there.
struct Attempt {
  Attempt(boost::asio::io_context& io, const http::Url& url)
      : host(url.host), port(url.port), resolver(io), socket(io), outcome("no answer within 5 s") {}
  void begin() {
    resolver.async_resolve(host, port, [this](const error_code& error, const tcp::resolver::results_type& addresses) {
      outcome = error.message();
      if (error) return;
      outcome = "no connection within 5 s";
      boost::asio::async_connect(socket, addresses, [this](const error_code& failure, const tcp::endpoint&) {
        outcome = failure ? failure.message() : std::string();
      });
    });
  }
  std::string host, port;
  std::vector<std::string> paths;
  tcp::resolver resolver;
  tcp::socket socket;
  std::string outcome;  ///< empty: it has taken the connection
};

class Attempts {
 public:
  void add(const std::string& path, const base::Result<http::Url>& url) {
    if (!url) return;  // loading has refused it
    auto& attempt = all_[{url.value().host, url.value().port}];
    if (!attempt) attempt = std::make_unique<Attempt>(io_, url.value());
    attempt->paths.push_back(path);
  }
  std::vector<settings::Complaint> run(const std::string& file) {
    for (auto& [where, attempt] : all_) attempt->begin();
    io_.run_for(kPatience);
    std::vector<settings::Complaint> complaints;
    for (auto& [where, attempt] : all_) {
      if (attempt->outcome.empty()) continue;
      for (const auto& path : attempt->paths)
        complaints.push_back(
            {file, 0, 0, path,
             fmt::format("{}:{} cannot be reached now: {}", attempt->host, attempt->port, attempt->outcome), "", true});
    }
    return complaints;
  }

 private:
  boost::asio::io_context io_{1};
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Attempt>> all_;
};

base::Result<http::Url> parse(std::string_view url) {
  return http::is_mail_url(url) ? http::parse_mail_url(url) : http::parse_url(url);
}

}  // namespace

std::vector<settings::Complaint> find_unreachable(const std::string& settings_file,
                                                  const settings::Settings& settings) {
  Attempts attempts;
  attempts.add("api.base_url", parse(settings.api.base_url));
  attempts.add("api.identity_url", parse(settings.api.identity_url));
  for (const auto& destination : settings.destinations)
    attempts.add("destination " + destination.name, parse(destination.url.reveal()));
  for (const auto& heartbeat : settings.heartbeats)
    attempts.add("destination " + heartbeat.name, parse(heartbeat.url.reveal()));
  return attempts.run(settings_file);
}

}  // namespace app
