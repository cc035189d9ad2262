// The handlers of the three listeners: the API, the control plane and the sinks.
#pragma once

#include <httplib.h>

#include "stage.h"

namespace fakes {

void serve_api(httplib::Server& server, Stage& stage);
void serve_control(httplib::Server& server, Stage& stage);
void serve_sinks(httplib::Server& server, Stage& stage);

}  // namespace fakes
