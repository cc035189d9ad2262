#pragma once

#include <openssl/x509.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace http {

/// When a certificate ends, UTC; nothing when it holds no time that makes sense.
std::optional<base::Instant> end_of(const X509& certificate);

/// When each of the certificates in a PEM file ends, in their order. Error: why there is none, without the path.
base::Result<std::vector<base::Instant>> read_certificate_ends(const std::string& path);

}  // namespace http
