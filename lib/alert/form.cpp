#include "alert/form.h"

#include "alert/forms.h"
#include "alert/render.h"
#include "base/ensure.h"

namespace alert {

const Form& form_of(Channel channel) {
  switch (channel) {
    case Channel::kSlack:
      return slack_form();
    case Channel::kWebhook:
      return webhook_form();
    case Channel::kSlackBot:
      return slack_bot_form();
    case Channel::kAlertmanagerWebhook:
      return alertmanager_webhook_form();
    case Channel::kAlertmanager:
      return alertmanager_form();
    case Channel::kPagerDuty:
      return pagerduty_form();
    case Channel::kTeams:
      return teams_form();
    case Channel::kEmail:
      return email_form();
  }
  ENSURE(!"a channel without a form");
  return slack_form();
}

std::string render(Channel channel, const Alert& alert) { return form_of(channel).body(alert); }
bool has_own_words(const Destination& destination) {
  const bool for_people = form_of(destination.channel).manner().most_per_minute > 0;
  return for_people && destination.words != Template{};
}

std::string render(const Destination& destination, const Alert& alert) {
  if (!has_own_words(destination)) return render(destination.channel, alert);
  Alert in_own_words = alert;
  in_own_words.words = destination.words;
  return render(destination.channel, in_own_words);
}

std::string render(Channel channel, const Digest& digest) { return form_of(channel).body(digest); }

}  // namespace alert
