#include "service/control_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "base/json.h"

namespace service {
namespace {

using boost::asio::local::stream_protocol;
using boost::system::error_code;

/// When no more files may be opened, the next connection is looked for a little later.
constexpr base::Duration kPause{100};
constexpr std::size_t kLongestAction = 64;
constexpr std::size_t kLongestPath = 4096;

bool may_ask(stream_protocol::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == 0 || peer.uid == ::geteuid();
}

std::string refusal(std::string_view message) {
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  writer.StartObject();
  writer.Key("ok");
  writer.Bool(false);
  writer.Key("message");
  base::write_text(writer, message);
  writer.EndObject();
  return base::take_text(buffer);
}

}  // namespace

std::string to_line(const ControlRequest& request) {
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  writer.StartObject();
  writer.Key("do");
  base::write_text(writer, request.action);
  writer.Key("store");
  base::write_text(writer, request.store);
  writer.EndObject();
  return base::take_text(buffer) + "\n";
}

base::Result<ControlRequest> parse_control_request(std::string_view line) {
  if (line.size() > kMostControlBytes) return base::Failure{"the request is longer than 64 KiB"};
  const auto json = base::parse_json(line);
  if (!json) return base::Failure{"the request is no JSON"};
  const auto* action = base::find_member(json.value(), "do");
  const auto* store = base::find_member(json.value(), "store");
  if (action == nullptr || !action->IsString() || (store != nullptr && !store->IsString()))
    return base::Failure{R"(the request must be an object with "do" and perhaps "store", both texts)"};
  ControlRequest request{std::string(base::text_of(action)), std::string(base::text_of(store))};
  if (request.action.size() > kLongestAction || request.store.size() > kLongestPath)
    return base::Failure{R"("do" or "store" of the request is too long)"};
  return request;
}

/// Kept alive by the operation that is under way on it.
struct ControlSocket::Connection {
  Connection(stream_protocol::socket accepted, int& connections)
      : socket(std::move(accepted)), deadline(socket.get_executor()), open(connections) {
    ++open;
  }
  ~Connection() { --open; }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  stream_protocol::socket socket;
  boost::asio::steady_timer deadline;
  std::string text;  ///< of the request, then of the answer
  int& open;
};

ControlSocket::ControlSocket(boost::asio::io_context& io, std::string path, Handler handler)
    : path_(std::move(path)), handler_(std::move(handler)), acceptor_(io), pause_(io) {
  ::unlink(path_.c_str());
  acceptor_.open();
  acceptor_.bind(stream_protocol::endpoint(path_));
  if (::chmod(path_.c_str(), S_IRUSR | S_IWUSR) != 0)  // nobody can connect before it listens
    throw boost::system::system_error(errno, boost::system::system_category(), path_);
  acceptor_.listen(kMostConnections);
  accept();
}

ControlSocket::~ControlSocket() { ::unlink(path_.c_str()); }

void ControlSocket::accept() {
  acceptor_.async_accept([this](const error_code& error, stream_protocol::socket socket) {
    if (error == boost::asio::error::operation_aborted) return;
    if (error) {
      pause_.expires_after(kPause);
      return pause_.async_wait([this](const error_code& ended) {
        if (!ended) accept();
      });
    }
    if (connections_ < kMostConnections) {
      const auto connection = std::make_shared<Connection>(std::move(socket), connections_);
      may_ask(connection->socket) ? read(connection)
                                  : answer(connection, refusal("only root and the user of the daemon may ask it"));
    }
    accept();
  });
}

void ControlSocket::limit(const std::shared_ptr<Connection>& connection) {
  connection->deadline.expires_after(kDeadline);
  connection->deadline.async_wait([weak = std::weak_ptr(connection)](const error_code& error) {
    const auto late = error ? nullptr : weak.lock();
    error_code ignored;
    if (late) late->socket.close(ignored);
  });
}

void ControlSocket::read(const std::shared_ptr<Connection>& connection) {
  limit(connection);
  boost::asio::async_read_until(connection->socket, boost::asio::dynamic_buffer(connection->text, kMostControlBytes),
                                '\n', [this, connection](const error_code& error, std::size_t size) {
                                  connection->deadline.cancel();
                                  if (error == boost::asio::error::not_found)
                                    return answer(connection, refusal("the request is longer than 64 KiB"));
                                  if (error) return;
                                  connection->text.resize(size - 1);
                                  hear(connection);
                                });
}

void ControlSocket::hear(const std::shared_ptr<Connection>& connection) {
  const auto request = parse_control_request(connection->text);
  if (!request) return answer(connection, refusal(request.error()));
  handler_(request.value(), [this, connection](std::string text) { answer(connection, std::move(text)); });
}

void ControlSocket::answer(const std::shared_ptr<Connection>& connection, std::string text) {
  connection->text = std::move(text) + "\n";
  limit(connection);
  boost::asio::async_write(connection->socket, boost::asio::buffer(connection->text),
                           [connection](const error_code&, std::size_t) { connection->deadline.cancel(); });
}

}  // namespace service
