#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "alert/courier.h"
#include "audit/host_pace.h"
#include "audit/schedule.h"
#include "base/clock.h"
#include "base/random.h"
#include "service/announcer.h"
#include "service/handover.h"
#include "service/lateness.h"
#include "service/limits.h"
#include "service/options.h"
#include "service/roster.h"
#include "service/sweeps.h"
#include "service/vouchers.h"
#include "store/store.h"
#include "verdict/agreement.h"
#include "verdict/cohort.h"
#include "verdict/operator_word.h"
#include "verdict/reconcile.h"
#include "xads/observation.h"

namespace service {

/// A question's token, as it was when it was asked: an answer to a token that is gone, or to secrets that were replaced
/// meanwhile, is no answer.
struct Asked {
  audit::TokenIndex token{};
  audit::TokenId id;
  std::uint16_t generation = 0;
  base::Instant at;  ///< steady
};
/// Ask what this token may do on this account.
struct AuditWork {
  Asked asked;
  audit::PairIndex pair{};
  audit::ProbeId probe;  ///< what stands at `pair`
  audit::AccountIndex account{};
};
/// Ask the identity host whether this token lives.
struct IdentityWork {
  Asked asked;
};
/// Ask which accounts this token can reach, from `cursor` on; or about `accounts` alone, deleted ones included.
struct DiscoveryWork {
  Asked asked;
  std::string cursor;
  std::vector<audit::AccountIndex> accounts;
};
using Work = std::variant<AuditWork, IdentityWork, DiscoveryWork>;
const Asked& asked_of(const Work& work);

/// Something that people should read about once; of no consequence for any token.
struct Notice {
  std::string text;  ///< "budget yielding bucket=account/18ce54d4x5t/access ..."
  bool warning = false;
};

/// What the operator has said, as the database holds it.
struct OperatorWords {
  std::vector<verdict::PlannedChange> plans;     ///< announced changes in their present state
  std::vector<verdict::Acceptance> acceptances;  ///< incidents whose state is to be the new normal
  std::vector<verdict::Acknowledgement> acknowledgements;
  std::vector<alert::Mute> mutes;  ///< all, in their present state
  std::vector<alert::TestRequest> tests;
};

/// All decisions of the day, with their state, and no I/O: which question is due, what an answer means, what is to be
/// written. What it decides is true only once the batch is committed. Loop thread only.
class Engine : private store::Loader {
 public:
  /// `random` must outlive the engine.
  Engine(AuditOptions options, Announcer announcer, base::Random& random);

  /// Takes up where the last process stopped, and schedules all pairs of tokens whose app is in `apps`; others are not
  /// asked, but nothing of them ends. Call once, first. Returns the revision of the tokens. `handover`: of the engine
  /// whose place this one takes in the same process; everybody keeps his turn, unless his interval is shorter now.
  std::uint64_t restore(store::Store& store, std::set<std::string> apps, base::Moment now,
                        std::optional<Handover> handover = std::nullopt);
  /// After the last batch was committed, when no question is under way. Nothing else may be asked of this engine then.
  Handover hand_over(base::Moment now);
  /// Tokens were added, replaced or removed: new pairs get probes, gone ones end, their incidents with them; a token
  /// whose secrets are others is asked anew (`same_secrets` compares what is sealed).
  void take_news(const std::vector<store::TokenRow>& tokens, const store::Opener& opener, base::Moment now);
  /// All that the database holds, also what the batch is to take away.
  void take_operator_words(const OperatorWords& words, base::Moment now);
  /// A destination of alerts takes no messages, or takes them again.
  void hear_destination(const alert::DestinationNews& news, base::Moment now);
  /// The database has refused what was to be written, for some time (a reason for people), or takes it again (none).
  /// What is to be told of it at once, from memory, stands in the batch, too.
  std::vector<alert::PendingDelivery> hear_database(const std::string& refusal, base::Moment now);
  /// Nothing certain is known of some pairs for longer than is promised.
  bool blind() const;
  /// See alert::Notifier::standing().
  std::vector<alert::Alert> standing(const std::string& destination, base::Moment now) const {
    return announcer_.standing(destination, open_, roster_, now);
  }
  /// Somebody wants a token's list of accounts read soon.
  void hasten_discovery(const audit::TokenId& token, base::Moment now);

