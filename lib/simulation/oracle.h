#pragma once

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "simulation/network.h"
#include "simulation/trace.h"
#include "simulation/world.h"
#include "store/batch.h"
#include "verdict/baseline.h"

namespace simulation {

/// What the engine must never do.
enum class Rule : std::uint8_t {
  kFalseFinding,     ///< an incident without a cause in the world
  kFalseResolution,  ///< an incident ended while its cause lasted
  kFalseChange,      ///< a baseline moved to what was never true
  kMissed,           ///< what lasted was neither found nor reported blind
  kBlind,            ///< nobody knew for too long, and nobody said so; or it was said and not true
  kDelivery,         ///< alerts do not match what became of the incidents
  kChain,            ///< the change log is not as it was written
};
constexpr std::size_t kRules = 7;
std::string_view to_text(Rule rule);  ///< "false finding"

struct Violation {
  Rule rule = Rule::kMissed;
  base::Duration at{0};  ///< since the start
  PairNumber pair = kNone;
  std::string what;
  std::vector<std::string> lines;  ///< of the trace of the pair
};

/// Knows the truth, hears every answer that the engine hears, and reads every batch that it commits. All times are
/// steady. It trusts nothing that the engine says of itself.
class Oracle {
 public:
  struct Terms {
    base::Duration bound;                   ///< the engine's own detection bound
    base::Duration grace{90'000};           ///< more than that: a violation
    std::vector<std::string> destinations;  ///< all of them are told everything
  };
  /// All must outlive the oracle.
  Oracle(const World& world, const Trace& trace, Terms terms, base::Instant start);

  /// The ids under which the engine knows the world's tokens.
  void know(const audit::TokenId& id, TokenNumber token);

  /// An answer was given to the engine.
  void told(const Sent& sent, base::Instant now);
  /// Whether a lie may be told here: never twice in a row for one pair, nor about one token as far as it accuses the
  /// token, nor before anything true was told. An engine that confirms each answer once (k = 2) promises to see through
  /// one lie, and no more. Among the answers only conclusive ones count: what is said between two lies, and says
  /// nothing, does not part them.
  bool may_accuse(TokenNumber token, PairNumber pair) const;
  /// The lie was told, and is on its way.
  void lied(TokenNumber token, PairNumber pair);
  /// Nobody will hear the answer: the token has other secrets now.
  void dropped(const Sent& sent);
  /// The token has other secrets: an answer is owed from now on.
  void replaced(TokenNumber token, base::Instant now);
  /// Something else is true of these pairs now.
  void changed(const std::vector<PairNumber>& pairs, base::Instant now);
  /// What stands between us and X is different: nothing is expected of that time.
  void weather_changed(base::Instant now) { troubled_ = now; }
  void committed(const store::Batch& batch, base::Instant now);
  /// At least once a minute.
  void tick(base::Instant now);

  /// Some pair that the finding is about; kNone when it is about none in particular.
  PairNumber witness_of(const verdict::Finding& finding) const;

  void violate(Rule rule, base::Instant now, PairNumber pair, std::string what);
  const std::vector<Violation>& violations() const { return violations_; }
  const std::array<std::uint64_t, kRules>& counts() const { return counts_; }

  /// How long each lasting change took until it was found, in the order in which that happened.
  struct Detection {
    verdict::Cause cause;
    base::Duration took;
  };
  const std::vector<Detection>& detections() const { return detections_; }

 private:
  /// What was told last of a pair: the run of equal conclusive answers.
  struct Heard {
    std::optional<Truth> says;  ///< that run, as the truth that it claims
    int times = 0;
    base::Instant before_run;             ///< when something else was told last
    base::Instant began;                  ///< when the run was told first
    base::Instant last;                   ///< when the run was told last
    base::Instant agreed;                 ///< when something was told last that the engine held
    base::Instant known;                  ///< when what it says was last what people knew
    base::Instant conclusive;             ///< when any conclusive answer came
    base::Instant explained;              ///< when an incident last said why, or its secrets were replaced
    base::Instant fault;                  ///< when anything went wrong with its questions last, or with its neighbours'
    std::optional<base::Instant> unsaid;  ///< since when it is blind and nobody says so
    base::Instant covered;                ///< when an alert last said that nothing is known of it
    bool lied = false, lie_on_its_way = false;
    bool unseen = false;                            ///< it has been complained about that nobody knows of it
    std::optional<std::uint8_t> normal{};           ///< the first grant
    std::optional<base::Instant> expected_since{};  ///< the engine has yet to show what is true
  };
  struct HeardOfToken {
    bool lied = false, lie_on_its_way = false;
    base::Instant fault;
  };
  struct OpenIncident {
    verdict::Incident incident;
    base::Instant opened, updated;         ///< steady
    std::optional<verdict::Finding> told;  ///< as people were told of it last
    std::vector<PairNumber> named;         ///< by the examples of audit.blind; kNone: one that is not there
  };
  using Open = std::map<verdict::IncidentKey, OpenIncident>;
  /// Alerts of a batch about one incident, in their order.
  using Alerts = std::map<std::string, std::deque<std::string>>;

