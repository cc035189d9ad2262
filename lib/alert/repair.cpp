#include "alert/repair.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace alert {
namespace {

/// A word as a POSIX shell reads it, so that a command may be copied from an alert whatever the name holds.
std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) return std::string(text);
  std::string word = "'";
  for (const char character : text) {
    if (character == '\'')
      word += "'\\''";
    else
      word += character;
  }
  return word + "'";
}

/// The subject of most repairs. An incident about an account has no token; its sentences do not ask for one.
struct Parties {
  explicit Parties(const Alert& alert)
      : token(alert.subject.token.value_or(audit::Token{})),
        app(alert.subject.app.empty() ? token.app : alert.subject.app),
        user(token.user_id.empty() ? "the token's user" : "user " + token.user_id),
        account(alert.subject.account_id.empty() ? "the ad account" : alert.subject.account_id) {}

  audit::Token token;
  std::string app;
  std::string user;
  std::string account;
};

std::string authorize_again(const Parties& parties) {
  const bool advertiser = parties.token.kind == audit::TokenKind::kAdvertiser;
  const std::string who =
      advertiser ? fmt::format("The advertiser ({}) must authorize the app {} again", parties.user, parties.app)
                 : fmt::format("Sign in to X as the agency's handle ({}) and authorize the app {} again", parties.user,
                               parties.app);
  return fmt::format("{}, with the link that this shows: adsauditd token authorize --for {}", who,
                     shell_word(parties.token.name));
}

/// "the role AD_MANAGER"; TWEET_COMPOSER is granted apart from the role.
std::string former_role(const Alert& alert) {
  const auto roles = xads::Permissions::from_texts(alert.incident.finding.before).base_roles().texts();
  if (roles.empty()) return "its former role";
  return (roles.size() == 1 ? "the role " : "the roles ") + base::join(roles, ", ");
}

std::string repair_of_token(const Alert& alert, const Parties& parties) {
  using verdict::Cause;
  switch (alert.incident.finding.key.cause) {
    case Cause::kTokenUserSuspended:
      return fmt::format(
          "X has suspended {}. Its owner must appeal to X. If X refuses the token after that, it must be authorized "
          "again.",
          parties.user);
    case Cause::kTokenUserLocked:
      return fmt::format(
          "The owner of {} must log in at x.com and unlock it. The token lives on: no new one is needed.",
          parties.user);
    case Cause::kTokenReauthorizationRequired:
      return "The app was approved, or its permissions were changed, after this token was issued: it must be issued "
             "anew. " +
             authorize_again(parties);
    case Cause::kTokenIdentityMismatch:
      return fmt::format(
          "The stored token belongs to another X user than {}: most likely two secrets were mixed up. Check where the "
          "token {} comes from, then store the right one: adsauditd token rotate {}",
          parties.user, parties.token.name, shell_word(parties.token.name));
    default:
      return authorize_again(parties);
  }
}

/// Either nobody of us sees the account, or one token never did although others do.
std::string repair_of_account(const Alert& alert, const Parties& parties) {
  if (alert.subject.token)
    return fmt::format(
        "Other tokens of ours see {}, this one never did. Check that the account id is meant for it; if so, an "
        "administrator of {} must add {} to the account.",
        parties.account, parties.account, parties.user);
  return fmt::format(
      "None of our tokens sees {}. Look in X Ads whether it was deleted, suspended or has lost X Premium, and whether "
      "the id is right. If it is gone for good, take it out of the settings.",
      parties.account);
}

std::string repair_of_composer(const Alert& alert, const Parties& parties) {
  if (alert.incident.finding.key.cause == verdict::Cause::kComposerGained)
    return fmt::format(
        "Nothing stops. If nobody meant it, ask an administrator of {} to take TWEET_COMPOSER from {} in the X Ads web "
        "interface.",
        parties.account, parties.user);
  return fmt::format(
      "Ask an administrator of {} to grant TWEET_COMPOSER to {} in the X Ads web interface. It needs one of the roles "
      "ACCOUNT_ADMIN, AD_MANAGER or CREATIVE_MANAGER.",
      parties.account, parties.user);
}

