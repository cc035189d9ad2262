#include "service/roster.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "base/ensure.h"

namespace service {

using audit::AccountIndex;
using audit::PairIndex;
using audit::TokenIndex;

namespace {

/// After this time no neighbour asks any more when an answer began.
constexpr base::Duration kLongAgo = std::chrono::hours(24);

std::uint64_t hash_of(const audit::TokenId& id) { return std::hash<audit::TokenId>{}(id); }

/// Labels one after another, each text closed by a zero byte; no text of the settings holds one.
std::string joined(const audit::Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) text.append(name).append(1, '\0').append(value).append(1, '\0');
  return text;
}

audit::Labels split(std::string_view text) {
  const auto take = [&] {
    const std::size_t end = text.find('\0');
    std::string part(text.substr(0, end));
    text.remove_prefix(end + 1);
    return part;
  };
  audit::Labels labels;
  while (!text.empty()) {
    std::string name = take();
    labels.emplace(std::move(name), take());
  }
  return labels;
}

constexpr std::uint64_t kOddUser = std::numeric_limits<std::uint64_t>::max();

/// kOddUser for a text that would not come back from its number.
std::uint64_t number_of_user(std::string_view user_id) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(user_id.data(), user_id.data() + user_id.size(), number);
  const bool whole = error == std::errc() && end == user_id.data() + user_id.size() && user_id.front() != '0';
  return whole ? number : kOddUser;
}

template <class Number>
Number intern(std::vector<std::string>& texts, std::string_view text) {
  const auto known = std::find(texts.begin(), texts.end(), text);
  if (known != texts.end()) return static_cast<Number>(known - texts.begin());
  if (texts.size() > std::numeric_limits<Number>::max()) return 0;  // more than anybody means: not told apart
  texts.emplace_back(text);
  return static_cast<Number>(texts.size() - 1);
}

}  // namespace

TokenIndex Roster::put_token(const audit::Token& token, std::string_view claimed_user, std::string_view sealed) {
  auto index = find_token(token.id);
  if (!index) {
    const bool reuse = !free_tokens_.empty();
    const auto place = reuse ? free_tokens_.back() : static_cast<std::uint32_t>(tokens_.push_back(TokenRecord{}));
    if (reuse) free_tokens_.pop_back();
    index = TokenIndex{place};
    tokens_[place].id = token.id;
    token_by_id_.insert(hash_of(token.id), place, [this](std::uint32_t at) { return hash_of(tokens_[at].id); });
  }
  TokenRecord& record = tokens_[at(*index)];
  record.name = texts_.replace(record.name, token.name);
  record.labels = texts_.replace(record.labels, joined(token.labels));
  if (!token.user_id.empty()) {
    pin_user(*index, token.user_id);
  } else if (!record.pinned) {
    set_user(*index, std::string(claimed_user));
  }
  record.sealed = texts_.replace(record.sealed, sealed);
  record.app = intern<std::uint16_t>(apps_, token.app);
  record.kind = token.kind;
  if (!record.alive) ++live_tokens_;
  record.alive = true;
  return *index;
}

void Roster::remove_token(TokenIndex token) {
  TokenRecord& record = tokens_[at(token)];
  ENSURE(record.alive && record.first_pair == kNoPair);
  token_by_id_.erase(hash_of(record.id), static_cast<std::uint32_t>(token));
  odd_users_.erase(static_cast<std::uint32_t>(token));
  // The places of its texts stay with the record, for the next token in it.
  TokenRecord empty;
  empty.name = record.name;
  empty.labels = record.labels;
  empty.sealed = texts_.replace(record.sealed, "");
  empty.generation = static_cast<std::uint16_t>(record.generation + 1);
  record = empty;
  free_tokens_.push_back(static_cast<std::uint32_t>(token));
  --live_tokens_;
}

std::optional<TokenIndex> Roster::find_token(const audit::TokenId& id) const {
  const auto found = token_by_id_.find(hash_of(id), [&](std::uint32_t index) { return tokens_[index].id == id; });
  return found == base::IndexTable::kNone ? std::nullopt : std::optional(TokenIndex{found});
}

