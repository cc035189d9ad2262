#include "http/idle_connections.h"

#include <algorithm>

namespace http {

void IdleConnections::put(const Route& route, Connection& connection, TimePoint now) {
  waiting_[route].push_back({&connection, now});
}

Connection* IdleConnections::take(const Route& route) {
  const auto found = waiting_.find(route);
  if (found == waiting_.end()) return nullptr;
  Connection* connection = found->second.back().connection;
  found->second.pop_back();
  if (found->second.empty()) waiting_.erase(found);
  return connection;
}

void IdleConnections::remove(const Route& route, const Connection& connection) {
  const auto found = waiting_.find(route);
  if (found == waiting_.end()) return;
  std::erase_if(found->second, [&](const Waiting& waiting) { return waiting.connection == &connection; });
  if (found->second.empty()) waiting_.erase(found);
}

std::size_t IdleConnections::count(const Route& route) const {
  const auto found = waiting_.find(route);
  return found == waiting_.end() ? 0 : found->second.size();
}

std::vector<Connection*> IdleConnections::take_older(TimePoint since) {
  std::vector<Connection*> old;
  for (auto& [route, queue] : waiting_) {
    for (; !queue.empty() && queue.front().since <= since; queue.pop_front()) old.push_back(queue.front().connection);
  }
  std::erase_if(waiting_, [](const auto& entry) { return entry.second.empty(); });
  return old;
}

IdleConnections::TimePoint IdleConnections::oldest() const {
  TimePoint oldest = TimePoint::max();
  for (const auto& [route, queue] : waiting_) oldest = std::min(oldest, queue.front().since);
  return oldest;
}

}  // namespace http
