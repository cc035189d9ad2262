#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "server/answers.h"
#include "server/tls.h"

namespace bench {

struct ServerOptions {
  std::string certificate, key;
  std::chrono::milliseconds delay{0};  ///< between request and answer, the same for all
  AnswerOptions answers;
};

/// One thread, one epoll. Obeys lines on standard input, each answered by one line on standard output:
///   counters      {"requests":..,"connections":..,...}, see to_json()
///   reset         counters from zero
///   flip ACCOUNT  changes what the account's answers say; {"flipped_at_ms":..}
///   told ACCOUNT  {"told_at_ms":..}: when the changed answer went out for the first time, 0 when it did not yet
/// Ends with the end of standard input, and on SIGTERM after a last line of counters.
class Server {
 public:
  explicit Server(ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void run();

 private:
  struct Counters {
    std::uint64_t requests = 0, answers = 0, handshakes = 0, broken = 0;
    std::size_t in_flight = 0, peak_in_flight = 0;
    std::int64_t first_request_at_ms = 0;
  };
  struct Waiting {
    Clock::time_point due;
    int socket;
    std::uint64_t generation;  ///< of the connection: a socket number is used again
    std::string target;
  };
  struct Slot {
    std::unique_ptr<TlsConnection> connection;
    std::uint64_t generation = 0;
  };

  void watch(int descriptor);
  void accept_all();
  void serve(int socket);
  void reply(int socket, std::string_view target, Clock::time_point now);
  void reply_due(Clock::time_point now);
  void drop(int socket);
  void obey_input();
  std::string obey(const std::string& line);
  std::string to_json() const;

  ServerOptions options_;
  std::unique_ptr<SSL_CTX, FreeTls> context_;
  Answers answers_;
  int epoll_ = -1, listener_ = -1, signals_ = -1;
  std::vector<Slot> slots_;  ///< by socket number
  std::uint64_t generations_ = 0;
  std::size_t open_ = 0;
  std::deque<Waiting> waiting_;  ///< in the order in which they are due, as the delay is the same for all
  Counters counters_;
  std::string input_;
  bool running_ = true;
};

}  // namespace bench
