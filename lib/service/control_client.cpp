#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <optional>

#include "service/control_socket.h"

namespace service {
namespace {

using boost::asio::local::stream_protocol;
using boost::system::error_code;

ControlFailure::Kind kind_of(const error_code& error) {
  if (error.value() == EACCES || error.value() == EPERM) return ControlFailure::Kind::kNotPermitted;
  if (error.value() == ENOENT || error.value() == ECONNREFUSED) return ControlFailure::Kind::kNobody;
  return ControlFailure::Kind::kBroken;
}

}  // namespace

base::Result<std::string, ControlFailure> ask_daemon(const std::string& path, const ControlRequest& request,
                                                     base::Duration limit) {
  using Kind = ControlFailure::Kind;
  error_code error;
  boost::asio::io_context io(1);
  stream_protocol::socket socket(io);
  if (path.size() >= sizeof(sockaddr_un::sun_path))
    return base::Failure{ControlFailure{Kind::kNobody, "its path is too long for a socket"}};
  socket.connect(stream_protocol::endpoint(path), error);
  if (error) return base::Failure{ControlFailure{kind_of(error), error.message()}};
  const std::string line = to_line(request);
  std::string text;
  std::optional<error_code> outcome;
  std::size_t size = 0;
  // One that fails leaves the answer to tell what happened.
  boost::asio::async_write(socket, boost::asio::buffer(line), [](const error_code&, std::size_t) {});
  boost::asio::async_read_until(socket, boost::asio::dynamic_buffer(text, kMostControlBytes + 1), '\n',
                                [&](const error_code& failure, std::size_t read) {
                                  outcome = failure;
                                  size = read;
                                });
  io.run_for(limit);
  if (!outcome) return base::Failure{ControlFailure{Kind::kTimedOut, "no answer within " + base::to_text(limit)}};
  if (*outcome) return base::Failure{ControlFailure{Kind::kBroken, "it ended the conversation: " + outcome->message()}};
  text.resize(size - 1);
  return text;
}

}  // namespace service