  /// Narrows the schedule to the pairs that fit (an empty name fits all) and makes them due now, and the lists of
  /// accounts of fitting tokens that have no pair yet.
  void focus(const std::string& token_name, const std::string& account, base::Moment now);
  /// Narrows the schedule to the reading of lists of accounts (an empty name: of all discovered tokens), due now.
  void focus_on_discovery(const std::string& token_name, base::Moment now);
  /// Pairs and discoveries in focus that still wait for their answer or its confirmation.
  std::size_t unsettled() const { return unsettled_.size() + undiscovered_.size(); }
  /// Pairs in focus that got no answer that settles them, however often they were asked.
  std::size_t asked_in_vain() const { return vain_.size(); }

  /// The next question, its call already spent from the budget; nothing when none is due or may be asked. All but
  /// audits may be asked only when the batch that take_work() added to is committed.
  std::optional<Work> take_work(base::Moment now);
  /// Steady time at which take_work() may have something; nothing: not before an answer comes.
  std::optional<base::Instant> next_due(base::Moment now) const;

  /// Whether an answer to this question still means something.
  bool current(const Asked& asked) const;
  void finish(const AuditWork& work, const xads::Observation& observation, base::Moment now);
  void finish(const IdentityWork& work, xads::IdentityAnswer answer, base::Moment now);
  void finish(const DiscoveryWork& work, const xads::AccountsObservation& observation, base::Moment now);
  /// The question could not be asked, was given up (shutdown), or is not current any more: it waits again.
  void abandon(const Work& work, base::Moment now);

  /// What time alone brings: blindness, the end of what flapped, announced changes that did not come. To be called
  /// every few seconds; most calls do nothing.
  void tick(base::Moment now);

  /// Adds open runs that the database does not know yet, at most `most` of them, in the order of their ids, and after
  /// the last of them the buckets and gauges. False when there is more.
  bool flush(std::size_t most, base::Moment now);
  /// The next flush() begins with the first pair again, whatever this round has come to.
  void restart_flush() { flushed_ = 0; }
  /// The process ends in order: to be called after the last flush.
  void end_in_order(base::Moment now);
  /// What is to be committed, in one transaction.
  store::Batch take_batch();
  bool has_batch() const { return !batch_.empty(); }
  std::vector<Notice> take_notices() { return std::exchange(notices_, {}); }

  const Roster& roster() const { return roster_; }
  const verdict::OpenIncidents& open_incidents() const { return open_; }
  /// Pairs of which nothing certain is known, as the open incidents say.
  std::map<Blindness, std::uint64_t> blind_pairs() const;
  base::Duration clock_offset() const { return clock_offset_; }  ///< ours less X's, by the latest answer
  audit::Schedule::Counts pair_counts() const { return schedule_.counts(); }
  /// Figures for status and metrics.
  std::vector<store::Gauge> gauges(base::Moment now);

 private:
  struct Focus {
    std::string token, account;  ///< empty: any
    bool discovery_alone = false;
  };

  // store::Loader: what restore() is given, piece by piece.
  void begin(bool ended_in_order, std::uint64_t last_sequence) override;
  void token(store::TokenRow token) override;
  void account(store::AccountFacts facts) override;
  void probe(verdict::ProbeState state) override;
  void sweep(store::OpenSweep sweep) override;
  void incident(verdict::Incident incident) override;
  void telling(alert::Telling telling) override;
  void mute(alert::Mute mute) override { announcer_.restore(mute, restored_at_); }
  void mutes_listed(base::Instant at) override { announcer_.restore_mutes_listed(at); }
  void planned_change(verdict::PlannedChange plan) override;
  void bucket(store::BucketRow bucket) override;

