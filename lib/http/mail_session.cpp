#include "http/mail_session.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.h"
#include "base/ensure.h"
#include "base/text.h"
#include "http/smtp_reply.h"

namespace http {
namespace {

constexpr std::chrono::milliseconds kConnectPatience{5000};  // for each address
constexpr std::size_t kMostRefusal = 4096;
constexpr long kNoLimit = 24L * 3600;  // seconds; whoever waits has a deadline and cuts

struct FreeCurl {
  void operator()(CURL* handle) const { ::curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, FreeCurl>;
using List = std::unique_ptr<curl_slist, FreeCurl>;

List list_of(const std::vector<std::string>& texts) {
  curl_slist* list = nullptr;
  for (const std::string& text : texts) {
    list = ::curl_slist_append(list, text.c_str());
    ENSURE(list != nullptr);
  }
  return List(list);
}

std::string in_brackets(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

// RFC 5321 section 4.2.1.
bool is_success(int code) { return code >= 200 && code <= 299; }
bool is_refusal(int code) { return code >= 400 && code <= 599; }

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// `text` without the password, as it is and as AUTH PLAIN (RFC 4616) and AUTH LOGIN encode it: a server may repeat
/// what it was told when it complains.
std::string without_password(std::string text, const Mail& mail) {
  if (mail.password.empty()) return text;
  const std::string_view password = mail.password.reveal();
  const std::string plain = base::to_base64(std::string(1, '\0') + mail.username + '\0' + std::string(password));
  const std::string login = base::to_base64(password);
  for (const std::string_view secret : {std::string_view(plain), std::string_view(login), password})
    replace_all(text, secret, "(hidden)");
  return text;
}

Stage stage_of(CURLcode failure) {
  switch (failure) {
    case CURLE_COULDNT_CONNECT:
      return Stage::kConnect;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
      return Stage::kHandshake;
    case CURLE_SEND_ERROR:
      return Stage::kWrite;
    case CURLE_OPERATION_TIMEDOUT:
      return Stage::kDeadline;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_WRITE_ERROR:
      return Stage::kMalformed;
    case CURLE_LOGIN_DENIED:
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
      return Stage::kRefused;
    default:
      return Stage::kRead;
  }
}

/// Most words are libcurl's own. It puts the server's codes into them, and names out of certificates, never the
/// server's or our texts.
std::string words_for(CURLcode failure, const char* words) {
  if (failure == CURLE_USE_SSL_FAILED) return "the server offers no STARTTLS, and mail goes out under TLS only";
  if (failure == CURLE_LOGIN_DENIED) return "the server offers no way to sign in that is spoken here (PLAIN or LOGIN)";
  if (failure == CURLE_WRITE_ERROR) return "the server's replies have no end";
  return *words != '\0' ? words : ::curl_easy_strerror(failure);
}

}  // namespace

/// One connection and what is said on it. The first reply that refuses something decides, and the first one after the
/// message, whatever it says: nothing more is read then, so nobody waits for the answer to our goodbye or mistakes it
/// for a verdict.
class MailSession::Conversation {
 public:
  explicit Conversation(MailSession& session) : session_(session), order_(session.order_) {}

  Reply hold(curl_usessl tls);
  /// After hold(): the server would have taken the mail in the clear, for all it said.
  bool was_denied_tls() const { return result_ == CURLE_USE_SSL_FAILED && !reply_.offered_starttls(); }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    ENSURE(::curl_easy_setopt(curl_.get(), option, value) == CURLE_OK);
  }
  void set_route();
  void set_tls(curl_usessl tls);
  void set_sender();
  void set_message();
  Reply outcome() const;
  Reply failure(Stage stage, const std::string& what) const;

  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int adapt_socket(void* self, curl_socket_t socket, curlsocktype purpose);
  static int close_socket(void* self, curl_socket_t socket);
  static std::size_t take_line(char* line, std::size_t one, std::size_t size, void* self);
  static std::size_t give_message(char* space, std::size_t one, std::size_t size, void* self);

  MailSession& session_;
  const MailOrder& order_;
  SmtpReply reply_;
  bool decided_ = false;
  std::size_t given_ = 0;  ///< bytes of the message
  CURLcode result_ = CURLE_OK;
  std::array<char, CURL_ERROR_SIZE> words_{};
  List recipients_;
  List detour_;
  Handle curl_;  ///< last, so that it goes first: it uses what stands above
};

Reply MailSession::Conversation::hold(curl_usessl tls) {
  std::vector<boost::asio::ip::tcp::endpoint> endpoints;
  const auto port = static_cast<std::uint16_t>(std::stoul(order_.server.port));
  for (const auto& address : order_.addresses) endpoints.emplace_back(address, port);
  session_.activity_ = Activity::kConnecting;
  if (const auto error = session_.socket_.connect(endpoints, kConnectPatience))
    return failure(Stage::kConnect, error.message());
  session_.activity_ = Activity::kGreeting;

  curl_.reset(::curl_easy_init());
  ENSURE(curl_ != nullptr);
  set_route();
  set_tls(tls);
  set_sender();
  set_message();
  result_ = ::curl_easy_perform(curl_.get());
  Reply reply = outcome();
  curl_.reset();
  session_.socket_.close();  // libcurl has done so, unless it failed before it asked for the socket
  return reply;
}

/// Everything goes over the socket that is connected already; libcurl looks up no name and asks no proxy.
void MailSession::Conversation::set_route() {
  const Url& server = order_.server;
  const std::string url =
      fmt::format("{}://{}:{}/", server.tls ? "smtps" : "smtp", in_brackets(server.host), server.port);
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(CURLOPT_PROXY, "");
  const std::string place = in_brackets(order_.addresses.front().to_string());
  detour_ = list_of({fmt::format("::{}:{}", place, server.port)});
  set(CURLOPT_CONNECT_TO, detour_.get());
  set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(CURLOPT_SOCKOPTFUNCTION, &adapt_socket);
  set(CURLOPT_CLOSESOCKETFUNCTION, &close_socket);
  set(CURLOPT_CLOSESOCKETDATA, static_cast<void*>(this));
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, kNoLimit * 1000);  // it would count the greeting, for which servers let one wait
  set(CURLOPT_SERVER_RESPONSE_TIMEOUT, kNoLimit);
}

/// As strict as TlsContext.
void MailSession::Conversation::set_tls(curl_usessl tls) {
  set(CURLOPT_USE_SSL, static_cast<long>(tls));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_CIPHER_LIST, "DEFAULT:@SECLEVEL=2");
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSL_OPTIONS, static_cast<long>(CURLSSLOPT_NO_PARTIALCHAIN));
  set(CURLOPT_CAINFO, order_.ca_file.c_str());
  set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // Debian's has one, and ca_file is the only trust there is
}

