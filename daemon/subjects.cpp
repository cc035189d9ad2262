#include "subjects.h"

namespace app {

Subjects::Subjects(store::Store& store) {
  for (auto& row : store.tokens()) tokens_.emplace(row.token.id, std::move(row.token));
  for (auto& facts : store.accounts()) accounts_.emplace(facts.id, std::move(facts.name));
}

alert::Subject Subjects::of(const verdict::IncidentKey& key) const {
  alert::Subject subject;
  if (const auto token = tokens_.find(key.token); token != tokens_.end()) {
    subject.token = token->second;
    subject.app = token->second.app;
  }
  if (verdict::scope_of(key.cause) == verdict::Scope::kApp) subject.app = key.topic;
  subject.account_id = key.account;
  if (const auto name = accounts_.find(key.account); name != accounts_.end()) subject.account_name = name->second;
  return subject;
}

}  // namespace app
