#include "world.h"

#include <utility>

#include "json.h"

namespace fakes {
namespace {

template <typename Map>
typename Map::mapped_type& at(Map& map, const std::string& name, const char* what) {
  const auto found = map.find(name);
  if (found == map.end()) throw BadCommand("there is no " + std::string(what) + " \"" + name + "\"");
  return found->second;
}

}  // namespace

void World::put(Token token) {
  if (const auto old = tokens_.find(token.name); old != tokens_.end()) name_by_token_.erase(old->second.token);
  name_by_token_[token.token] = token.name;
  std::string name = token.name;
  tokens_.insert_or_assign(std::move(name), std::move(token));
}

App& World::app(const std::string& name) { return at(apps, name, "app"); }
User& World::user(const std::string& id) { return at(users, id, "user"); }
Token& World::token(const std::string& name) { return at(tokens_, name, "token"); }
AdAccount& World::account(const std::string& id) { return at(accounts, id, "account"); }

const App* World::app_with_key(const std::string& consumer_key) const {
  for (const auto& [name, app] : apps) {
    if (app.consumer_key == consumer_key) return &app;
  }
  return nullptr;
}

const Token* World::token_with_text(const std::string& text) const {
  const auto found = name_by_token_.find(text);
  return found == name_by_token_.end() ? nullptr : &tokens_.at(found->second);
}

void World::grant(const std::string& account, const std::string& user, std::vector<std::string> permissions) {
  at(accounts, account, "account");
  at(users, user, "user");
  grants_[user][account] = std::move(permissions);
}

void World::drop_grant(const std::string& account, const std::string& user) {
  if (grants_[user].erase(account) == 0) {
    throw BadCommand("user \"" + user + "\" has no grant on account \"" + account + "\"");
  }
}

const std::vector<std::string>* World::permissions(const std::string& account, const std::string& user) const {
  const auto of_user = grants_.find(user);
  if (of_user == grants_.end()) return nullptr;
  const auto found = of_user->second.find(account);
  return found == of_user->second.end() ? nullptr : &found->second;
}

std::vector<const AdAccount*> World::accounts_of(const std::string& user) const {
  std::vector<const AdAccount*> reachable;
  const auto of_user = grants_.find(user);
  if (of_user == grants_.end()) return reachable;
  for (const auto& [account, permissions] : of_user->second) reachable.push_back(&accounts.at(account));
  return reachable;
}

}  // namespace fakes