std::optional<TokenIndex> Roster::find_token_named(std::string_view name) const {
  for (std::size_t place = 0; place < tokens_.size(); ++place) {
    const auto index = TokenIndex{static_cast<std::uint32_t>(place)};
    if (tokens_[place].alive && token_name(index) == name) return index;
  }
  return std::nullopt;
}

audit::Token Roster::token(TokenIndex index) const {
  const TokenRecord& record = tokens_[at(index)];
  audit::Token token;
  token.id = record.id;
  token.name = texts_.get(record.name);
  token.app = apps_[record.app];
  token.kind = record.kind;
  if (record.pinned) token.user_id = user(index);
  token.labels = split(texts_.get(record.labels));
  return token;
}

std::string Roster::user(TokenIndex index) const {
  const std::uint64_t number = tokens_[at(index)].user;
  if (number == kOddUser) return odd_users_.at(static_cast<std::uint32_t>(index));
  return number == 0 ? std::string() : std::to_string(number);
}

void Roster::set_user(TokenIndex index, const std::string& user_id) {
  TokenRecord& record = tokens_[at(index)];
  record.user = user_id.empty() ? 0 : number_of_user(user_id);
  odd_users_.erase(static_cast<std::uint32_t>(index));
  if (record.user == kOddUser) odd_users_.emplace(static_cast<std::uint32_t>(index), user_id);
}

void Roster::pin_user(TokenIndex index, const std::string& user_id) {
  TokenRecord& record = tokens_[at(index)];
  if (record.pinned && user(index) == user_id) return;
  // A plain pair holds no user of its own, but that of its token.
  for (const PairIndex pair : pairs_of(index)) {
    if (pairs_[at(pair)].form == Pair::Form::kPlain) memory(pair);
  }
  set_user(index, user_id);
  record.pinned = true;
}

/// Without a copy: asked for every answer.
bool Roster::is_user(TokenIndex index, std::string_view user_id) const {
  const std::uint64_t number = tokens_[at(index)].user;
  if (number == kOddUser) return odd_users_.at(static_cast<std::uint32_t>(index)) == user_id;
  std::array<char, 20> digits;  // as many as 64 bits have
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())) == user_id;
}

std::string Roster::pinned_user(const Pair& pair) const {
  return tokens_[pair.token].pinned ? user(TokenIndex{pair.token}) : std::string();
}

AccountIndex Roster::put_account(std::string_view id) {
  if (const auto known = find_account(id)) return *known;
  AccountRecord record;
  record.id = texts_.put(id);
  const auto place = static_cast<std::uint32_t>(accounts_.push_back(record));
  account_by_id_.insert(base::hash_of(id), place,
                        [this](std::uint32_t at) { return base::hash_of(texts_.get(accounts_[at].id)); });
  return AccountIndex{place};
}

void Roster::put_facts(const store::AccountFacts& facts) {
  AccountRecord& record = accounts_[at(put_account(facts.id))];
  record.name = texts_.replace(record.name, facts.name);
  if (statuses_.empty()) statuses_.emplace_back();
  record.status = intern<std::uint8_t>(statuses_, facts.approval_status);
  record.deleted = facts.deleted;
}

std::optional<AccountIndex> Roster::find_account(std::string_view id) const {
  const auto found = account_by_id_.find(base::hash_of(id),
                                         [&](std::uint32_t index) { return texts_.get(accounts_[index].id) == id; });
  return found == base::IndexTable::kNone ? std::nullopt : std::optional(AccountIndex{found});
}

store::AccountFacts Roster::facts(AccountIndex index) const {
  const AccountRecord& record = accounts_[at(index)];
  return {std::string(texts_.get(record.id)), std::string(texts_.get(record.name)),
          statuses_.empty() ? "" : statuses_[record.status], record.deleted};
}

PairIndex Roster::add_pair(TokenIndex token, AccountIndex account, const audit::ProbeId& id) {
  ENSURE(!find_pair(token, account));
  const bool reuse = !free_pairs_.empty();
  const auto place = reuse ? free_pairs_.back() : static_cast<std::uint32_t>(pairs_.push_back(Pair{}));
  if (reuse) free_pairs_.pop_back();
  Pair& pair = pairs_[place];
  pair.id = id;
  pair.token = static_cast<std::uint32_t>(token);
  pair.account = static_cast<std::uint32_t>(account);
  pair.next_of_token = std::exchange(tokens_[at(token)].first_pair, place);
  pair.next_of_account = std::exchange(accounts_[at(account)].first_pair, place);
  ++live_pairs_;
  return PairIndex{place};
}

