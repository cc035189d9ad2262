#pragma once

#include <map>
#include <string>

#include "http/rogue_server.h"

/// What a scripted SMTP server says. It serves one mail after the other until its client quits.
struct SmtpManners {
  bool offers_starttls = true;
  std::string offers_auth = "PLAIN LOGIN";  ///< empty: none
  /// Other answers than the usual ones, by the start of the line that they answer. Three moments have names of their
  /// own: "CONNECT", "." for the end of the message, and "PASSWORD" for what follows AUTH.
  std::map<std::string, std::string> answers;
};
/// As an answer: nothing more is said, and nothing read, until the server stops.
inline const std::string kStall = "(stall)";
/// As an answer: the connection ends.
inline const std::string kHangUp = "(hang up)";

RogueServer::Script smtp_script(SmtpManners manners = {});

/// For a server that begins in the clear and can do TLS.
inline const RogueServer::Options kStartTls{.handshake = false};
/// The URL of a server on loopback.
inline std::string smtp_url(const RogueServer& server) { return "smtp://127.0.0.1:" + server.port(); }
