#include "verdict/incident.h"

namespace verdict {

Severity severity_of(const Finding& finding) { return finding.severity.value_or(severity_of(finding.key.cause)); }

}  // namespace verdict
