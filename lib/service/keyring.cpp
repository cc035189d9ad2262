#include "service/keyring.h"

#include <cstring>

#include "base/ensure.h"

namespace service {
namespace {

/// The secrets as views into `room`.
xads::TokenText copied(const xads::AccessToken& token, std::span<char> room) {
  const xads::TokenText text = xads::reveal(token);
  ENSURE(text.token.size() + text.secret.size() <= room.size());  // the store keeps no longer ones
  std::memcpy(room.data(), text.token.data(), text.token.size());
  char* const secret = room.data() + text.token.size();
  std::memcpy(secret, text.secret.data(), text.secret.size());
  return {{room.data(), text.token.size()}, {secret, text.secret.size()}};
}

}  // namespace

Keyring::Keyring(const std::vector<App>& apps, const Roster& roster, std::shared_ptr<const store::Opener> opener)
    : apps_(apps), roster_(roster), opener_(std::move(opener)) {
  for (const App& app : apps) consumers_.emplace(app.name, &app.consumer);
}

std::set<std::string> Keyring::app_names() const {
  std::set<std::string> names;
  for (const App& app : apps_) names.insert(app.name);
  return names;
}

const xads::Consumer& Keyring::consumer_of(const Asked& asked) const {
  const auto consumer = consumers_.find(roster_.app_of(asked.token));
  ENSURE(consumer != consumers_.end());  // the engine asks only for tokens whose app it was told of
  return *consumer->second;
}

xads::TokenSource Keyring::source_of(const Asked& asked) const {
  // Small enough for std::function to hold it without an allocation.
  return [this, token = asked.token, generation = asked.generation](std::span<char> room) -> xads::TokenText {
    const TokenRecord& record = roster_.record(token);
    if (record.generation != generation) return {};
    return copied(opener_->open(record.id, roster_.token_name(token), roster_.sealed(token)), room);
  };
}

}  // namespace service
