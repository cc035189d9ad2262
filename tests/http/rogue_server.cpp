#include "http/rogue_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include "base/ensure.h"

namespace {

SSL_CTX* make_context(const RogueServer::Options& options) {
  if (options.certificate == nullptr) return nullptr;
  SSL_CTX* context = ::SSL_CTX_new(::TLS_server_method());
  ::SSL_CTX_set_security_level(context, 0);  // a rogue may be weak
  ENSURE(::SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0") == 1);
  ENSURE(SSL_CTX_set_min_proto_version(context, TLS1_VERSION) == 1);
  ENSURE(SSL_CTX_set_max_proto_version(context, options.max_version) == 1);
  ENSURE(::SSL_CTX_use_certificate(context, options.certificate->x509.get()) == 1);
  ENSURE(::SSL_CTX_use_PrivateKey(context, options.certificate->key.get()) == 1);
  return context;
}

/// The peer may hang up at any time: that must not raise SIGPIPE in the whole process.
void block_pipe_signal() {
  sigset_t pipe;
  ::sigemptyset(&pipe);
  ::sigaddset(&pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

std::size_t body_length(const std::string& head) {
  constexpr std::string_view kName = "Content-Length: ";
  const auto at = head.find(kName);
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + kName.size()));
}

}  // namespace

Visitor::Visitor(RogueServer& server, int socket) : server_(server), socket_(socket) {
  const timeval patience{2, 0};  // a test that goes wrong ends all the same
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

Visitor::~Visitor() {
  ::SSL_free(tls_);
  ::ERR_clear_error();
  const std::lock_guard lock(server_.mutex_);
  server_.sockets_.erase(socket_);
  ::close(socket_);
}

bool Visitor::shake_hands(SSL_CTX* context) {
  tls_ = ::SSL_new(context);
  ::SSL_set_fd(tls_, socket_);
  return ::SSL_accept(tls_) == 1;
}

bool Visitor::start_tls() { return shake_hands(server_.context_); }

int Visitor::read_byte(char& byte) {
  return tls_ != nullptr ? ::SSL_read(tls_, &byte, 1) : static_cast<int>(::recv(socket_, &byte, 1, 0));
}

std::string Visitor::read_request() {
  std::string text;
  char byte = 0;
  while (!text.ends_with("\r\n\r\n")) {
    if (read_byte(byte) != 1) return {};
    text += byte;
  }
  for (std::size_t left = body_length(text); left > 0; --left) {
    if (read_byte(byte) != 1) return {};
    text += byte;
  }
  server_.note_request(text);
  return text;
}

std::optional<std::string> Visitor::read_line() {
  std::string text;
  char byte = 0;
  while (!text.ends_with("\r\n")) {
    if (read_byte(byte) != 1) return std::nullopt;
    text += byte;
  }
  text.resize(text.size() - 2);
  server_.note_request(text);
  return text;
}

bool Visitor::say(std::string_view text) {
  if (tls_ != nullptr) {
    ::ERR_clear_error();
    return text.empty() || ::SSL_write(tls_, text.data(), static_cast<int>(text.size())) > 0;
  }
  while (!text.empty()) {
    const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Visitor::drip(std::string_view text, std::chrono::milliseconds gap) {
  std::unique_lock lock(server_.mutex_);
  for (const char byte : text) {
    if (server_.changed_.wait_for(lock, gap, [&] { return server_.stopping_; })) return;
    lock.unlock();
    say({&byte, 1});
    lock.lock();
  }
}

bool Visitor::serve(std::string_view body) {
  if (read_request().empty()) return false;
  say("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
  return true;
}

void Visitor::wait_for_a_byte() {
  char byte = 0;
  static_cast<void>(::recv(socket_, &byte, 1, MSG_PEEK));
}

void Visitor::server_stops() {
  std::unique_lock lock(server_.mutex_);
  server_.changed_.wait(lock, [&] { return server_.stopping_; });
}

void Visitor::wait() {
  char byte = 0;
  while (read_byte(byte) == 1) {
  }
}

void Visitor::close_notify() {
  if (tls_ != nullptr) ::SSL_shutdown(tls_);
}

void Visitor::finish() { ::shutdown(socket_, SHUT_WR); }

void Visitor::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  // The descriptor is closed, with the RST, and replaced, so that the destructor may close it again.
  const int replacement = ::socket(AF_INET, SOCK_STREAM, 0);
  ::dup2(replacement, socket_);
  ::close(replacement);
}

RogueServer::RogueServer(const Options& options, std::vector<Script> scripts)
    : options_(options), scripts_(std::move(scripts)), context_(make_context(options)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  ENSURE(::bind(listener_, generic, size) == 0);
  ENSURE(::listen(listener_, 128) == 0);
  ENSURE(::getsockname(listener_, generic, &size) == 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

RogueServer::~RogueServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    ::shutdown(listener_, SHUT_RDWR);
  }
  changed_.notify_all();
  acceptor_.join();
  for (std::thread& visitor : visitors_) visitor.join();
  ::close(listener_);
  ::SSL_CTX_free(context_);
}

std::string RogueServer::url(const std::string& path) const {
  return (options_.certificate != nullptr ? "https://127.0.0.1:" : "http://127.0.0.1:") + port() + path;
}

void RogueServer::accept_all() {
  for (std::size_t number = 0;; ++number) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      ::close(socket);
      return;
    }
    ++connections_;
    sockets_.insert(socket);
    visitors_.emplace_back([this, socket, number] { visit(socket, number); });
  }
}

void RogueServer::visit(int socket, std::size_t number) {
  block_pipe_signal();
  Visitor visitor(*this, socket);
  if (context_ != nullptr && options_.handshake) {
    if (!visitor.shake_hands(context_)) return;
    const std::lock_guard lock(mutex_);
    ++handshakes_;
    if (::SSL_session_reused(visitor.tls_) != 0) ++resumed_;
  }
  scripts_[std::min(number, scripts_.size() - 1)](visitor);
}

void RogueServer::note_request(std::string text) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(std::move(text));
}

void RogueServer::signal() {
  {
    const std::lock_guard lock(mutex_);
    ++signals_;
  }
  changed_.notify_all();
}

bool RogueServer::wait_for_signal() {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, std::chrono::seconds(2), [&] { return signals_ > 0; })) return false;
  --signals_;
  return true;
}

void RogueServer::tell() {
  {
    const std::lock_guard lock(mutex_);
    told_ = true;
  }
  changed_.notify_all();
}

void RogueServer::wait_until_told() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return told_ || stopping_; });
}

int RogueServer::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

int RogueServer::handshakes() const {
  const std::lock_guard lock(mutex_);
  return handshakes_;
}

int RogueServer::resumed() const {
  const std::lock_guard lock(mutex_);
  return resumed_;
}

std::vector<std::string> RogueServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}