  // Who is meant.
  std::vector<PairNumber> concerned(const verdict::Finding& finding) const;
  std::optional<TokenNumber> find(const audit::TokenId& id) const;

  // Is it true?
  bool fits(const verdict::Finding& finding, PairNumber pair, const Truth& truth) const;
  bool has_cause(const OpenIncident& open, base::Instant now) const;
  bool audit_has_cause(const OpenIncident& open, base::Instant now) const;
  bool recovered(const OpenIncident& open, base::Instant now) const;
  void check_change(const verdict::Change& change, base::Instant now);

  // Was it told?
  void hear(const Sent& sent, Heard& heard, base::Instant now);
  void hear_fault(const Sent& sent, base::Instant now);
  bool found(PairNumber pair, const Truth& truth) const;
  bool silent_about(PairNumber pair) const;
  bool any_open(verdict::Cause cause, const std::string* topic = nullptr) const;
  bool flaps(verdict::Cause cause, base::Instant now) const;
  base::Instant expected_from(PairNumber pair) const;
  bool open_of(verdict::Cause cause, const audit::TokenId& token, const std::string& account,
               const std::vector<std::string>* after = nullptr) const;
  bool app_explains(PairNumber pair) const;
  void check_expected(base::Instant now);

  // Who is blind, and is it told?
  std::vector<PairNumber> named_by(const verdict::Finding& finding) const;
  bool contradicted(PairNumber pair, base::Duration length, base::Instant now) const;
  bool is_blind(PairNumber pair, base::Instant now) const;
  bool blindness_has_cause(const OpenIncident& open, base::Instant now) const;
  bool must_be_told_blind(PairNumber pair, base::Instant now) const;
  bool may_speak_of(PairNumber pair, base::Instant now) const;
  bool covered(PairNumber pair, base::Instant now);
  void note_explained(base::Instant now);
  void survey(base::Instant now);
  void check_sight(base::Instant now);
  void check_sight_restored(base::Instant now);

  // Do the messages fit?
  Alerts read_alerts(const store::Batch& batch, base::Instant now);
  void check_incident(const verdict::Incident& incident, Alerts& alerts, base::Instant now);
  void check_end(Open::iterator known, Alerts& alerts, base::Instant now);
  void count_open(const verdict::IncidentKey& key, int more);
  bool take_alert(Alerts& alerts, const verdict::Incident& incident, std::string_view state);
  void check_deliveries(const store::Batch& batch, base::Instant now);
  void note_detection(const verdict::Incident& incident, base::Instant now);

  const World& world_;
  const Trace& trace_;
  Terms terms_;
  base::Instant start_;
  std::unordered_map<audit::TokenId, TokenNumber> tokens_;
  std::vector<audit::TokenId> ids_;  ///< by token
  std::vector<Heard> heard_;
  std::vector<HeardOfToken> heard_of_tokens_;
  std::set<PairNumber> expected_;
  Open open_;
  std::vector<int> open_of_token_, open_on_account_;  ///< how many incidents are, for what is asked often
  std::uint64_t blind_ = 0;                           ///< how many pairs must be told blind, at the latest survey()
  std::vector<PairNumber> sighted_;                   ///< those whose audit.blind ended in this batch
  base::Instant troubled_;                            ///< when the weather changed last, or was foul
  base::Instant throttled_;                           ///< when a 429 was heard last
  base::Instant clock_off_;                           ///< when our clock was wrong last, by half a minute or more
  base::Instant all_seen_since_;                      ///< every pair had an answer within the bound
  std::vector<Violation> violations_;
  std::array<std::uint64_t, kRules> counts_{};
  std::vector<Detection> detections_;
};

}  // namespace simulation