void MailSession::Conversation::set_sender() {
  const Mail& mail = *order_.mail;
  set(CURLOPT_MAIL_FROM, mail.from.c_str());
  recipients_ = list_of(mail.to);
  set(CURLOPT_MAIL_RCPT, recipients_.get());
  if (mail.username.empty()) return;
  // Under TLS these two are as good as any, and all servers know one. Others would look for tickets outside.
  set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
  set(CURLOPT_USERNAME, mail.username.c_str());
  std::string password(mail.password.reveal());
  set(CURLOPT_PASSWORD, password.c_str());  // libcurl keeps a copy
  ::OPENSSL_cleanse(password.data(), password.size());
}

void MailSession::Conversation::set_message() {
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(order_.message.size()));
  set(CURLOPT_READFUNCTION, &give_message);
  set(CURLOPT_READDATA, static_cast<void*>(this));
  set(CURLOPT_HEADERFUNCTION, &take_line);  // libcurl's header lines are the lines of SMTP's replies
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_ERRORBUFFER, words_.data());
}

Reply MailSession::Conversation::outcome() const {
  if (decided_ && is_success(reply_.code()))
    return Response{250, {}, without_password(reply_.last_line(), *order_.mail)};
  if (decided_ && is_refusal(reply_.code())) {
    std::string text = without_password(reply_.text(), *order_.mail);
    text.resize(std::min(text.size(), kMostRefusal));
    return Response{reply_.code(), {}, std::move(text)};
  }
  return failure(stage_of(result_), words_for(result_, words_.data()));
}

Reply MailSession::Conversation::failure(Stage stage, const std::string& what) const {
  return base::Failure{TransportError{stage, base::clean_text(fmt::format("{}: {}", order_.server.host, what))}};
}

curl_socket_t MailSession::Conversation::open_socket(void* self, curlsocktype, curl_sockaddr*) {
  return static_cast<Conversation*>(self)->session_.socket_.descriptor();
}

int MailSession::Conversation::adapt_socket(void*, curl_socket_t, curlsocktype) {
  return CURL_SOCKOPT_ALREADY_CONNECTED;
}

int MailSession::Conversation::close_socket(void* self, curl_socket_t) {
  static_cast<Conversation*>(self)->session_.socket_.close();
  return 0;
}

std::size_t MailSession::Conversation::take_line(char* line, std::size_t, std::size_t size, void* self) {
  auto& conversation = *static_cast<Conversation*>(self);
  SmtpReply& reply = conversation.reply_;
  if (conversation.decided_) return size;
  if (!reply.add({line, size})) return 0;  // makes libcurl give up
  const bool sent = conversation.given_ == conversation.order_.message.size();
  conversation.decided_ = reply.complete() && (sent || is_refusal(reply.code()));
  if (conversation.decided_) conversation.session_.socket_.stop_reading();
  return size;
}

std::size_t MailSession::Conversation::give_message(char* space, std::size_t, std::size_t size, void* self) {
  auto& conversation = *static_cast<Conversation*>(self);
  const std::string& message = conversation.order_.message;
  const std::size_t count = message.copy(space, size, conversation.given_);
  conversation.given_ += count;
  conversation.session_.activity_ =
      conversation.given_ == message.size() ? Activity::kAwaitingVerdict : Activity::kSending;
  return count;
}

Reply MailSession::run() {
  Conversation guarded(*this);
  Reply reply = guarded.hold(CURLUSESSL_ALL);
  if (!order_.may_go_clear || !guarded.was_denied_tls()) return reply;
  Conversation clear(*this);
  return clear.hold(CURLUSESSL_NONE);
}

std::string_view MailSession::activity() const {
  switch (activity_.load()) {
    case Activity::kConnecting:
      return "connecting";
    case Activity::kGreeting:
      return "agreeing on the mail with the server";
    case Activity::kSending:
      return "sending the mail";
    case Activity::kAwaitingVerdict:
      return "waiting for the server to accept the mail";
  }
  ENSURE(false);  // every activity has words above
  return {};
}

}  // namespace http