/// Our own share was kept, so it is somebody else's calls, or a limit that is lower than X's headers say.
std::string repair_of_throttling(const Alert& alert, const Parties& parties) {
  const std::string limit = alert.subject.token ? "the token " + parties.token.name : parties.account;
  return fmt::format(
      "Nothing stops but our watch: audits of {} come late. Look for another program that uses the same rate limit, "
      "another adsauditd included, and slow it down; or lower budget.share in the settings, for {} alone with a rule. "
      "What we ask for: adsauditd budget {}",
      limit, limit,
      alert.subject.token ? "--token " + shell_word(parties.token.name) : "--account " + shell_word(parties.account));
}

bool tells(const Alert& alert, std::string_view word) {
  const auto& details = alert.incident.finding.details;
  return std::any_of(details.begin(), details.end(),
                     [&](const std::string& detail) { return detail.find(word) != std::string::npos; });
}

/// By the likely cause, which the details tell; several can be likely.
std::string repair_of_app(const Alert& alert, const Parties& parties) {
  const std::string app = parties.app.empty() ? alert.incident.finding.key.topic : parties.app;
  std::vector<std::string> steps;
  if (tells(alert, "key"))
    steps.push_back(fmt::format(
        "Compare the consumer key and secret of {} at developer.x.com with those of the settings (apps, consumer_key "
        "and consumer_secret); after new keys every token must be authorized again.",
        app));
  if (tells(alert, "suspended"))
    steps.push_back(fmt::format("Look at developer.x.com whether {} is suspended, and appeal to X if so.", app));
  if (tells(alert, "access"))
    steps.push_back(fmt::format(
        "Ask X to give {} its access to the Ads API back; after an approval every token must be authorized again.",
        app));
  if (tells(alert, "read only"))
    steps.push_back(fmt::format(
        "Give {} permission to read and write at developer.x.com, then authorize every token again: the permission "
        "counts for tokens that are issued after it.",
        app));
  if (steps.empty()) steps.push_back(fmt::format("Look at developer.x.com what has become of {}.", app));
  if (steps.size() > 3) steps.resize(3);
  return base::join(steps, " ") + " No single token is to blame before that.";
}

std::string repair_of_version(const Alert& alert) {
  const std::string step =
      "Set api.version in the settings to a version that X answers "
      "(https://docs.x.com/x-ads-api/fundamentals/versioning), and start adsauditd again; then upgrade the other "
      "programs that use the API.";
  if (alert.incident.finding.key.cause == verdict::Cause::kSunset) return "Nothing stops yet. " + step;
  return "Every program that names this version is refused. " + step;
}

std::string repair_of_blindness(const Alert& alert) {
  struct Advice {
    std::string_view topic, advice;
  };
  static constexpr std::array kAdvice{
      Advice{"budget", "Lengthen the intervals or raise budget.share; what fits: adsauditd budget"},
      Advice{"network",
             "Look at this host's way to X: route, firewall, proxy. The hosts: api.base_url and "
             "api.identity_url of the settings."},
      Advice{"name_resolution", "Look at this host's DNS: resolvectl query ads-api.x.com"},
      Advice{"tls",
             "Somebody between this host and X answers in X's name, or the certificates of api.ca_file are out "
             "of date. Look at the proxy, and at the package ca-certificates."},
      Advice{"x_ill", "Nothing to do here but to wait: X answers with errors of its own. If only we are hit, ask X."},
      Advice{"not_the_api", "A portal or a proxy between this host and X answers in its place: look at the network."},
      Advice{"throttled",
             "Look for another program that uses the same rate limit, or lower budget.share; what we ask "
             "for: adsauditd budget"},
      Advice{"clock", "Let NTP set the clock of this host: chronyc tracking"},
      Advice{"app", "See the incident app.rejected, and the app at developer.x.com."},
      Advice{"version", "See the incident api.version_retired: set api.version in the settings."},
      Advice{"unknown_code",
             "Look what the code means at X, and teach it with api.error_codes in the settings: "
             "adsauditd audit --once --explain"},
      Advice{"undecided", "Look at what the pairs are answered: adsauditd audit --once --explain"},
  };
  const auto& topic = alert.incident.finding.key.topic;
  const auto* found =
      std::find_if(kAdvice.begin(), kAdvice.end(), [&](const Advice& advice) { return advice.topic == topic; });
  const std::string_view advice =
      found == kAdvice.end() ? std::string_view("Look why no answers come: adsauditd status") : found->advice;
  return fmt::format("Nothing stops but our watch: a change would not be noticed now. {}", advice);
}

std::string accept_command(const Alert& alert) {
  return fmt::format("adsauditd accept {} --reason TEXT", alert.incident.id.text());
}

