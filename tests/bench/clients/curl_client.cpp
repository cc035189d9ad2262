// libcurl's multi interface over epoll: N easy handles that are used again and again, HTTP/1.1, keep-alive.

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <rapidjson/document.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr int kAccounts = 1000;
const std::string kConsumerKey(25, 'k'), kToken = "756201191646691328-" + std::string(31, 't');
const std::string kSigningKey = std::string(50, 's') + "&" + std::string(45, 'u');

volatile std::sig_atomic_t stop_wanted = 0;

std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((std::isalnum(byte) != 0) || c == '-' || c == '.' || c == '_' || c == '~')
      encoded += c;
    else
      encoded += fmt::format("%{:02X}", byte);
  }
  return encoded;
}

/// RFC 5849 section 3.4
std::string authorization(const std::string& url) {
  std::array<unsigned char, 16> random{};
  RAND_bytes(random.data(), static_cast<int>(random.size()));
  std::string nonce;
  for (const unsigned char byte : random) nonce += fmt::format("{:02x}", byte);
  const std::string timestamp = std::to_string(std::time(nullptr));
  const std::string parameters = fmt::format(
      "oauth_consumer_key={}&oauth_nonce={}&oauth_signature_method=HMAC-SHA1&oauth_timestamp={}&"
      "oauth_token={}&oauth_version=1.0",
      kConsumerKey, nonce, timestamp, kToken);
  const std::string base = "GET&" + percent_encode(url) + "&" + percent_encode(parameters);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha1(), kSigningKey.data(), static_cast<int>(kSigningKey.size()),
       reinterpret_cast<const unsigned char*>(base.data()), base.size(), digest.data(), &size);
  std::array<unsigned char, 64> encoded{};
  EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return fmt::format(
      "Authorization: OAuth oauth_consumer_key=\"{}\", oauth_nonce=\"{}\", oauth_signature=\"{}\", "
      "oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"{}\", oauth_token=\"{}\", oauth_version=\"1.0\"",
      kConsumerKey, nonce, percent_encode(reinterpret_cast<const char*>(encoded.data())), timestamp, kToken);
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Exchange {
  CURL* easy = nullptr;
  std::string account, url, body;
  std::unique_ptr<curl_slist, FreeList> headers;
};

class Client {
 public:
  Client(int port, std::string ca, int connections)
      : port_(port), ca_(std::move(ca)), exchanges_(std::size_t(connections)) {
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Client::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Client::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, long{connections});
    for (auto& exchange : exchanges_) prepare(exchange);
  }

  void run(std::time_t seconds) {
    for (auto& exchange : exchanges_) start(exchange);
    std::array<epoll_event, 512> events;
    const std::time_t end = std::time(nullptr) + seconds;
    int running = 0;
    while (stop_wanted == 0 && std::time(nullptr) < end) {
      const int wait = timeout_ms_ < 0 ? 1000 : static_cast<int>(std::min(timeout_ms_, 1000L));
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait);
      if (count <= 0) {
        timeout_ms_ = -1;
        curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
      }
      for (int index = 0; index < count; ++index) {
        const auto& event = events[std::size_t(index)];
        const int what = ((event.events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                         ((event.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0);
        curl_multi_socket_action(multi_, event.data.fd, what, &running);
      }
      take_answers();
    }
    fmt::print("{{\"requests\":{},\"errors\":{}}}\n", requests_, errors_);
  }

 private:
  static std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* exchange) {
    static_cast<Exchange*>(exchange)->body.append(bytes, size);
    return size;
  }
  static int on_timer(CURLM*, long timeout_ms, void* client) {
    static_cast<Client*>(client)->timeout_ms_ = timeout_ms;
    return 0;
  }
  static int on_socket(CURL*, curl_socket_t socket, int what, void* client, void* known) {
    auto& self = *static_cast<Client*>(client);
    if (what == CURL_POLL_REMOVE) {
      epoll_ctl(self.epoll_, EPOLL_CTL_DEL, socket, nullptr);
      curl_multi_assign(self.multi_, socket, nullptr);
      return 0;
    }
    epoll_event event{};
    event.events = static_cast<std::uint32_t>(((what & CURL_POLL_IN) != 0 ? int{EPOLLIN} : 0) |
                                              ((what & CURL_POLL_OUT) != 0 ? int{EPOLLOUT} : 0));
    event.data.fd = socket;
    epoll_ctl(self.epoll_, known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
    curl_multi_assign(self.multi_, socket, client);
    return 0;
  }

  void prepare(Exchange& exchange) {
    exchange.easy = curl_easy_init();
    curl_easy_setopt(exchange.easy, CURLOPT_CAINFO, ca_.c_str());
    curl_easy_setopt(exchange.easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    curl_easy_setopt(exchange.easy, CURLOPT_WRITEFUNCTION, &Client::on_body);
    curl_easy_setopt(exchange.easy, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(exchange.easy, CURLOPT_PRIVATE, &exchange);
    curl_easy_setopt(exchange.easy, CURLOPT_TIMEOUT, 10L);
    curl_easy_setopt(exchange.easy, CURLOPT_NOSIGNAL, 1L);
  }

  void start(Exchange& exchange) {
    exchange.account = fmt::format("18ce{:07}", next_account_++ % kAccounts);
    exchange.url =
        fmt::format("https://127.0.0.1:{}/12/accounts/{}/authenticated_user_access", port_, exchange.account);
    exchange.body.clear();
    exchange.headers.reset(curl_slist_append(nullptr, authorization(exchange.url).c_str()));
    curl_easy_setopt(exchange.easy, CURLOPT_URL, exchange.url.c_str());
    curl_easy_setopt(exchange.easy, CURLOPT_HTTPHEADER, exchange.headers.get());
    curl_multi_add_handle(multi_, exchange.easy);
  }

  void take_answers() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* easy = message->easy_handle;
      void* owner = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
      auto& exchange = *static_cast<Exchange*>(owner);
      ++requests_;
      if (message->data.result != CURLE_OK || !is_good(exchange)) ++errors_;
      curl_multi_remove_handle(multi_, easy);
      start(exchange);
    }
  }

  static bool is_good(Exchange& exchange) {
    long status = 0;
    curl_easy_getinfo(exchange.easy, CURLINFO_RESPONSE_CODE, &status);
    rapidjson::Document document;
    if (status != 200 || document.ParseInsitu(exchange.body.data()).HasParseError()) return false;
    return document["request"]["params"]["account_id"] == exchange.account.c_str() &&
           document["data"]["permissions"].IsArray();
  }

  int port_;
  std::string ca_;
  CURLM* multi_ = curl_multi_init();
  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  long timeout_ms_ = 0;
  std::vector<Exchange> exchanges_;
  int next_account_ = 0;
  std::uint64_t requests_ = 0, errors_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  int port = 0, connections = 64, seconds = 60;
  std::string ca;
  CLI::App app("libcurl multi asking the bench server");
  app.add_option("--port", port)->required();
  app.add_option("--ca", ca)->required();
  app.add_option("--connections", connections);
  app.add_option("--seconds", seconds);
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGTERM, [](int) { stop_wanted = 1; });
  curl_global_init(CURL_GLOBAL_DEFAULT);
  Client(port, ca, connections).run(seconds);
}
