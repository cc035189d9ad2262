#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "http/certificates.h"

class RogueServer;

/// One connection, seen from the server. All calls block; when the peer is gone or the server stops they do nothing.
class Visitor {
 public:
  Visitor(RogueServer& server, int socket);
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;
  ~Visitor();

  /// Reads one request, head and body, and puts it on record. Empty when none came.
  std::string read_request();
  /// Reads one line, without its line break, and puts it on record. Nothing when the peer is gone.
  std::optional<std::string> read_line();
  bool say(std::string_view text);  ///< false: the peer is gone
  void drip(std::string_view text, std::chrono::milliseconds gap);
  /// Reads a request and answers 200 with this body.
  bool serve(std::string_view body = "ok");
  /// Waits until the client has said anything, and leaves it unread.
  void wait_for_a_byte();
  /// Reads and forgets until the peer hangs up or the server stops.
  void wait();
  /// Waits, without reading, until the server stops.
  void server_stops();

  bool start_tls();     ///< with the server's certificate; false: the peer would not
  void close_notify();  ///< TLS says that no more will come; the socket stays open
  void finish();        ///< FIN, without a TLS goodbye
  void reset();         ///< RST

 private:
  friend class RogueServer;
  bool shake_hands(SSL_CTX* context);
  int read_byte(char& byte);

  RogueServer& server_;
  int socket_;
  SSL* tls_ = nullptr;
};

/// A server on 127.0.0.1 that does to its visitors what a script says. One thread for each connection.
class RogueServer {
 public:
  using Script = std::function<void(Visitor&)>;
  struct Options {
    const Certificate* certificate = &test_authority().good;  ///< null: in the clear
    int max_version = 0;                                      ///< 0: the newest
    bool handshake = true;                                    ///< false: the script meets a client that waits for TLS
  };

  /// The first script is for the first connection and so on; the last one is for all that follow.
  explicit RogueServer(std::vector<Script> scripts) : RogueServer(Options{}, std::move(scripts)) {}
  RogueServer(const Options& options, std::vector<Script> scripts);
  ~RogueServer();

  std::string port() const { return std::to_string(port_); }
  /// "https://127.0.0.1:PORT" and the path.
  std::string url(const std::string& path = "/") const;

  int connections() const;
  int handshakes() const;                     ///< before the script
  int resumed() const;                        ///< handshakes that resumed a session
  std::vector<std::string> requests() const;  ///< or lines, as they came, in the order of their ends
  /// A script tells the test that it got so far; the test waits for it, for two seconds at the longest.
  void signal();
  bool wait_for_signal();
  /// The other way round: a script waits until the test tells it to go on.
  void tell();
  void wait_until_told();

 private:
  friend class Visitor;
  void accept_all();
  void visit(int socket, std::size_t number);
  void note_request(std::string text);

  Options options_;
  std::vector<Script> scripts_;
  SSL_CTX* context_ = nullptr;
  int listener_ = -1;
  int port_ = 0;

  mutable std::mutex mutex_;  ///< guards what follows
  std::condition_variable changed_;
  bool stopping_ = false;
  int signals_ = 0;
  bool told_ = false;
  int connections_ = 0;
  int handshakes_ = 0;
  int resumed_ = 0;
  std::vector<std::string> requests_;
  std::set<int> sockets_;
  std::vector<std::thread> visitors_;

  std::thread acceptor_;
};