  std::optional<audit::TokenIndex> restored_token(const audit::TokenId& id);
  std::optional<audit::PairIndex> listed_pair(audit::TokenIndex token, std::string_view account_id);

  // Who is watched.
  void put(const store::TokenRow& row);
  void list_accounts(audit::TokenIndex token, const std::vector<std::string>& accounts);
  void settle_token(audit::TokenIndex token, base::Moment now);
  audit::PairIndex discover_pair(audit::TokenIndex token, audit::AccountIndex account, base::Moment now);
  void start_probe(audit::PairIndex pair, base::Moment now);
  void end_probe(audit::PairIndex pair);
  void end_token(audit::TokenIndex token, base::Moment now);
  void recheck_token(audit::TokenIndex token, base::Moment now);
  void reassess_all(base::Moment now);
  void restore_trouble(const verdict::Incident& incident, base::Moment now);

  // When to ask.
  void set_focus(Focus focus, base::Moment now);
  void schedule(audit::PairIndex pair, base::Moment now);
  base::Instant first_sweep(audit::TokenIndex token, base::Moment now);
  base::Instant first_time(audit::PairIndex pair, base::Moment now);
  std::optional<base::Instant> handed_turn(audit::PairIndex pair, base::Moment now);
  void take_handover(Handover handover);
  base::Instant next_time(audit::PairIndex pair, const xads::Observation& observation, bool confirm_again,
                          base::Moment now);
  base::Instant regular_time(audit::PairIndex pair, base::Instant after);
  bool wants_spare(audit::PairIndex pair, base::Moment now);
  bool in_focus(audit::PairIndex pair) const;
  void settle(audit::PairIndex pair, bool confirm_again);
  Asked ask_as(audit::TokenIndex token, base::Moment now) const;
  std::optional<Work> take_identity(base::Moment now);
  std::optional<Work> take_discovery(base::Moment now);
  std::optional<Work> take_audit(base::Moment now);
  void fetch_ahead() const;

  // What answers mean.
  void settle_pace(audit::HostPace& pace, const Asked& asked, const xads::Answer& answer, base::Moment now);
  void take_lesson(const Limits::Lesson& lesson, audit::TokenIndex token, std::optional<audit::AccountIndex> account,
                   const xads::Answer& answer, const xads::Evidence& evidence, base::Moment now);
  bool outlived(const Memory& beside, audit::TokenIndex token) const;
  void apply(audit::PairIndex pair, verdict::Judgement judgement, base::Instant asked, base::Moment now);
  void record_move(audit::PairIndex pair, const verdict::Judgement& judgement, const verdict::Baseline& before,
                   verdict::Grounds grounds, base::Moment now);
  verdict::Grounds grounds_of(audit::PairIndex pair, const verdict::Judgement& judgement,
                              const verdict::Baseline& before, base::Moment now) const;
  void follow_up(audit::PairIndex pair, const verdict::Judgement& judgement, base::Moment now);
  void reassess_token(audit::TokenIndex token, base::Moment now, const verdict::Grounds& grounds = {});
  void reassess_account(audit::AccountIndex account, base::Moment now, const verdict::Grounds& grounds = {});
  void reassess(const verdict::IncidentKey& key, base::Moment now);
  void announce(const std::vector<verdict::IncidentStep>& steps, base::Moment now);
  verdict::Neighbours neighbours_of(audit::PairIndex pair, base::Instant last_grant, base::Moment now) const;
  base::Instant last_grant_of(audit::TokenIndex token) const;
  void hasten_one_other(audit::PairIndex pair, base::Moment now);
  void hasten(const std::vector<audit::PairIndex>& pairs, base::Moment now);