void Roster::remove_pair(PairIndex index) {
  const auto place = static_cast<std::uint32_t>(index);
  Pair& pair = pairs_[place];
  std::uint32_t* link = &tokens_[pair.token].first_pair;
  while (*link != place) link = &pairs_[*link].next_of_token;
  *link = pair.next_of_token;
  link = &accounts_[pair.account].first_pair;
  while (*link != place) link = &pairs_[*link].next_of_account;
  *link = pair.next_of_account;
  memories_.erase(place);
  pair = Pair{};
  free_pairs_.push_back(place);
  --live_pairs_;
}

std::optional<PairIndex> Roster::find_pair(TokenIndex token, AccountIndex account) const {
  // An account has few tokens, a token may have thousands of accounts.
  for (std::uint32_t place = accounts_[at(account)].first_pair; place != kNoPair;
       place = pairs_[place].next_of_account) {
    if (pairs_[place].token == static_cast<std::uint32_t>(token)) return PairIndex{place};
  }
  return std::nullopt;
}

std::optional<std::uint16_t> Roster::find_app(std::string_view name) const {
  const auto found = std::find(apps_.begin(), apps_.end(), name);
  if (found == apps_.end()) return std::nullopt;
  return static_cast<std::uint16_t>(found - apps_.begin());
}

std::vector<PairIndex> Roster::pairs_of(TokenIndex token) const {
  std::vector<PairIndex> pairs;
  for (std::uint32_t place = tokens_[at(token)].first_pair; place != kNoPair; place = pairs_[place].next_of_token)
    pairs.push_back(PairIndex{place});
  return pairs;
}

std::vector<PairIndex> Roster::pairs_of(AccountIndex account) const {
  std::vector<PairIndex> pairs;
  for (std::uint32_t place = accounts_[at(account)].first_pair; place != kNoPair; place = pairs_[place].next_of_account)
    pairs.push_back(PairIndex{place});
  return pairs;
}

verdict::Baseline Roster::baseline(PairIndex index) const {
  const Pair& pair = pairs_[at(index)];
  if (pair.form == Pair::Form::kUnusual) return memories_.at(static_cast<std::uint32_t>(index)).baseline;
  verdict::Baseline baseline;
  if (pair.form == Pair::Form::kUnasked) return baseline;
  const xads::Granted granted{pinned_user(pair), xads::Permissions::from_mask(pair.permissions)};
  baseline.run = verdict::Run{granted, pair.since, pair.last_seen, pair.count, {200, ""}};
  baseline.normal = granted;
  baseline.last_good_at = pair.last_seen;
  return baseline;
}

void Roster::set_baseline(PairIndex index, verdict::Baseline baseline) {
  Pair& pair = pairs_[at(index)];
  if (pair.form == Pair::Form::kUnusual) {
    memory(index).baseline = std::move(baseline);
  } else if (baseline == verdict::Baseline{}) {
    pair.form = Pair::Form::kUnasked;
  } else if (const auto permissions = plain_permissions(baseline, pinned_user(pair))) {
    make_plain(pair, *baseline.run, *permissions);
  } else {
    memory(index).baseline = std::move(baseline);
  }
}

void Roster::make_plain(Pair& pair, const verdict::Run& run, std::uint8_t permissions) {
  pair.form = Pair::Form::kPlain;
  pair.since = run.since;
  pair.last_seen = run.last_seen;
  pair.count = static_cast<std::uint32_t>(run.count);
  pair.permissions = permissions;
}

verdict::ProbeState Roster::state(PairIndex index) const {
  const Pair& pair = pairs_[at(index)];
  verdict::ProbeState state;
  state.probe = {pair.id, tokens_[pair.token].id, std::string(texts_.get(accounts_[pair.account].id))};
  state.vanished = pair.vanished;
  state.baseline = baseline(index);
  return state;
}

