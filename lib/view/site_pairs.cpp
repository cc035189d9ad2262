#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "view/report_tables.h"
#include "view/role_look.h"
#include "view/site_parts.h"

namespace view {
namespace {

constexpr double kStripWidth = 300;
constexpr double kBarWidth = 100;

std::string number(double value) { return fmt::format("{:.1f}", value); }

void rectangle(Markup& page, double x, double width, double height, std::string_view look, std::string_view fill = {}) {
  if (fill.empty())
    page.open("rect", {{"x", number(x)}, {"width", number(width)}, {"height", number(height)}, {"class", look}});
  else
    page.open(
        "rect",
        {{"x", number(x)}, {"width", number(width)}, {"height", number(height)}, {"class", look}, {"fill", fill}});
  page.close();
}

void begin_picture(Markup& page, std::string_view look, double width, double height, std::string_view label) {
  page.open("svg", {{"viewBox", fmt::format("0 0 {} {}", width, height)},
                    {"preserveAspectRatio", "none"},
                    {"class", look},
                    {"role", "img"},
                    {"aria-label", label}});
}

/// What the strip shows, in words.
std::string strip_text(const PairView& pair, const Stretch& strip) {
  std::vector<std::string> parts;
  for (const auto& step : pair.steps) {
    const auto since =
        step.at <= strip.since ? "all the time" : "since " + base::to_text(step.at).substr(0, 16) + " UTC";
    parts.push_back(fmt::format("{} {}", permissions_text(step.answer), since));
  }
  if (parts.size() > 1 && pair.steps.front().at <= strip.since)
    parts.front() = permissions_text(pair.steps.front().answer) + " at first";
  return parts.empty() ? "nothing known" : base::join(parts, "; then ");
}

void write_strip(Markup& page, const PairView& pair, const Stretch& strip) {
  constexpr double kHeight = 16;
  const auto place = [&](base::Instant at) {
    return kStripWidth * static_cast<double>((std::clamp(at, strip.since, strip.until) - strip.since).count()) /
           static_cast<double>((strip.until - strip.since).count());
  };
  begin_picture(page, "strip", kStripWidth, kHeight, strip_text(pair, strip));
  rectangle(page, 0, kStripWidth, kHeight, "track");
  for (std::size_t step = 0; step < pair.steps.size(); ++step) {
    const double left = place(pair.steps[step].at);
    const double right = step + 1 < pair.steps.size() ? place(pair.steps[step + 1].at) : kStripWidth;
    // What lasted for minutes is seen, too.
    rectangle(page, std::min(left, kStripWidth - 2), std::max(2.0, right - left), kHeight, "gap",
              look_of(pair.steps[step].answer).fill);
  }
  page.close();
}

/// "of the ad account: 1,890 of 2,000 left", and a bar of what is used.
void write_bucket(Markup& page, const store::BucketRow& bucket, base::Instant now) {
  const auto& state = bucket.state;
  const std::string_view owner = bucket.name.starts_with("account/") ? "Ad account" : "Token";
  const bool known = state.remaining >= 0 && state.reset > now && state.limit > 0;
  std::string text = fmt::format("{}: ", owner);
  text +=
      known ? fmt::format("{} of {} left", state.remaining, state.limit) : fmt::format("{} in 15 minutes", state.limit);
  if (state.parked_until > now)
    text += "; not asked for " + base::to_rough_text(state.parked_until - now) + " after a 429";
  else if (state.yielding_until > now)
    text += "; left to others for " + base::to_rough_text(state.yielding_until - now);
  if (known) {
    const double used = kBarWidth * (1 - static_cast<double>(std::min(state.remaining, state.limit)) / state.limit);
    begin_picture(page, "bar", kBarWidth, 8, fmt::format("{:.0f} percent used", used));
    rectangle(page, 0, kBarWidth, 8, "track");
    if (used > 0) rectangle(page, 0, std::max(1.0, used), 8, "used");
    page.close();
  }
  page.element("div", text, {{"class", "small soft"}});
}

void write_answer(Markup& page, const PairView& pair) {
  const auto& baseline = pair.row.state.baseline;
  if (!baseline.run)
    page.element("span", "not answered yet", {{"class", "soft"}});
  else
    page.text(permissions_text(verdict::to_text(baseline.run->answer)));
  if (baseline.suspicion)
    page.element("div", "being confirmed: " + permissions_text(verdict::to_text(baseline.suspicion->answer)),
                 {{"class", "small"}});
  if (pair.row.state.vanished)
    page.element("div", "no longer in the token's list of accounts", {{"class", "small soft"}});
}

void write_token(Markup& page, const audit::Token& token) {
  page.open("strong");
  write_name(page, token.name);
  page.close();
  std::string more = fmt::format("{} of {}", audit::to_text(token.kind), token.app);
  for (const auto& [name, value] : token.labels) more += fmt::format(", {}={}", name, value);
  page.open("div", {{"class", "small soft"}});
  write_name(page, more);
  page.close();
}

void write_account(Markup& page, const store::AccountFacts& account) {
  page.element("a", account.id, {{"href", account_path(account.id)}});
  if (!account.name.empty()) {
    page.open("div", {{"class", "small soft"}});
    write_name(page, account.name);
    page.close();
  }
  if (account.deleted) page.element("div", "deleted", {{"class", "small"}});
}

}  // namespace

void write_pairs(Markup& page, const std::vector<PairView>& pairs, const Stretch& strip, bool with_account) {
  static const std::vector<std::string_view> kAll{"Token",      "Ad account",   "May do",     "Since",
                                                  "Last heard", "Last 30 days", "Rate limits"};
  static const std::vector<std::string_view> kOfAccount{"Token",      "May do",       "Since",
                                                        "Last heard", "Last 30 days", "Rate limits"};
  const auto now = strip.until;
  CardTable table(page, "Tokens and ad accounts", with_account ? kAll : kOfAccount);
  for (const auto& pair : pairs) {
    const auto& run = pair.row.state.baseline.run;
    table.begin_row();
    table.cell([&] { write_token(page, pair.row.token); });
    if (with_account) table.cell([&] { write_account(page, pair.row.account); });
    table.cell([&] { write_answer(page, pair); });
    for (const auto at :
         {run ? std::optional(run->since) : std::nullopt, run ? std::optional(run->last_seen) : std::nullopt}) {
      table.cell([&] { at ? write_ago(page, *at, now) : page.text("\u2013"); });
    }
    table.cell([&] { write_strip(page, pair, strip); });
    table.cell([&] {
      for (const auto& bucket : pair.buckets) write_bucket(page, bucket, now);
      if (pair.buckets.empty()) page.element("span", "as documented", {{"class", "small soft"}});
    });
    table.end_row();
  }
  table.end();
}

void write_strip_legend(Markup& page) {
  page.element("p",
               "An answer that does not change is written down every few minutes: it may have been heard later than "
               "is told here.",
               {{"class", "small soft"}});
  page.open("ul", {{"class", "legend"}});
  for (const auto& look : role_looks()) {
    page.open("li");
    page.open("svg", {{"viewBox", "0 0 10 10"}, {"aria-hidden", "true"}});
    rectangle(page, 0, 10, 10, "key", look.fill);
    page.close();
    page.text(look.name);
    page.close();
  }
  page.close();
}

}  // namespace view
