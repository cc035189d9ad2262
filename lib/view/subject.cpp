#include "view/subject.h"

namespace view {

alert::Subject subject_of(store::Store& store, const verdict::IncidentKey& key) {
  alert::Subject subject;
  if (!key.token.null()) subject.token = store.find_token(key.token);
  if (subject.token) subject.app = subject.token->app;
  if (verdict::scope_of(key.cause) == verdict::Scope::kApp) subject.app = key.topic;
  subject.account_id = key.account;
  if (key.account.empty()) return subject;
  if (const auto account = store.find_account(key.account)) subject.account_name = account->name;
  return subject;
}

}  // namespace view
