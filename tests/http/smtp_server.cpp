#include "http/smtp_server.h"

#include <optional>
#include <utility>

namespace {

/// One visit.
class SmtpVisit {
 public:
  SmtpVisit(Visitor& visitor, const SmtpManners& manners) : visitor_(visitor), manners_(manners) {}

  void play() {
    if (!answer("CONNECT", "220 mail.test ESMTP")) return;
    while (const auto line = visitor_.read_line()) {
      if (!serve(*line)) return;
    }
  }

 private:
  bool serve(const std::string& line) {
    if (line.starts_with("EHLO")) return answer(line, greeting());
    if (line == "STARTTLS") return answer(line, "220 go ahead") && (!said("220") || start_tls());
    if (line.starts_with("AUTH")) return answer(line, "334 ") && (!said("334") || take_password());
    if (line == "DATA") return answer(line, "354 go ahead") && (!said("354") || take_message());
    if (line == "QUIT") return answer(line, "221 bye") && false;
    return answer(line, "250 ok");
  }

  /// False: the visit is over.
  bool answer(const std::string& to, const std::string& usual) {
    said_ = usual;
    for (const auto& [start, text] : manners_.answers) {
      if (to.starts_with(start)) said_ = text;
    }
    if (said_ == kStall) visitor_.server_stops();
    return said_ != kStall && said_ != kHangUp && visitor_.say(said_ + "\r\n");
  }
  bool said(const char* code) const { return said_.starts_with(code); }

  std::string greeting() const {
    std::string text = "250-mail.test\r\n";
    if (manners_.offers_starttls && !under_tls_) text += "250-STARTTLS\r\n";
    if (!manners_.offers_auth.empty()) text += "250-AUTH " + manners_.offers_auth + "\r\n";
    return text + "250 SIZE 1000000";
  }

  bool start_tls() {
    under_tls_ = true;
    return visitor_.start_tls();
  }

  bool take_password() { return visitor_.read_line() && answer("PASSWORD", "235 welcome"); }

  bool take_message() {
    while (const auto line = visitor_.read_line()) {
      if (*line == ".") return answer(".", "250 2.0.0 queued as 4711");
    }
    return false;
  }

  Visitor& visitor_;
  const SmtpManners& manners_;
  bool under_tls_ = false;
  std::string said_;
};

}  // namespace

RogueServer::Script smtp_script(SmtpManners manners) {
  return [manners = std::move(manners)](Visitor& visitor) { SmtpVisit(visitor, manners).play(); };
}