std::string repair_of_policy(const Alert& alert, const Parties& parties) {
  const auto role = alert.incident.finding.before;
  const std::string what =
      role.empty() ? "what is expected" : "what is expected (" + xads::Permissions::from_texts(role).text() + ")";
  return fmt::format(
      "If nobody meant it, ask an administrator of {} to give {} {} in X Ads. If it is meant, change the expectation "
      "in "
      "the settings, or accept it: {}",
      parties.account, parties.user, what, accept_command(alert));
}

std::string repair_of_redundancy(const Alert& alert, const Parties& parties) {
  if (alert.incident.finding.grounds.rule == "too_few_admins")
    return fmt::format(
        "Ask an administrator of {} to make another of our users ACCOUNT_ADMIN in X Ads, or lower min_admins of the "
        "expectation in the settings.",
        parties.account);
  return fmt::format(
      "Repair the tokens that do not count, or authorize another one for {}: adsauditd token authorize NAME --app "
      "APP --account {}",
      parties.account, shell_word(parties.account));
}

std::string repair_of_plan(const Alert& alert, const Parties& parties) {
  return fmt::format(
      "Ask an administrator of {} to make the change in X Ads: it is quiet when it comes. If it is not to come any "
      "more: "
      "adsauditd expect-change --withdraw {}, or {}",
      parties.account, shell_word(alert.incident.finding.key.topic), accept_command(alert));
}

}  // namespace

std::string repair_of(const Alert& alert) {
  using verdict::Cause;
  const Parties parties(alert);
  switch (alert.incident.finding.key.cause) {
    case Cause::kTokenRevoked:
    case Cause::kTokenUserSuspended:
    case Cause::kTokenUserLocked:
    case Cause::kTokenReauthorizationRequired:
    case Cause::kTokenIdentityMismatch:
      return repair_of_token(alert, parties);
    case Cause::kAccessRemoved:
      return fmt::format("An administrator of {} must add {} back to the account, with {}.", parties.account,
                         parties.user, former_role(alert));
    case Cause::kAccountUnavailable:
      return repair_of_account(alert, parties);
    case Cause::kRoleReduced:
      return fmt::format("Ask an administrator of {} to give {} {}.", parties.account, parties.user,
                         former_role(alert));
    case Cause::kRoleEscalated:
      return fmt::format(
          "Find out who raised it. If nobody meant it, ask an administrator of {} to give {} {} again: a token should "
          "hold no more rights than it needs.",
          parties.account, parties.user, former_role(alert));
    case Cause::kRoleChanged:
      return fmt::format(
          "Check that the new role still allows what this token is used for. If not, ask an administrator of {} to "
          "give {} {}.",
          parties.account, parties.user, former_role(alert));
    case Cause::kComposerLost:
    case Cause::kComposerGained:
      return repair_of_composer(alert, parties);
    case Cause::kPermissionUnknown:
      return "Nothing stops. The permission is kept as X sent it; upgrade adsauditd to a version that knows it.";
    case Cause::kAuditThrottled:
      return repair_of_throttling(alert, parties);
    case Cause::kAppRejected:
      return repair_of_app(alert, parties);
    case Cause::kVersionRetired:
    case Cause::kSunset:
      return repair_of_version(alert);
    case Cause::kAuditBlind:
      return repair_of_blindness(alert);
    case Cause::kClockSkew:
      return "Let NTP set the clock of this host, and look why it did not: chronyc tracking (package chrony, service "
             "chrony). Tokens are not to blame while it is off.";
    case Cause::kPolicyViolated:
      return repair_of_policy(alert, parties);
    case Cause::kRedundancyLost:
      return repair_of_redundancy(alert, parties);
    case Cause::kChangeOverdue:
      return repair_of_plan(alert, parties);
    case Cause::kDestinationBroken:
      return fmt::format(
          "Look at its URL, its secret and what its owner changed. Nothing is lost: what it misses is kept, it is "
          "tried again each hour, and what was given up is sent again with: adsauditd alerts replay --destination {}. "
          "To try at once: adsauditd alerts test {}",
          shell_word(alert.incident.finding.key.topic), shell_word(alert.incident.finding.key.topic));
    case Cause::kStoreUnwritable:
      return "Make room on the disk of the database, or give back the right to write to it. The audit goes on by "
             "itself: what waits is kept in memory meanwhile, so do not stop adsauditd.";
  }
  return {};
}

}  // namespace alert
