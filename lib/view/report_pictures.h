#pragma once

#include "view/markup.h"
#include "view/report.h"

namespace view {

// Pictures of a report as inline SVG. Each also says in words what it shows.

/// How all pairs together spent the time.
void draw_coverage(Markup& page, const Coverage& coverage);
/// One account: a strip a token, from the beginning of the span to its end. [first, last) are its pairs.
void draw_roles(Markup& page, const Report& report, std::size_t first, std::size_t last);
/// How long it took to notice what happened, at most.
void draw_latencies(Markup& page, const Report& report);
/// How much of the rate limits was used, a bar a day; days of which nothing is known are marked.
void draw_use(Markup& page, const Report& report);
/// What the colours of draw_roles() mean.
void draw_role_legend(Markup& page);

}  // namespace view
