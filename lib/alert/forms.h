#pragma once

#include "alert/form.h"

namespace alert {

// One for each channel: see form_of().
const Form& slack_form();
const Form& webhook_form();
const Form& slack_bot_form();
const Form& alertmanager_webhook_form();
const Form& alertmanager_form();
const Form& pagerduty_form();
const Form& teams_form();
const Form& email_form();

}  // namespace alert
