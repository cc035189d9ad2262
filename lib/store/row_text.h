#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/probe.h"
#include "base/result.h"
#include "verdict/baseline.h"

namespace store {

/// How values that are no plain text or number look in a column. Errors say what is wrong with the text.
std::string texts_to_json(const std::vector<std::string>& texts);
base::Result<std::vector<std::string>> texts_from_json(std::string_view json);

/// Accounts one after another with a blank between them, as ids of X allow it; a JSON list when one does not.
std::string accounts_to_text(const std::vector<std::string>& accounts);
base::Result<std::vector<std::string>> accounts_from_text(std::string_view text);

/// JSON; empty for no labels.
std::string labels_to_text(const audit::Labels& labels);
base::Result<audit::Labels> labels_from_text(std::string_view text);

/// {"user_id":"2417045708","permissions":["AD_MANAGER"]} or {"denial":"token_invalid"}
std::string answer_to_json(const verdict::Conclusive& answer);
base::Result<verdict::Conclusive> answer_from_json(std::string_view json);

/// An object of the answer, "began" (ms), "count", "http_status", "code" and "identity".
std::string suspicion_to_json(const verdict::Suspicion& suspicion);
base::Result<verdict::Suspicion> suspicion_from_json(std::string_view json);

std::string_view identity_to_text(xads::IdentityAnswer identity);
std::optional<xads::IdentityAnswer> identity_from_text(std::string_view text);

}  // namespace store
