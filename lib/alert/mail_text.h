#pragma once

#include <string>
#include <string_view>

#include "base/time.h"

namespace alert {

// Text as a mail carries it (RFC 5322, RFC 2045, RFC 2047): printable ASCII in lines that end in CR LF.

/// "Mon, 23 Nov 2026 10:15:02 +0000"
std::string mail_date(base::Instant instant);

/// "Subject: ..." and its line break, folded before column 77. Whatever the text holds, it is one header: what is not
/// printable ASCII is encoded, and runs of blanks become one.
std::string mail_header(std::string_view name, std::string_view text);

/// Lines that end in a line feed, as quoted-printable. Requires that the last one ends in one, too.
std::string quoted_printable(std::string_view lines);

}  // namespace alert
