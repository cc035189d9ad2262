#include "delivery.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

#include "tls_server.h"

namespace fakes {
namespace {

using std::chrono::milliseconds;

/// False when the peer left before the time was over.
bool wait(const Connection& connection, std::int64_t ms) {
  constexpr std::int64_t kLookEveryMs = 20;
  const auto until = std::chrono::steady_clock::now() + milliseconds(ms);
  while (std::chrono::steady_clock::now() < until) {
    if (connection.peer_left()) return false;
    std::this_thread::sleep_for(milliseconds(std::min(ms, kLookEveryMs)));
  }
  return true;
}

void fill(const Answer& answer, httplib::Response& response) {
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers) response.set_header(name, value);
  response.set_content(answer.body, answer.content_type);
}

/// The answer as bytes, for the manners that cpp-httplib does not have.
std::string head_of(const Answer& answer) {
  std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " Fake\r\ncontent-type: " + answer.content_type +
                     "\r\ncontent-length: " + std::to_string(answer.body.size()) + "\r\nconnection: close\r\n";
  for (const auto& [name, value] : answer.headers) head += name + ": " + value + "\r\n";
  return head + "\r\n";
}

std::string first_half(const Answer& answer) { return head_of(answer) + answer.body.substr(0, answer.body.size() / 2); }

void drip(const Connection& connection, const std::string& bytes, std::int64_t ms) {
  for (const char byte : bytes) {
    if (!connection.send({&byte, 1}) || !wait(connection, ms)) break;
  }
  connection.close();
}

}  // namespace

void deliver(const Answer& answer, Manner manner, std::int64_t ms, const httplib::Request& request,
             httplib::Response& response) {
  const Connection connection(request);
  fill(answer, response);
  switch (manner) {
    case Manner::kPlain:
      return;
    case Manner::kHold:
      wait(connection, ms);
      return;
    case Manner::kDrip:
      drip(connection, head_of(answer) + answer.body, ms);
      return;
    case Manner::kReset:
      connection.reset();
      return;
    case Manner::kResetInside:
      connection.send(first_half(answer));
      wait(connection, 20);  // lets the half arrive before the RST, which may overtake it
      connection.reset();
      return;
    case Manner::kClose:
      connection.close();
      return;
    case Manner::kCut:
      connection.send(first_half(answer));
      connection.close();
      return;
  }
}

}  // namespace fakes