Memory& Roster::memory(PairIndex index) {
  Pair& pair = pairs_[at(index)];
  const auto place = static_cast<std::uint32_t>(index);
  if (pair.form == Pair::Form::kUnusual) return memories_.at(place);
  Memory fresh{.baseline = baseline(index), .last_granted = last_granted(index)};
  pair.form = Pair::Form::kUnusual;
  return memories_.emplace(place, std::move(fresh)).first->second;
}

const Memory* Roster::memory_if_any(PairIndex index) const {
  const auto found = memories_.find(static_cast<std::uint32_t>(index));
  return found == memories_.end() ? nullptr : &found->second;
}

void Roster::tidy(PairIndex index, base::Instant steady_now) {
  Pair& pair = pairs_[at(index)];
  if (pair.form != Pair::Form::kUnusual) return;
  const Memory& beside = memory(index);
  const bool settled = beside.run_began == base::Instant::min() || beside.run_began + kLongAgo < steady_now;
  const auto permissions = plain_permissions(beside.baseline, pinned_user(pair));
  if (!settled || !permissions) return;
  make_plain(pair, *beside.baseline.run, *permissions);
  memories_.erase(static_cast<std::uint32_t>(index));
}

bool Roster::same_again(PairIndex index, const xads::Granted& granted, base::Moment now) {
  Pair& pair = pairs_[at(index)];
  const bool same = pair.form == Pair::Form::kPlain && granted.permissions.known_mask() == pair.permissions &&
                    granted.permissions.unknown().empty() && is_user(TokenIndex{pair.token}, granted.user_id);
  if (!same) return false;
  pair.last_seen = now.utc;
  pair.answered = now.steady;
  ++pair.count;
  pair.vain_attempts = 0;
  pair.why = Blindness::kBudget;
  pair.unsaved = true;
  return true;
}

void Roster::fetch_records(PairIndex index) const {
  const Pair& pair = pairs_[at(index)];
  __builtin_prefetch(&tokens_[pair.token]);
  __builtin_prefetch(&accounts_[pair.account]);
}

void Roster::fetch_texts(PairIndex index) const {
  const Pair& pair = pairs_[at(index)];
  texts_.fetch(tokens_[pair.token].sealed);
  texts_.fetch(accounts_[pair.account].id);
}

bool Roster::granted(PairIndex index) const {
  const Pair& pair = pairs_[at(index)];
  if (pair.form != Pair::Form::kUnusual) return pair.form == Pair::Form::kPlain;
  const auto& run = memories_.at(static_cast<std::uint32_t>(index)).baseline.run;
  return run && std::holds_alternative<xads::Granted>(run->answer);
}

bool Roster::suspected(PairIndex index) const {
  const Memory* beside = memory_if_any(index);
  return pairs_[at(index)].form == Pair::Form::kUnusual && beside->baseline.suspicion.has_value();
}

std::optional<base::Instant> Roster::last_granted(PairIndex index) const {
  const Pair& pair = pairs_[at(index)];
  if (pair.form == Pair::Form::kUnusual) return memories_.at(static_cast<std::uint32_t>(index)).last_granted;
  const bool asked = pair.form == Pair::Form::kPlain && pair.answered != base::Instant{};
  return asked ? std::optional(pair.answered) : std::nullopt;
}

std::optional<base::Instant> Roster::last_good_at(PairIndex index) const {
  const Pair& pair = pairs_[at(index)];
  if (pair.form == Pair::Form::kUnusual) return memories_.at(static_cast<std::uint32_t>(index)).baseline.last_good_at;
  return pair.form == Pair::Form::kPlain ? std::optional(pair.last_seen) : std::nullopt;
}

bool Roster::is_other_user(PairIndex index, const xads::Granted& granted) const {
  const TokenIndex token{pairs_[at(index)].token};
  return tokens_[at(token)].pinned && !is_user(token, granted.user_id);
}

std::optional<base::Instant> Roster::run_since(PairIndex index) const {
  const Pair& pair = pairs_[at(index)];
  if (pair.form == Pair::Form::kPlain) return pair.since;
  if (pair.form == Pair::Form::kUnasked) return std::nullopt;
  const auto& run = memories_.at(static_cast<std::uint32_t>(index)).baseline.run;
  return run ? std::optional(run->since) : std::nullopt;
}

}  // namespace service
