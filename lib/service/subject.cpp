#include "service/subject.h"

namespace service {
namespace {

void add(alert::Some& some, std::string_view one) {
  if (some.first.size() < verdict::kMostExamples) some.first.emplace_back(one);
  ++some.count;
}

bool has_admin(const verdict::Baseline& baseline) {
  const auto* granted = baseline.run ? std::get_if<xads::Granted>(&baseline.run->answer) : nullptr;
  return granted != nullptr && granted->permissions.has(xads::Permission::kAccountAdmin);
}
bool had_admin(const verdict::Baseline& baseline) {
  return baseline.normal && baseline.normal->permissions.has(xads::Permission::kAccountAdmin);
}

/// Whom a pair leaves behind that is not what it was: does another live token see the account, is another one its
/// administrator? `dead`: the token is, whatever this pair has been asked so far.
void add_loss(audit::PairIndex lost, bool dead, const Roster& roster, alert::Subject& subject) {
  const audit::AccountIndex account{roster.pair(lost).account};
  const verdict::Baseline baseline = roster.baseline(lost);
  bool live = !dead && roster.granted(lost), admin = !dead && has_admin(baseline);
  for (const audit::PairIndex other : roster.pairs_of(account)) {
    if (other == lost || !roster.granted(other)) continue;
    live = true;
    admin = admin || has_admin(roster.baseline(other));
  }
  if (!live) add(subject.without_live_token, roster.account_id(account));
  if (!admin && had_admin(baseline)) add(subject.without_admin, roster.account_id(account));
}

}  // namespace

alert::Subject subject_of(const verdict::Incident& incident, const Roster& roster) {
  const verdict::IncidentKey& key = incident.finding.key;
  alert::Subject subject;
  const auto token = roster.find_token(key.token);
  if (token) {
    subject.token = roster.token(*token);
    subject.app = subject.token->app;
  }
  if (verdict::scope_of(key.cause) == verdict::Scope::kApp) subject.app = key.topic;
  subject.account_id = key.account;
  const auto account = roster.find_account(key.account);
  if (account) subject.account_name = roster.facts(*account).name;
  if (!token || incident.resolved_at) return subject;
  if (account && !key.account.empty()) {
    if (const auto pair = roster.find_pair(*token, *account)) add_loss(*pair, false, roster, subject);
    return subject;
  }
  for (const audit::PairIndex pair : roster.pairs_of(*token)) {
    add(subject.accounts, roster.account_id(audit::AccountIndex{roster.pair(pair).account}));
    add_loss(pair, true, roster, subject);
  }
  return subject;
}

}  // namespace service
