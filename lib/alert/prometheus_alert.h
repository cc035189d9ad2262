#pragma once

#include <map>
#include <string>

#include "alert/alert.h"
#include "alert/body_writer.h"

namespace alert {

// An alert in Prometheus's terms, as Alertmanager takes it and as it hands it on.

using PrometheusLabels = std::map<std::string, std::string>;

/// What Alertmanager knows an alert by: the same from the first message of an incident to its end, so they hold
/// nothing of its state. A token that gets another name in between is another alert to it; the old one runs out.
PrometheusLabels labels_of(const Alert& alert);
/// What people are told of it.
PrometheusLabels annotations_of(const Alert& alert);
/// Both as a member of an object.
void write_texts(BodyWriter& writer, std::string_view key, const PrometheusLabels& texts);
/// Sixteen hexadecimal digits, by the labels alone.
std::string fingerprint_of(const PrometheusLabels& labels);

}  // namespace alert
