#include <string>

#include "alert/match.h"
#include "alert/sample.h"
#include "alert/template.h"
#include "base/text.h"
#include "fuzz/targets.h"

namespace fuzz {
namespace {

const alert::Alert& sample() {
  static const alert::Alert alert =
      alert::sample_alert(verdict::Cause::kRoleReduced, alert::State::kOpened, base::from_epoch_ms(1'795'435'200'123));
  return alert;
}

bool is_clean(std::string_view text) {
  for (const auto line : base::split(text, '\n')) {
    if (base::clean_text(line) != line) return false;
  }
  return true;
}

}  // namespace

/// A match on one line, and what is written of it is read as the same.
void match(std::string_view bytes) {
  const auto parsed = alert::parse_match(bytes);
  if (!parsed) {
    ENSURE(!parsed.error().empty() && is_clean(parsed.error()));
    return;
  }
  const auto text = alert::to_text(parsed.value());
  const auto again = alert::parse_match(text);
  ENSURE(again && again.value() == parsed.value());
  alert::fits(parsed.value(), sample());
}

/// A template, first its title, then its text, and a stranger's name in it.
void words(std::string_view bytes) {
  Pieces pieces(bytes);
  auto alert = sample();
  alert.subject.account_name = pieces.text();
  const alert::Template words{std::string(pieces.text()), std::string(pieces.rest())};
  for (const auto& text : {words.title, words.text}) {
    if (const auto complaint = alert::complaint_about_template(text)) {
      ENSURE(!complaint->empty());
      return;
    }
  }
  const auto wording = alert::apply(words, alert, alert::wording_of(alert));
  ENSURE(!wording.title.empty());
  base::clean_text(wording.text);
}

}  // namespace fuzz
