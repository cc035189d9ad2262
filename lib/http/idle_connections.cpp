#include "http/idle_connections.h"

namespace http {

Connection* IdleConnections::take() {
  if (waiting_.empty()) return nullptr;
  Connection* connection = waiting_.back().connection;
  waiting_.pop_back();
  return connection;
}

void IdleConnections::remove(const Connection& connection) {
  std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.connection == &connection; });
}

std::vector<Connection*> IdleConnections::take_older(TimePoint since) {
  std::vector<Connection*> old;
  for (; !waiting_.empty() && waiting_.front().since <= since; waiting_.pop_front())
    old.push_back(waiting_.front().connection);
  return old;
}

}  // namespace http
