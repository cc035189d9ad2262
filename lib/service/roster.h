#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "audit/index.h"
#include "audit/interval.h"
#include "audit/probe.h"
#include "base/clock.h"
#include "base/index_table.h"
#include "base/slab.h"
#include "base/text_pool.h"
#include "service/pair.h"
#include "store/batch.h"
#include "verdict/assess.h"
#include "verdict/baseline.h"

namespace service {

/// What a roster keeps of a token; texts lie in a pool.
struct TokenRecord {
  audit::TokenId id;
  std::uint64_t user = 0;  ///< X's ids are 64-bit numbers; 0: not known; kOddUser: kept elsewhere
  base::TextPool::Place name = 0, labels = 0, sealed = 0;
  std::uint32_t first_pair = kNoPair;
  std::uint16_t app = 0;         ///< index of its name
  std::uint16_t generation = 0;  ///< grows when its secrets are replaced, and when its place is given to another token
  audit::TokenKind kind : 8 = audit::TokenKind::kAdvertiser;
  bool alive : 1 = false;       ///< false: a free place
  bool pinned : 1 = false;      ///< X said whose token it is; before, `user` is what the token itself claims
  bool discovered : 1 = false;  ///< its accounts come from GET accounts
  bool removed : 1 = false;     ///< a tombstone: known until what is open of it has ended
  bool ignored : 1 = false;     ///< the settings have no such app: not asked, but nothing of it ends
};

static_assert(sizeof(TokenRecord) <= 48);

struct AccountRecord {
  base::TextPool::Place id = 0, name = 0;
  std::uint32_t first_pair = kNoPair;
  std::uint8_t status = 0;  ///< index of its approval_status
  bool deleted = false;
};

/// Who is watched: tokens, ad accounts, their pairs, and who is whose neighbour; about 250 bytes for a pair with a
/// token and an account of its own, secrets included. A pair whose answer is the plain one (granted, as ever) is held
/// in one cache line; all others have their baseline beside it. Loop thread only.
class Roster {
 public:
  /// Adds a token, or takes over its new facts; `sealed` empty: no secrets. The pinned user id is kept when the new one
  /// is empty.
  audit::TokenIndex put_token(const audit::Token& token, std::string_view claimed_user, std::string_view sealed);
  /// Removes the token, which has no pairs any more.
  void remove_token(audit::TokenIndex token);
  std::optional<audit::TokenIndex> find_token(const audit::TokenId& id) const;
  std::optional<audit::TokenIndex> find_token_named(std::string_view name) const;  ///< linear; alive ones
  audit::Token token(audit::TokenIndex index) const;
  std::string_view token_name(audit::TokenIndex index) const { return texts_.get(tokens_[at(index)].name); }
  /// As X told us, else as the token claims; empty when neither is known.
  std::string user(audit::TokenIndex index) const;
  std::string_view sealed(audit::TokenIndex index) const { return texts_.get(tokens_[at(index)].sealed); }
  const std::string& app_name(std::uint16_t app) const { return apps_.at(app); }
  std::uint16_t apps() const { return static_cast<std::uint16_t>(apps_.size()); }
  std::optional<std::uint16_t> find_app(std::string_view name) const;
  const std::string& app_of(audit::TokenIndex index) const { return apps_[tokens_[at(index)].app]; }
  TokenRecord& record(audit::TokenIndex index) { return tokens_[at(index)]; }
  const TokenRecord& record(audit::TokenIndex index) const { return tokens_[at(index)]; }
  void pin_user(audit::TokenIndex index, const std::string& user_id);
  std::size_t token_places() const { return tokens_.size(); }  ///< indices are below this
  std::size_t live_tokens() const { return live_tokens_; }

  audit::AccountIndex put_account(std::string_view id);
  void put_facts(const store::AccountFacts& facts);
  std::optional<audit::AccountIndex> find_account(std::string_view id) const;
  std::string_view account_id(audit::AccountIndex index) const { return texts_.get(accounts_[at(index)].id); }
  store::AccountFacts facts(audit::AccountIndex index) const;
  const AccountRecord& record(audit::AccountIndex index) const { return accounts_[at(index)]; }
  std::size_t account_places() const { return accounts_.size(); }  ///< indices are below this