  // What the tokens of an app, and all answers together, mean.
  /// What an open incident says of an app, or of all.
  struct AppTrouble {
    verdict::IncidentKey key;
    base::Instant opened{};  ///< steady
    verdict::Failing way = verdict::Failing::kApp;
    std::optional<base::Instant> recovering_since;  ///< steady
  };
  verdict::Cohort& cohort_of(audit::TokenIndex token) { return cohorts_[roster_.record(token).app]; }
  std::uint64_t live_tokens_of(std::uint16_t app) const;
  bool known_dead(audit::TokenIndex token) const;
  bool wants_more(audit::PairIndex pair, const xads::Answer& answer) const;
  void hear(const AuditWork& work, const xads::Observation& observation, base::Moment now);
  void hear_clock(const xads::Observation& observation, base::Moment now);
  void hear_version(const xads::Observation& observation, base::Moment now);
  void hear_grant(const AuditWork& work, base::Moment now);
  void hear_failure(const AuditWork& work, const xads::Observation& observation, verdict::Failing way,
                    base::Moment now);
  void reconsider_app(audit::TokenIndex token, verdict::Failing way, const xads::Evidence& evidence, base::Moment now);
  void look_for_recovery(std::uint16_t app, base::Moment now);
  bool recovered(std::uint16_t app, AppTrouble& trouble, base::Moment now);
  void hasten_failing(std::uint16_t app, std::size_t most, base::Moment now);
  verdict::IncidentKey app_key(std::uint16_t app, verdict::Failing way) const;
  /// A pair that was granted is to be asked once more soon: whether its app is well, or the clock, is being settled.
  bool wants_another_grant(audit::TokenIndex token) const;
  bool explained_by_app(audit::TokenIndex token) const {
    return retired_ || (!troubled_.empty() && troubled_.contains(roster_.record(token).app));
  }
  void adopt(std::uint16_t app, const verdict::Incident& by, base::Moment now);
  void give_back(base::Moment now);
  void hasten_app(std::uint16_t app, base::Moment now);
  void probe_apps(base::Moment now);
  void open_or_refresh(verdict::Finding finding, base::Moment now);
  void close(const verdict::IncidentKey& key, base::Moment now);

  // What time brings.
  struct BlindGroup {
    std::uint64_t pairs = 0;
    std::vector<std::string> examples;
    std::optional<base::Instant> last_good_at;  ///< UTC, the oldest
  };
  void look_for_blindness(base::Moment now);
  base::Instant owed_since(const Pair& pair, base::Moment now) const;
  base::Duration bound_of(const Pair& pair) const { return bounds_[static_cast<std::size_t>(pair.interval_class)]; }
  bool blind(audit::PairIndex pair, base::Moment now, Blindness& why) const;
  bool told_of(audit::PairIndex pair, const verdict::Conclusive& answer) const;
  void report_blindness(base::Moment now);
  void check_plans(base::Moment now);
  void finish_plan(verdict::PlannedChange& plan, verdict::PlannedChange::State state, base::Moment now);
  void keep_plan(audit::PairIndex pair, verdict::PlannedChange& plan, verdict::Grounds& grounds, base::Moment now);
  void keep_repair(audit::PairIndex pair, base::Moment now);
  verdict::PlannedChange* plan_for(audit::PairIndex pair, const verdict::Conclusive& answer, base::Moment now);
  bool come_true(const verdict::PlannedChange& plan) const;
  void take_plans(const std::vector<verdict::PlannedChange>& plans, base::Moment now);
  void acknowledge(const verdict::Acknowledgement& acknowledgement);
  void accept(const verdict::Acceptance& acceptance, base::Moment now);
  void give_up_plan(const verdict::Acceptance& acceptance, verdict::PlannedChange& plan, base::Moment now);
  verdict::Change change_by(const verdict::Acceptance& acceptance, std::string_view kind, base::Moment now);
  void accept_pair(const verdict::Acceptance& acceptance, audit::PairIndex pair, base::Moment now);

