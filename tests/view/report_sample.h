#pragma once

#include "store/store.h"
#include "view/report_forms.h"

/// A small quarter of an agency, in a real store: a role that is reduced and accepted, a token that is revoked and
/// repaired, one that is removed, a blind hour, names full of markup and formulas.
namespace report_sample {

using namespace std::chrono_literals;

inline const base::Instant kStart = base::parse_instant("2026-07-01T00:00:00Z").value();
inline const base::Instant kEnd = base::parse_instant("2026-10-01T00:00:00Z").value();
inline base::Instant day(int days, base::Duration more = 0h) { return kStart + std::chrono::hours(24 * days) + more; }
inline const std::string kManager = "granted user=77 AD_MANAGER, TWEET_COMPOSER";
inline const std::string kAnalyst = "granted user=77 ANALYST";
inline const std::string kAdmin = "granted user=78 ACCOUNT_ADMIN";
inline const std::string kRevoked = "denied token_invalid";

class Sample {
 public:
  Sample() : random_(7), store_(store::open_sqlite(options(), random_, day(-40))) {
    a_ = put_token("brand-a", audit::TokenKind::kAdvertiser, day(-40));
    b_ = put_token("=cmd|'/c calc'!A1", audit::TokenKind::kDeveloper, day(-39));
    c_ = put_token("old|`agency`<script>", audit::TokenKind::kDeveloper, day(-38));
    fill();
  }

  view::ReportQuery query() const {
    view::ReportQuery query;
    query.span = {kStart, kEnd};
    query.now = kEnd + 48h;
    query.bound = 20min;
    query.version = "1.2.3";
    query.database = "/var/lib/adsauditd/adsauditd.db";
    return query;
  }
  store::Store& store() { return *store_; }
  view::Report report() { return view::read_report(*store_, query()); }

  audit::TokenId a() const { return a_; }

  void change(base::Instant at, const std::string& kind, const std::string& token, const std::string& account,
              const std::string& before, const std::string& after, const std::string& word = "") {
    verdict::Change change;
    change.id = verdict::ChangeId::make(at, random_);
    change.at = at;
    change.kind = kind;
    change.token = token;
    change.account = account;
    change.before = before;
    change.after = after;
    change.evidence = {after.starts_with("denied") ? 401 : 200, after.starts_with("denied") ? "89" : ""};
    change.confirmations = 2;
    change.grounds.rule = kind == "changed" ? "confirmed" : "";
    if (!word.empty()) change.grounds.witnesses = {word};
    store::Batch batch;
    batch.changes = {change};
    store_->commit(batch);
  }

  void incident(verdict::Cause cause, audit::TokenId token, const std::string& account, base::Instant opened,
                std::optional<base::Instant> resolved, std::optional<base::Instant> good = {},
                std::vector<std::string> examples = {}) {
    verdict::Incident incident;
    incident.id = verdict::IncidentId::make(opened, random_);
    incident.finding.key = {cause, token, account};
    incident.finding.last_good_at = good;
    incident.finding.affected = examples.size();
    incident.finding.examples = std::move(examples);
    incident.finding.details = {"AD_MANAGER is missing"};
    incident.opened_at = opened;
    incident.updated_at = resolved.value_or(opened);
    incident.resolved_at = resolved;
    if (cause == verdict::Cause::kTokenRevoked)
      incident.acknowledged = verdict::Acknowledged{"kim", "asking the client", opened + 1h};
    store::Batch batch;
    batch.incidents = {incident};
    store_->commit(batch);
  }

  void run(audit::TokenId token, const std::string& account, const std::string& answer, base::Instant since,
           base::Instant heard) {
    verdict::ProbeState state;
    state.probe = {audit::ProbeId::make(since, random_), token, account};
    state.baseline.run = verdict::Run{*verdict::answer_from_text(answer), since, heard, 9, {200, ""}};
    store::Batch batch;
    batch.probes = {state};
    store_->commit(batch);
  }

 private:
  static store::StoreOptions options() {
    return {":memory:", base::Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), store::Access::kDaemon};
  }

  audit::TokenId put_token(const std::string& name, audit::TokenKind kind, base::Instant at) {
    std::vector<store::StoredToken> tokens(1);
    tokens[0].token = {audit::TokenId::make(at, random_), name, "agency", kind, "77", {}};
    tokens[0].added_at = at;
    tokens[0].secrets = {base::Secret("token of " + name), base::Secret("secret of " + name)};
    store_->put_tokens(tokens, {verdict::ChangeId::make(at, random_)}, at);
    return tokens[0].token.id;
  }

  void fill() {
    const std::string b = "=cmd|'/c calc'!A1";
    const std::string c = "old|`agency`<script>";
    store::Batch names;
    names.accounts = {{"18ce1", "Brand A <EU> & \"Co\"", "ACCEPTED", false}, {"18ce2", "Brand B", "ACCEPTED", false}};
    store_->commit(names);
    run(a_, "18ce1", kAnalyst, day(20), kEnd + 47h);
    run(a_, "18ce2", kManager, day(-30), kEnd - 9h);
    run(b_, "18ce1", kAdmin, day(52), kEnd + 47h);
    change(day(-30), "first_seen", "brand-a", "18ce1", "", kManager);
    change(day(-30), "first_seen", "brand-a", "18ce2", "", kManager);
    change(day(-29), "first_seen", b, "18ce1", "", kAdmin);
    change(day(-28), "first_seen", c, "18ce2", "", kAdmin);
    change(day(20), "changed", "brand-a", "18ce1", kManager, kAnalyst);
    incident(verdict::Cause::kRoleReduced, a_, "18ce1", day(20), day(21), day(20, -14min));
    change(day(21), "accepted", "brand-a", "18ce1", kManager, kAnalyst,
           "accepted by dana at 2026-07-22T00:00:00.000Z for inc_1: moved to reporting");
    change(day(50), "changed", b, "18ce1", kAdmin, kRevoked);
    incident(verdict::Cause::kTokenRevoked, b_, "", day(50), day(52), day(50, -4min));
    change(day(52), "changed", b, "18ce1", kRevoked, kAdmin);
    incident(verdict::Cause::kAuditBlind, {}, "", day(60), day(60, 2h), {}, {"brand-a on 18ce2"});
    incident(verdict::Cause::kPolicyViolated, a_, "18ce1", day(20), std::nullopt);
    store_->remove_token(c, verdict::ChangeId::make(day(70), random_), day(70));
    for (const int days : {10, 11, 50}) {
      for (const std::int64_t left : {900, 640, 750}) {
        store::Batch figures;
        figures.gauges = {{"written_at_ms", base::to_epoch_ms(day(days, 3h + base::Duration(left)))},
                          {"least_left_permille", left + days},
                          {"lateness_p99_ms", 1000 - left},
                          {"audits_total", 1000 - left}};
        store_->commit(figures);
      }
    }
    verdict::PlannedChange plan;
    plan.id = verdict::PlanId::make(day(80), random_);
    plan.account = "18ce2";
    plan.token = "brand-a";
    plan.announced_at = day(80);
    plan.until = day(120);
    plan.by = "lee";
    plan.reason = "hand-over";
    store_->put_planned_change(plan);
  }

  base::SeededRandom random_;
  std::unique_ptr<store::Store> store_;
  audit::TokenId a_, b_, c_;
};

}  // namespace report_sample