  /// Requires a pair that is not there.
  audit::PairIndex add_pair(audit::TokenIndex token, audit::AccountIndex account, const audit::ProbeId& id);
  void remove_pair(audit::PairIndex pair);
  std::optional<audit::PairIndex> find_pair(audit::TokenIndex token, audit::AccountIndex account) const;
  Pair& pair(audit::PairIndex index) { return pairs_[at(index)]; }
  const Pair& pair(audit::PairIndex index) const { return pairs_[at(index)]; }
  std::size_t pair_places() const { return pairs_.size(); }  ///< indices are below this; free places have no id
  std::size_t live_pairs() const { return live_pairs_; }
  std::vector<audit::PairIndex> pairs_of(audit::TokenIndex token) const;
  std::vector<audit::PairIndex> pairs_of(audit::AccountIndex account) const;

  verdict::Baseline baseline(audit::PairIndex pair) const;
  void set_baseline(audit::PairIndex pair, verdict::Baseline baseline);
  verdict::ProbeState state(audit::PairIndex pair) const;
  /// What is remembered of an unusual pair only while the process lives; makes the pair unusual when it is not.
  Memory& memory(audit::PairIndex pair);
  const Memory* memory_if_any(audit::PairIndex pair) const;
  /// Forgets what is beside a pair that is plain again, and has been so for long enough that no neighbour asks.
  void tidy(audit::PairIndex pair, base::Instant steady_now);
  /// The plain answer once more? Then the run is one longer, and nothing else is to be decided.
  bool same_again(audit::PairIndex pair, const xads::Granted& granted, base::Moment now);

  /// Has the memory of a pair fetched that will be asked soon: first the pair itself, then what it points to, so that
  /// nothing is waited for. A pair in a large roster is a dozen places in memory that nobody touched for minutes.
  void fetch(audit::PairIndex pair) const { __builtin_prefetch(&pairs_[at(pair)]); }
  void fetch_records(audit::PairIndex pair) const;
  void fetch_texts(audit::PairIndex pair) const;

  bool granted(audit::PairIndex pair) const;  ///< by its baseline
  bool suspected(audit::PairIndex pair) const;
  std::optional<base::Instant> last_granted(audit::PairIndex pair) const;  ///< steady, in this process
  std::optional<base::Instant> run_since(audit::PairIndex pair) const;     ///< UTC
  std::optional<base::Instant> last_good_at(audit::PairIndex pair) const;  ///< UTC
  /// Whether this grant to it is one to another user than its token's pinned one.
  bool is_other_user(audit::PairIndex pair, const xads::Granted& granted) const;

  /// Input of the assessments, with what they point to.
  struct Neighbourhood {
    std::vector<audit::Token> tokens;
    std::vector<verdict::ProbeState> states;
    std::vector<verdict::Member> members;
  };
  Neighbourhood neighbourhood_of(audit::AccountIndex account) const;
  /// Of the pairs whose answer says something about the token itself.
  std::vector<verdict::ProbeState> states_about(audit::TokenIndex token) const;

 private:
  bool granted_elsewhere(audit::TokenIndex token, audit::AccountIndex account) const;
  bool is_user(audit::TokenIndex index, std::string_view user_id) const;
  std::string pinned_user(const Pair& pair) const;
  void set_user(audit::TokenIndex index, const std::string& user_id);
  static void make_plain(Pair& pair, const verdict::Run& run, std::uint8_t permissions);

  base::TextPool texts_;
  base::Slab<TokenRecord> tokens_;
  base::Slab<AccountRecord> accounts_;
  base::Slab<Pair> pairs_;
  base::IndexTable token_by_id_, account_by_id_;
  std::vector<std::uint32_t> free_tokens_, free_pairs_;
  std::size_t live_tokens_ = 0, live_pairs_ = 0;
  std::vector<std::string> apps_, statuses_;
  std::unordered_map<std::uint32_t, std::string> odd_users_;  ///< token index to an id that is no number
  std::unordered_map<std::uint32_t, Memory> memories_;        ///< pair index to what is beside it
};

}  // namespace service