  // What lists of accounts mean.
  void take_page(const DiscoveryWork& work, const xads::AccountsPage& page, base::Moment now);
  void take_missing(const DiscoveryWork& work, const xads::AccountsPage& page, base::Moment now);
  void take_facts(audit::TokenIndex token, const xads::AdAccount& account, base::Moment now);
  void close_sweep(audit::TokenIndex token, base::Moment now);
  void note_account(std::string_view kind, audit::TokenIndex token, audit::AccountIndex account, std::string before,
                    std::string after, base::Moment now);

  AuditOptions options_;
  Announcer announcer_;
  base::Random& random_;
  std::set<std::string> apps_;
  Roster roster_;
  Limits limits_;
  Vouchers vouchers_;
  audit::Schedule schedule_;
  Sweeps sweeps_;
  audit::HostPace api_pace_, identity_pace_;
  verdict::OpenIncidents open_;
  std::map<audit::TokenIndex, base::Instant> identity_wanted_;  ///< steady time from which it may be asked
  std::map<audit::TokenIndex, base::Instant> replaced_at_;      ///< steady time when its secrets became others
  std::optional<Focus> focus_;
  std::set<audit::PairIndex> unsettled_, vain_;
  std::set<audit::TokenIndex> undiscovered_;
  std::array<base::Duration, 3> bounds_{};  ///< within which a change is found, by interval class
  base::Moment restored_at_{};
  std::optional<Handover> handover_;           ///< while restore() runs
  base::Instant watching_since_{};             ///< steady
  std::optional<base::Instant> last_written_;  ///< UTC, when the last process wrote its gauges
  audit::TokenIndex restored_token_{};         ///< of the latest pair that restore() was given
  std::optional<base::Instant> emptied_at_;    ///< steady; the budget began without a call
  std::size_t unasked_ = 0;                    ///< new pairs of this load: many are spread over more time
  double spare_credit_ = 0;                    ///< extra audits that the routine has earned
  unsigned turn_ = 0;
  std::map<std::uint16_t, verdict::Cohort> cohorts_;  ///< by app
  mutable std::vector<std::uint32_t>
      live_by_app_;  ///< tokens that are asked and not known to be dead; empty: to be counted
  std::map<std::uint16_t, AppTrouble> troubled_;
  std::optional<AppTrouble> retired_;                  ///< the version of the API is gone: that hits all apps
  std::map<std::uint16_t, base::Instant> well_since_;  ///< of apps that were in trouble: the steady time when it ended
  std::map<verdict::IncidentKey, base::Instant> adopted_;  ///< to the steady time when its app was last in trouble
  std::set<std::uint16_t> revoking_;                       ///< apps whose tokens die in numbers
  verdict::Agreement clock_skew_, sunset_;
  bool last_date_fine_ = true;                             ///< by the latest Date header
  base::Duration clock_offset_{0};                         ///< ours less X's, by the latest Date header
  base::Instant tick_due_{}, look_due_{}, apps_probed_{};  ///< steady
  struct HostTrouble {
    Blindness why = Blindness::kBudget;
    base::Instant at = base::Instant::min();  ///< steady
  };
  HostTrouble trouble_;                           ///< what the Ads host suffered from last
  std::size_t blind_place_ = 0;                   ///< where the search for blind pairs goes on
  std::map<Blindness, BlindGroup> blind_groups_;  ///< of this round
  std::map<verdict::PlanId, verdict::PlannedChange> plans_;
  OperatorWords taken_;  ///< that were given last: they come again until the commit
  /// While restore() runs: the incidents that tellings may name; of those that are over, the whole.
  std::map<verdict::IncidentId, verdict::IncidentKey> restored_open_;
  std::map<verdict::IncidentId, verdict::Incident> restored_over_;
  bool throttling_ = false;  ///< an incident of a 429 may be open
  std::size_t flushed_ = 0;  ///< places of the roster that this round of flush() has done
  Lateness lateness_;
  std::uint64_t audits_ = 0, throttled_ = 0;
  store::Batch batch_;
  std::vector<Notice> notices_;
};

}  // namespace service
