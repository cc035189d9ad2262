#pragma once

#include <string>
#include <vector>

#include "alert/samples.h"

namespace alert::samples {

/// What strangers have put into names, and what broken encoders make of them.
inline std::vector<std::string> hostile_texts() {
  const std::string emoji = "\U0001F4A9";
  return {"<!channel> <@U123> <https://evil.example|click>",
          "&amp; &lt; & < >",
          "\u202Eright to left\u200F",
          emoji,
          std::string("nul\0in the middle", 17),
          "\xED\xA0\x80 lone \xED\xBF\xBF surrogates",
          "\xC0\xAF overlong \xFF\xFE",
          "quote \" backslash \\ tab \t line \n",
          "*bold* _it_ ~no~ `code` :smile:",
          "[click](https://evil.example) ![i](https://evil.example/i) # h1\n> quote {{DATE(2026-11-23T10:00:00Z)}} "
          "<at>all</at>",
          "line\r\nBcc: victim@example.com\r\n\r\nbody\r\n.\r\nQUIT",
          "=?utf-8?q?encoded?= word",
          std::string(5'000, '<'),
          std::string(5'000, '&'),
          std::string(5'000, '"'),
          std::string(5'000, '\\'),
          std::string(5'000, '\x01'),
          std::string(5'000, '\xFF'),
          [&] {
            std::string many;
            for (int i = 0; i < 2'000; ++i) many += emoji;
            return many;
          }()};
}

/// An alert that carries `text` wherever a stranger or an operator could have put it.
inline Alert hostile(const std::string& text, State state, verdict::Cause cause) {
  Alert hostile = alert(cause, state);
  hostile.subject.app = text;
  hostile.subject.account_id = text;
  hostile.subject.account_name = text;
  audit::Token named = token(audit::TokenKind::kDeveloper);
  named.name = text;
  named.app = text;
  named.user_id = text;
  named.labels = {{"owner", text}, {text, text}};
  for (int i = 0; i < 40; ++i) named.labels["label " + std::to_string(i)] = text;
  hostile.subject.token = named;
  hostile.note = text;
  hostile.incident.finding.before.assign(60, text);
  hostile.incident.finding.after.assign(60, text + "2");
  hostile.incident.finding.evidence.code = text;
  hostile.incident.finding.key.topic = text;
  hostile.incident.finding.details.assign(40, text);
  hostile.incident.finding.affected = 1'000'000;
  hostile.incident.finding.examples.assign(20, text);
  hostile.incident.finding.grounds = {text, std::vector<std::string>(20, text)};
  const Some some{std::vector<std::string>(20, text), 1'000'000};
  hostile.subject.accounts = hostile.subject.without_live_token = hostile.subject.without_admin = some;
  return hostile;
}

/// A full digest of such alerts.
inline Digest hostile_digest(const std::string& text) {
  Digest hostile_digest = digest();
  hostile_digest.group = "owner " + text;
  hostile_digest.first.assign(kMostListed, hostile(text, State::kOpened, verdict::Cause::kPolicyViolated));
  hostile_digest.opened = 1'000'000'000;
  return hostile_digest;
}

}  // namespace alert::samples
