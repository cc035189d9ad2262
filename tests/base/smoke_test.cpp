#include <doctest/doctest.h>
#include "base/json.h"
#include "base/time.h"
#include "base/id.h"
#include "base/text.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/secret.h"
#include "base/overloaded.h"
TEST_CASE("smoke") { CHECK(base::to_text(base::parse_duration("1h30m").value()) == "1h30m"); CHECK(base::parse_json("[1,2]").ok()); CHECK(!base::parse_json(std::string(200000,'[')).ok()); }
