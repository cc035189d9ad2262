#include "view/report_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "view/report_tables.h"
#include "view/role_look.h"

namespace view {
namespace {

using namespace std::chrono_literals;

constexpr double kWidth = 900;
constexpr double kNames = 210;  ///< left of the strips

std::string number(double value) { return fmt::format("{:.1f}", value); }

void rectangle(Markup& page, double x, double y, double width, double height, std::string_view fill,
               std::string_view title) {
  page.open("rect", {{"x", number(x)},
                     {"y", number(y)},
                     {"width", number(width)},
                     {"height", number(height)},
                     {"fill", fill},
                     {"stroke", width < 5 ? "none" : "#ffffff"},
                     {"stroke-width", "1"}});
  page.element("title", title);
  page.close();
}

void words(Markup& page, double x, double y, std::string_view text, std::string_view fill,
           std::string_view anchor = "start") {
  page.element("text", text, {{"x", number(x)}, {"y", number(y)}, {"fill", fill}, {"text-anchor", anchor}});
}

void begin_picture(Markup& page, double height, std::string_view label) {
  page.open("svg", {{"viewBox", fmt::format("0 0 {} {}", kWidth, number(height))},
                    {"role", "img"},
                    {"aria-label", label},
                    {"class", "picture"}});
}

/// Only as much as fits into the width, by eye.
std::string fitting(std::string_view text, double width) {
  const auto letters = static_cast<std::size_t>(std::max(0.0, (width - 10) / 7.2));
  return letters < 4 ? "" : base::shortened(base::clean_text(text), letters);
}

void draw_strip(Markup& page, const Report& report, const ReportPair& pair, double y) {
  const auto& span = report.query.span;
  const auto place = [&](base::Instant at) {
    const auto share = static_cast<double>((std::clamp(at, span.since, span.until) - span.since).count()) /
                       static_cast<double>((span.until - span.since).count());
    return kNames + share * (kWidth - kNames);
  };
  words(page, 0, y + 15, fitting(pair.token, kNames), "#1b1b1b");
  rectangle(page, kNames, y, kWidth - kNames, 20, "#f3f3f3", "not known, or the token was not kept");
  for (std::size_t step = 0; step < pair.steps.size(); ++step) {
    const auto& [at, answer, entry] = pair.steps[step];
    if (answer.empty()) continue;
    const auto end = step + 1 < pair.steps.size() ? pair.steps[step + 1].at : span.until;
    const double left = place(at);
    const double width = std::max(2.0, place(end) - left);
    const RoleLook& look = look_of(answer);
    rectangle(page, left, y, width, 20, look.fill,
              fmt::format("{} since {} (entry {})", permissions_text(answer), base::to_text(at), entry));
    words(page, left + 5, y + 14.5, fitting(permissions_text(answer), width), look.ink);
  }
}

struct Bucket {
  std::string_view name;
  base::Duration most;
};
constexpr std::array kBuckets{Bucket{"1 min", 1min},
                              Bucket{"5 min", 5min},
                              Bucket{"15 min", 15min},
                              Bucket{"30 min", 30min},
                              Bucket{"1 h", 1h},
                              Bucket{"6 h", 6h},
                              Bucket{"longer", base::Duration::max()}};

}  // namespace

void draw_coverage(Markup& page, const Coverage& coverage) {
  struct Part {
    base::Duration length;
    std::string_view fill, ink;
  };
  const std::array parts{Part{coverage.well, "#3a7d44", "#ffffff"}, Part{coverage.in_incident, "#b3261e", "#ffffff"},
                         Part{coverage.blind, "#1b1b1b", "#ffffff"}, Part{coverage.unknown, "#d0d0d0", "#1b1b1b"}};
  const auto texts = coverage_texts(coverage);
  begin_picture(page, 62, "Time: " + base::join(texts, ", "));
  double left = 0;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    if (parts[part].length.count() > 0) {
      const double share =
          static_cast<double>(parts[part].length.count()) / static_cast<double>(coverage.total().count());
      const double width =
          std::min(std::max(3.0, share * kWidth), kWidth - left);  // a minute of blindness is seen, too
      rectangle(page, left, 0, width, 26, parts[part].fill, texts[part]);
      left += width;
    }
    const double column = static_cast<double>(part) * kWidth / 4;
    rectangle(page, column, 40, 12, 12, parts[part].fill, texts[part]);
    words(page, column + 18, 51, texts[part], "#1b1b1b");
  }
  page.close();
}

