#include <doctest/doctest.h>

#include <filesystem>
#include <set>

#include "settings/fixtures.h"

namespace settings {
namespace {

struct Expected {
  std::string file;
  int line;
  int column;
  std::string start;  ///< of "path: message"
};

// Every error of every file in tests/data/settings/broken, in the order of the files and their lines.
const std::vector<Expected> kExpected{
    {"access.yaml", 3, 111, "apps[0].access: unknown access \"basic\"; it may be standard, conversion_only"},
    {"access.yaml", 3, 131, "apps[0].token_limit: \"many\" is not a whole number from 1 to 1000000"},
    {"account-twice.yaml", 10, 35, "tokens[0].accounts: \"18ce54d4x5t\" stands in this list twice; remove one"},
    {"account-upper-case.yaml", 10, 16, "tokens[0].accounts: \"18CE54D4X5T\" is not the id of an ad account; it has"},
    {"accounts-empty.yaml", 10, 15, "tokens[0].accounts: is empty; name at least one, or leave the key out"},
    {"alias-bomb.yaml", 4, 9, "tokens: anchors (\"&name\") are not supported; write the value out where it"},
    {"alias-bomb.yaml", 4, 13, "tokens: must be a mapping (\"key: value\"), and is a single value"},
    {"alias-bomb.yaml", 4, 16, "tokens: must be a mapping (\"key: value\"), and is a single value"},
    {"alias-bomb.yaml", 5, 9, "routes: anchors (\"&name\") are not supported; write the value out where it"},
    {"alias-bomb.yaml", 5, 13, "routes[0]: aliases (\"*name\") are not supported; write the value out"},
    {"alias-bomb.yaml", 5, 17, "routes[1]: aliases (\"*name\") are not supported; write the value out"},
    {"alias-bomb.yaml", 5, 21, "routes[2]: aliases (\"*name\") are not supported; write the value out"},
    {"alias-bomb.yaml", 6, 10, "expect[0]: aliases (\"*name\") are not supported; write the value out"},
    {"alias-bomb.yaml", 6, 14, "expect[1]: aliases (\"*name\") are not supported; write the value out"},
    {"alias-bomb.yaml", 6, 18, "expect[2]: aliases (\"*name\") are not supported; write the value out"},
    {"alias.yaml", 4, 19, "audit.interval: anchors (\"&name\") are not supported; write the value out"},
    {"alias.yaml", 4, 47, "audit.discovery_interval: aliases (\"*name\") are not supported; write the"},
    {"allowance-rules.yaml", 5, 19, "budget.rules[0].match.app: there is no app \"agnecy\", did you mean \"agency\"?"},
    {"allowance-rules.yaml", 6, 5, "budget.rules[1]: changes nothing; add share or reserve"},
    {"allowance-rules.yaml", 7, 5, "budget.rules[2]: the key \"match\" is missing"},
    {"allowance-rules.yaml", 8, 38, "budget.rules[3].share: \"0.2\" has no percent sign; write it as 10%"},
    {"allowance-rules.yaml", 8, 52, "budget.rules[3].reserve: \"2001\" is not a whole number from 0 to 2000"},
    {"allowance-rules.yaml", 9, 14, "budget.rules[4].match.severity: unknown key \"severity\"; it may be app, token,"},
    {"allow-private-yes.yaml", 3, 81, "destinations[0].allow_private: \"yes\" is neither true nor false; write one"},
    {"anchor.yaml", 4, 8, "audit: anchors (\"&name\") are not supported; write the value out where it"},
    {"app-unknown.yaml", 6, 10, "tokens[0].app: there is no app \"agnecy\", did you mean \"agency\"?"},
    {"at-sign.yaml", 5, 10, "a value cannot begin with this character; put the value in quotes"},
    {"boost.yaml", 5, 20, "audit.boost.enabled: \"on\" is neither true nor false; write one of them"},
    {"boost.yaml", 5, 40, "audit.boost.after_change: \"24\" has no unit; write it as 24s, 24m or 24h"},
    {"bare-reference.yaml", 10, 21, "inside { } and [ ] a reference needs quotes: \"${...}\""},
    {"base-url-http.yaml", 4, 17, "api.base_url: the URL must begin with https://"},
    {"base-url-path.yaml", 4, 17, "api.base_url: the URL must end after the host; adsauditd adds the paths"},
    {"base-url-user.yaml", 4, 17, "api.base_url: the URL holds a user name or password; take it out"},
    {"ca-file-missing.yaml", 4, 16, "api.ca_file: \"/nowhere/ca.pem\" cannot be read: No such file or directory"},
    {"classes.yaml", 6, 15, "audit.classes[0].class: unknown class \"urgent\"; it may be critical, normal,"},
    {"classes.yaml", 7, 7, "audit.classes[1]: the key \"match\" is missing"},
    {"classes.yaml", 8, 7, "audit.classes[2]: the key \"class\" is missing"},
    {"classes.yaml", 8, 30, "audit.classes[2].match.app: there is no app \"other\"; it may be agency"},
    {"classes.yaml", 9, 41, "audit.classes[3].match.account: \"18CE\" is not the id of an ad account; it has"},
    {"classes.yaml", 10, 7, "audit.classes: must be a mapping (\"key: value\"), and is a single value"},
    {"colon-in-value.yaml", 5, 16, "there is a \": \" where no key can be; mind the indentation, and put a value"},
    {"control-character.yaml", 4, 17, "there is a byte that is no text here (not UTF-8, or a control character);"},
    {"count-eleven.yaml", 4, 26, "audit.confirm.count: \"11\" is not a whole number from 1 to 10"},
    {"count-octal.yaml", 4, 26, "audit.confirm.count: \"010\" is not a whole number from 1 to 10"},
    {"count-zero.yaml", 4, 26, "audit.confirm.count: \"0\" is not a whole number from 1 to 10"},
    {"deadline-too-long.yaml", 4, 17, "api.deadline: is 2m, the most is 1m"},
    {"destination-bad-secret.yaml", 3, 86, "destinations[0].secret: it must start with whsec_"},
    {"destination-host.yaml", 3, 46, "destinations[0].url: a Slack webhook's host is hooks.slack.com"},
    {"destination-http.yaml", 3, 49, "destinations[0].url: it must start with https:// (allow_private: true"},
    {"destination-no-secret.yaml", 3, 16,
     "destinations[0]: secret is missing; a webhook is signed with \"whsec_\" and"},
    {"destination-type.yaml", 3, 34, "destinations[0].type: unknown type \"slak\", did you mean \"slack\"?"},
    {"duplicate-key.yaml", 7, 3, "audit.interval: is given twice, first on line 5; remove one"},
    {"duplicate-section.yaml", 5, 1, "log: is given twice, first on line 4; remove one"},
    {"empty.yaml", 0, 0, "is empty; it needs the sections store and apps (see adsauditd config init)"},
    {"expect-nothing.yaml", 5, 5, "expect[0]: expects nothing; add at_least, exactly, forbid, needs, user_id,"},
    {"indentation.yaml", 6, 4, "this line goes on with the text above; mind its indentation"},
    {"interval-too-short.yaml", 4, 19, "audit.interval: is 250ms, the least is 1s"},
    {"interval-without-unit.yaml", 4, 19, "audit.interval: \"900\" has no unit; write it as 900s, 900m or 900h"},
    {"intervals.yaml", 4, 31, "audit.intervals.critical: is 500ms, the least is 1s"},
    {"intervals.yaml", 4, 47, "audit.intervals.archive: is 31d, the most is 30d"},
    {"intervals.yaml", 4, 52, "audit.intervals.normal: unknown key \"normal\"; it may be critical, archive"},
    {"interval-word.yaml", 4, 19, "audit.interval: \"often\" is not a duration; write it as 30s, 15m or 6h"},
    {"jitter-without-percent.yaml", 4, 17, "audit.jitter: \"0.1\" has no percent sign; write it as 10%"},
    {"key-too-short.yaml", 1, 14, "store.key: the key must be base64 of 32 bytes; make one with: adsauditd"},
    {"kind-unknown.yaml", 7, 11, "tokens[0].kind: unknown kind \"advertizer\", did you mean \"advertiser\"?"},
    {"label-odd.yaml", 10, 14, "tokens[0].labels.the client: is no name for a label; use letters, digits,"},
    {"list-as-key.yaml", 5, 5, "a key must be one word, not a list"},
    {"list-for-value.yaml", 5, 13, "audit.interval: must be a single value, and is a list"},
    {"listen.yaml", 4, 18, "status.listen: \"9487\" is not an address and a port, such as"},
    {"literal-secrets.yaml", 2, 8, "store.key: a secret must not stand in the settings; put it into a file and"},
    {"literal-secrets.yaml", 5, 19, "apps[0].consumer_key: a secret must not stand in the settings; put it into"},
    {"literal-secrets.yaml", 6, 22, "apps[0].consumer_secret: a secret must not stand in the settings; put it"},
    {"literal-secrets.yaml", 11, 19, "tokens[0].access_token: a secret must not stand in the settings; put it"},
    {"literal-secrets.yaml", 13, 7, "tokens[0].access_token_secret: a secret must not stand in the settings;"},
    {"literal-secrets.yaml", 15, 35, "destinations[0].url: a secret must not stand in the settings; put it into"},
    {"literal-secrets.yaml", 16, 75, "destinations[1].secret: a secret must not stand in the settings; put it"},
    {"log-level.yaml", 4, 14, "log.level: unknown level \"verbose\"; it may be trace, debug, info, warning,"},
    {"log-level.yaml", 4, 31, "log.format: unknown format \"jsn\", did you mean \"json\"?"},
    {"maintenance-when.yaml", 5, 5, "maintenance[0]: does not say when; give days, from and to, or starts and ends"},
    {"maintenance-when.yaml", 6, 5,
     "maintenance[1]: opens both once (starts, ends) and each week (days, from, to); write two windows"},
    {"maintenance-when.yaml", 7, 5, "maintenance[2]: the key \"ends\" is missing"},
    {"maintenance-when.yaml", 8, 5, "maintenance[3]: the key \"starts\" is missing"},
    {"maintenance-when.yaml", 9, 38, "maintenance[4].ends: is not after starts"},
    {"maintenance-when.yaml", 10, 5, "maintenance[5]: the key \"to\" is missing"},
    {"maintenance-when.yaml", 11, 5, "maintenance[6]: the key \"from\" is missing"},
    {"maintenance-when.yaml", 12, 5,
     "maintenance[7]: never closes, so that nobody would ever be told; name fewer days, or hours with an e"},
    {"maintenance-when.yaml", 13, 5,
     "maintenance[8]: never closes, so that nobody would ever be told; name fewer days, or hours with an e"},
    {"maintenance-when.yaml", 14, 23, "maintenance[9].from: is the end of the day; write 00:00 and the next day"},
    {"maintenance.yaml", 5, 21,
     "maintenance[0].match.cause: unknown cause \"rolle.*\"; it may be token.revoked, token.user_suspended, "},
    {"maintenance.yaml", 5, 70, "maintenance[0].days: unknown day \"sunday\", did you mean \"sun\"?"},
    {"maintenance.yaml", 5, 98,
     "maintenance[0].to: \"6:00\" is no time of day; write it as 09:30, or 24:00 for the end of the day"},
    {"maintenance.yaml", 5, 112,
     "maintenance[0].zone: unknown time zone \"Europe/Berln\", did you mean \"Europe/Berlin\"?"},
    {"maintenance.yaml", 6, 14,
     "maintenance[1].starts: \"2026-12-24 18:00\" is no local time; write it as 2026-12-24T18:00, by the clo"},
    {"maintenance.yaml", 6, 38,
     "maintenance[1].ends: \"2026-02-29T06:00\" is no local time; write it as 2026-12-24T18:00, by the clock"},
    {"maintenance.yaml", 6, 85, "maintenance[1].reason: is empty; give it a value, or leave the key out"},
    {"maintenance.yaml", 7, 5, "maintenance[2]: the key \"zone\" is missing"},
    {"maintenance.yaml", 7, 5, "maintenance[2]: the key \"reason\" is missing"},
    {"maintenance.yaml", 7, 23,
     "maintenance[2].from: \"22:60\" is no time of day; write it as 09:30, or 24:00 for the end of the day"},
    {"maintenance.yaml", 7, 36,
     "maintenance[2].to: \"24:01\" is no time of day; write it as 09:30, or 24:00 for the end of the day"},
    {"maintenance.yaml", 7, 45, "maintenance[2].zon: unknown key \"zon\", did you mean \"zone\"?"},
    {"maintenance.yaml", 8, 14,
     "maintenance[3].starts: \"2026-12-24T24:00\" is no local time; write it as 2026-12-24T18:00, by the clo"},
    {"maintenance.yaml", 8, 38,
     "maintenance[3].ends: \"2026-12-25T06:00Z\" is no local time; write it as 2026-12-24T18:00, by the cloc"},
    {"maintenance.yaml", 8, 63,
     "maintenance[3].zone: unknown time zone \"${env:TOKEN}\"; write a name such as Europe/Berlin"},
    {"maintenance.yaml", 9, 19, "maintenance[4].match.app: there is no app \"other\"; it may be agency"},
    {"maintenance.yaml", 9, 36,
     "maintenance[4].match.severity: unknown severity \"crit\"; it may be info, warning, critical"},
    {"maintenance.yaml", 9, 49, "maintenance[4].days: is empty; name at least one, or leave the key out"},
    {"maintenance.yaml", 10, 5, "maintenance: must be a mapping (\"key: value\"), and is a single value"},
    {"mapping-for-list.yaml", 4, 9, "routes: must be a list, and is a mapping (\"key: value\")"},
    {"max-in-flight.yaml", 4, 22, "api.max_in_flight: \"5000\" is not a whole number from 1 to 4096"},
    {"merge-key.yaml", 5, 3, "audit.<<: merge keys (\"<<\") are not supported; write the keys out"},
    {"missing-blank.yaml", 1, 1, "the file must hold sections, such as \"apps:\" (a blank follows the colon)"},
    {"missing-colon.yaml", 5, 3, "audit: must be a mapping (\"key: value\"), and is a single value"},
    {"missing-keys.yaml", 5, 5, "tokens[0]: the key \"app\" is missing"},
    {"missing-keys.yaml", 5, 5, "tokens[0]: the key \"access_token\" is missing"},
    {"missing-keys.yaml", 5, 5, "tokens[0]: the key \"access_token_secret\" is missing"},
    {"missing-sections.yaml", 1, 1, "the key \"store\" is missing"},
    {"missing-sections.yaml", 1, 1, "the key \"apps\" is missing"},
    {"mistyped-secret-key.yaml", 3, 5, "apps[0]: the key \"consumer_secret\" is missing"},
    {"mistyped-secret-key.yaml", 5, 5, "apps[0].consumer_secert: unknown key \"consumer_secert\", did you mean"},
    {"name-odd.yaml", 5, 11, "tokens[0].name: \"brand a\" is not a name; use letters, digits, '.', '_' and"},
    {"name-twice.yaml", 10, 11, "tokens[1].name: the name \"brand-a\" is taken, see "},
    {"no-apps.yaml", 2, 7, "apps: there is none; name the app whose tokens are audited"},
    {"not-a-mapping.yaml", 1, 1, "the file must hold sections, such as \"apps:\" (a blank follows the colon)"},
    {"not-utf8.yaml", 4, 22, "there is a byte that is no text here (not UTF-8, or a control character);"},
    {"null-value.yaml", 5, 3, "audit.interval: has no value; give it one, or leave the key out"},
    {"null-value.yaml", 6, 3, "audit.jitter: has no value; give it one, or leave the key out"},
    {"only-comments.yaml", 0, 0, "is empty; it needs the sections store and apps (see adsauditd config init)"},
    {"outdented.yaml", 6, 3, "this line does not fit the indentation of the lines above"},
    {"permission.yaml", 6, 16, "expect[0].at_least: unknown permission \"AD_MANGER\", did you mean"},
    {"reference-credential-path.yaml", 8, 19,
     "tokens[0].access_token: the name of a credential is missing or is a path;"},
    {"reference-credential.yaml", 8, 19, "tokens[0].access_token: there is no credential not-there; put"},
    {"reference-environment.yaml", 11, 19, "tokens[0].labels.owner: the environment variable NOT_SET is not set"},
    {"reference-file-folder.yaml", 8, 19, "tokens[0].access_token: /etc is not a regular file"},
    {"reference-file-relative.yaml", 8, 19, "tokens[0].access_token: a file needs its full path; write ${file:/path}"},
    {"reference-file.yaml", 8, 19, "tokens[0].access_token: cannot read /nowhere/token: No such file or"},
    {"reference-kind.yaml", 11, 19, "tokens[0].labels.owner: this kind of reference is unknown; use"},
    {"reference-name.yaml", 10, 22, "tokens[0].labels.owner: the name of an environment variable is missing or"},
    {"reference-unterminated.yaml", 8, 19, "tokens[0].access_token: this reference has no closing }"},
    {"reserve-negative.yaml", 4, 19, "budget.reserve: \"-1\" is not a whole number from 0 to 2000"},
    {"route-app.yaml", 4, 24, "routes[0].match.app: there is no app \"other\"; it may be agency"},
    {"route-cause.yaml", 4, 42, "routes[0].match.cause: unknown cause \"token.revokd\", did you mean"},
    {"route-destination.yaml", 4, 16, "routes[0].to: there is no destination \"opps\", did you mean \"ops\"?"},
    {"route-pattern.yaml", 5, 21, "routes[0].match.cause: unknown cause \"rol.*\""},
    {"route-pattern.yaml", 5, 37, "routes[0].match.token: \"brand a*\" is neither a name nor a pattern"},
    {"route-pattern.yaml", 5, 58, "routes[0].match.account: \"18CE*\" is no pattern of ad accounts"},
    {"route-pattern.yaml", 5, 81, "routes[0].match.app: there is no app \"agnecy\", did you mean \"agency\"?"},
    {"route-severity.yaml", 4, 29, "routes[0].match.severity: unknown severity \"crit\"; it may be info,"},
    {"route-to-nobody.yaml", 4, 15, "routes[0].to: is empty; name at least one, or leave the key out"},
    {"route-to-nobody.yaml", 4, 20, "routes[1]: the key \"to\" is missing"},
    {"second-document.yaml", 4, 1, "a second document begins here (\"---\"); put everything into one"},
    {"secret-empty.yaml", 8, 19, "tokens[0].access_token: the secret is empty"},
    {"secret-half-literal.yaml", 9, 26, "tokens[0].access_token_secret: a secret must not stand in the settings;"},
    {"secret-in-plain-place.yaml", 7, 11,
     "tokens[0].kind: unknown kind \"${env:TOKEN_SECRET}\"; it may be advertiser,"},
    {"secret-in-plain-place.yaml", 10, 19,
     "audit.interval: \"${env:TOKEN_SECRET}\" is not a duration; write it as 30s,"},
    {"secret-on-a-broken-line.yaml", 5, 28,
     "there is a \": \" where no key can be; mind the indentation, and put a value"},
    {"secret-with-blank.yaml", 8, 19, "tokens[0].access_token: the secret holds blanks or line ends; it must be"},
    {"secret-without-blank.yaml", 3, 5, "apps[0]: the key \"consumer_secret\" is missing"},
    {"secret-without-blank.yaml", 5, 5, "there should be a key here, followed by \": \""},
    {"secret-without-colon-in-brackets.yaml", 2, 8, "apps[0]: the key \"consumer_secret\" is missing"},
    {"secret-without-colon-in-brackets.yaml", 2, 60, "there should be a key here, followed by \": \""},
    {"secret-without-colon-in-brackets.yaml", 3, 16, "destinations[0]: the key \"url\" is missing"},
    {"secret-without-colon-in-brackets.yaml", 3, 41, "there should be a key here, followed by \": \""},
    {"secret-without-colon.yaml", 6, 11,
     "there is a \": \" where no key can be; mind the indentation, and put a value"},
    {"share-too-large.yaml", 4, 17, "budget.share: \"101%\" is not between 0% and 100%"},
    {"share-zero.yaml", 4, 17, "budget.share: is 0%, the least is 0.01%"},
    {"spacing-too-short.yaml", 4, 28, "audit.confirm.spacing: is 0s, the least is 1s"},
    {"tab-later.yaml", 10, 1, "a tab indents this line; YAML wants blanks"},
    {"tab.yaml", 5, 1, "a tab indents this line; YAML wants blanks"},
    {"tag.yaml", 5, 13, "audit.interval: tags (\"!name\") are not supported; remove it"},
    {"template.yaml", 7, 23,
     "destinations[0].template.title: column 3: unknown field \"acount\", did you mean \"account\"?"},
    {"template.yaml", 7, 46, "destinations[0].template.text: column 18: there is no field between {{ and }}"},
    {"template.yaml", 12, 7, "destinations[1].template.titel: unknown key \"titel\", did you mean \"title\"?"},
    {"template.yaml", 13, 14, "destinations[1].template.title: must be one line without control characters"},
    {"template.yaml", 14, 13,
     "destinations[1].template.text: line 2, column 6: unknown field \"ownr\", did you mean \"owner\"?"},
    {"template.yaml", 20, 23,
     "destinations[2].template.title: column 1: this {{ has no closing }} (for a plain {{ write {{{{)"},
    {"template.yaml", 20, 49, "destinations[2].template.text: is empty; give it a value, or leave the key out"},
    {"template.yaml", 21, 67, "destinations[3].template: must be a mapping (\"key: value\"), and is a single value"},
    {"too-deep.yaml", 4, 24, "values are nested more than 16 deep"},
    {"unclosed-bracket.yaml", 5, 9, "the list that begins with [ has no ]"},
    {"unclosed-quote.yaml", 5, 10, "the closing \" of this text is missing"},
    {"undefined-alias.yaml", 5, 9, "aliases (\"*name\") are not supported; write the value out, and put a text"},
    {"unknown-key.yaml", 5, 3, "audit.intervall: unknown key \"intervall\", did you mean \"interval\"?"},
    {"unknown-section.yaml", 4, 1, "destination: unknown key \"destination\", did you mean \"destinations\"?"},
    {"value-for-list.yaml", 4, 9, "tokens: must be a list, and is a single value"},
    {"value-for-mapping.yaml", 4, 8, "audit: must be a mapping (\"key: value\"), and is a single value"},
    {"version-word.yaml", 4, 16, "api.version: \"v12\" must be a number of at most 3 digits"},
};

std::vector<Expected> expected_of(const std::string& file) {
  std::vector<Expected> expected;
  for (const Expected& row : kExpected) {
    if (row.file == file) expected.push_back(row);
  }
  return expected;
}

std::vector<Complaint> errors_of(const Loaded& loaded) {
  std::vector<Complaint> errors;
  for (const Complaint& complaint : loaded.complaints) {
    if (!complaint.warning) errors.push_back(complaint);
  }
  return errors;
}

std::set<std::string> broken_files() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder + "/broken"))
    names.insert(entry.path().filename().string());
  return names;
}

}  // namespace