void draw_roles(Markup& page, const Report& report, std::size_t first, std::size_t last) {
  const auto& account = report.pairs[first].account;
  const auto height = static_cast<double>(last - first) * 24;
  begin_picture(page, height, fmt::format("Roles on {} over time, by token", account));
  for (std::size_t pair = first; pair < last; ++pair)
    draw_strip(page, report, report.pairs[pair], static_cast<double>(pair - first) * 24);
  page.close();
}

void draw_role_legend(Markup& page) {
  page.open("p", {{"class", "legend"}});
  for (const RoleLook& look : role_looks()) {
    page.open("span", {{"class", "key"}, {"style", fmt::format("background:{};color:{}", look.fill, look.ink)}});
    page.text(look.name);
    page.close();
    page.text(" ");
  }
  page.close();
}

void draw_latencies(Markup& page, const Report& report) {
  std::array<std::size_t, kBuckets.size()> counts{};
  for (const auto& seen : report.incidents) {
    if (!seen.noticed_within) continue;
    const auto bucket = std::find_if(kBuckets.begin(), kBuckets.end(),
                                     [&](const Bucket& one) { return *seen.noticed_within <= one.most; });
    ++counts[static_cast<std::size_t>(bucket - kBuckets.begin())];
  }
  const auto most = std::max<std::size_t>(1, *std::max_element(counts.begin(), counts.end()));
  begin_picture(page, 150, "How long it took to notice, at most");
  const double step = kWidth / static_cast<double>(kBuckets.size());
  for (std::size_t place = 0; place < kBuckets.size(); ++place) {
    const double height = 100.0 * static_cast<double>(counts[place]) / static_cast<double>(most);
    const double left = static_cast<double>(place) * step;
    const auto label =
        fmt::format("{}{}", kBuckets[place].most == base::Duration::max() ? "" : "up to ", kBuckets[place].name);
    if (counts[place] > 0)
      rectangle(page, left + 10, 120 - height, step - 20, height, "#2f6690",
                fmt::format("{}: {}", label, counts[place]));
    words(page, left + step / 2, 114 - height, std::to_string(counts[place]), "#1b1b1b", "middle");
    words(page, left + step / 2, 140, label, "#1b1b1b", "middle");
  }
  page.close();
}

void draw_use(Markup& page, const Report& report) {
  constexpr double kHigh = 100;
  const auto days = days_of(report);
  const auto first = std::chrono::floor<std::chrono::days>(report.query.span.since);
  const auto last = std::chrono::floor<std::chrono::days>(report.query.span.until - base::Duration(1));
  const double step = kWidth / static_cast<double>((last - first).count() + 1);
  begin_picture(page, kHigh + 24, "Most of a rate limit that was used, by day");
  std::size_t place = 0;
  for (auto day = first; day <= last; day += std::chrono::days(1)) {
    const double left = step * static_cast<double>((day - first).count());
    const auto name = base::to_text(std::chrono::time_point_cast<base::Duration>(day)).substr(0, 10);
    const bool known = place < days.size() && std::chrono::floor<std::chrono::days>(days[place].day) == day;
    rectangle(page, left, 0, step, kHigh, known ? "#f3f3f3" : "#d0d0d0", name + (known ? "" : ": nothing known"));
    if (!known) continue;
    const double used = days[place].used_percent;
    if (used > 0)
      rectangle(page, left, kHigh - used, step, used, "#2f6690",
                fmt::format("{}: {:.1f}% used at most, {} hours told of", name, used, days[place].hours));
    ++place;
  }
  words(page, 0, kHigh + 18, base::to_text(report.query.span.since).substr(0, 10), "#1b1b1b");
  words(page, kWidth, kHigh + 18, base::to_text(report.query.span.until).substr(0, 10), "#1b1b1b", "end");
  page.close();
}

}  // namespace view