TEST_CASE("broken settings: every file is refused with exactly the errors of the table, at their places") {
  for (const std::string& file : broken_files()) {
    CAPTURE(file);
    const Loaded loaded = load_file(kFolder + "/broken/" + file, test_references());
    CHECK_FALSE(loaded.settings.has_value());
    const auto expected = expected_of(file);
    const auto errors = errors_of(loaded);
    REQUIRE(errors.size() == expected.size());
    for (std::size_t index = 0; index < errors.size(); ++index) {
      const std::string text = (errors[index].path.empty() ? "" : errors[index].path + ": ") + errors[index].message;
      CHECK(errors[index].line == expected[index].line);
      CHECK(errors[index].column == expected[index].column);
      CHECK_MESSAGE(text.starts_with(expected[index].start), text);
    }
  }
}

TEST_CASE("broken settings: the table has a row for every file, and a file for every row") {
  std::set<std::string> in_table;
  for (const Expected& row : kExpected) in_table.insert(row.file);
  CHECK(in_table == broken_files());
}

TEST_CASE("broken settings: no complaint shows a secret of the file or of a reference") {
  for (const std::string& file : broken_files()) {
    const std::string text = to_text(load_file(kFolder + "/broken/" + file, test_references()));
    CHECK_MESSAGE(text.find("canary") == std::string::npos, text);
    CHECK_MESSAGE(text.find("Y2FuYXJ5") == std::string::npos, text);
  }
}

}  // namespace settings
