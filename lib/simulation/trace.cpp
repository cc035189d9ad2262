#include "simulation/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "simulation/faults.h"
#include "verdict/cause.h"
#include "xads/observation.h"

namespace simulation {
namespace {

constexpr std::array<std::string_view, 4> kSteps{"opened", "updated", "resolved", "recorded"};
constexpr std::array<std::string_view, 6> kIdentityWords{"alive",        "token invalid", "unauthenticated",
                                                         "app rejected", "clock skewed",  "no statement"};

std::string answer_text(const Trace::Line& line) {
  switch (line.a) {
    case 0:
      return "granted " + xads::Permissions::from_mask(line.b).text();
    case 1:
      return fmt::format("denied {}", xads::to_text(static_cast<xads::Denial>(line.b)));
    case 2:
      return "throttled";
    default:
      return fmt::format("unavailable {}", xads::to_text(static_cast<xads::Trouble>(line.b)));
  }
}

std::string text_of(const Trace::Line& line) {
  using Kind = Trace::Kind;
  switch (line.kind) {
    case Kind::kAsked:
      return "asked";
    case Kind::kAskedIdentity:
      return "asked the identity host";
    case Kind::kAnswer:
      return "answer: " + answer_text(line);
    case Kind::kIdentity:
      return fmt::format("identity: {}", kIdentityWords.at(line.a));
    case Kind::kTruth:
      return "truth: " + to_text(Truth{static_cast<Standing>(line.a), line.b});
    case Kind::kIncident:
      return fmt::format("{} {}", verdict::to_text(static_cast<verdict::Cause>(line.a)), kSteps.at(line.b));
    case Kind::kWeather:
      return fmt::format("weather {}", line.a);
  }
  return {};
}

}  // namespace

Trace::Trace(std::size_t pairs, base::Instant start) : start_(start), rings_(pairs + 1) { block_.reserve(kBlock); }

void Trace::note(base::Instant now, PairNumber pair, Kind kind, std::uint8_t a, std::uint8_t b, std::uint8_t fault) {
  const std::size_t place = std::min(pair, rings_.size() - 1);
  const Line line{base::to_epoch_ms(now), static_cast<std::uint32_t>(place), kind, a, b, fault};
  Ring& ring = rings_[place];
  ring.lines[ring.next++ % kLast] = line;
  if (block_.size() == kBlock) {
    std::string bytes(reinterpret_cast<const char*>(chain_.data()), chain_.size());
    bytes.append(reinterpret_cast<const char*>(block_.data()), block_.size() * sizeof(Line));
    chain_ = base::sha256(bytes);
    block_.clear();
  }
  block_.push_back(line);
}

std::string Trace::hash() const {
  std::string bytes(reinterpret_cast<const char*>(chain_.data()), chain_.size());
  bytes.append(reinterpret_cast<const char*>(block_.data()), block_.size() * sizeof(Line));
  std::string text;
  for (const unsigned char byte : base::sha256(bytes)) text += fmt::format("{:02x}", byte);
  return text;
}

std::vector<std::string> Trace::lines(PairNumber pair) const {
  std::vector<Line> found;
  const auto take = [&](const Ring& ring) {
    for (std::size_t place = ring.next > kLast ? ring.next - kLast : 0; place < ring.next; ++place)
      found.push_back(ring.lines[place % kLast]);
  };
  take(rings_.back());
  if (pair < rings_.size() - 1) take(rings_[pair]);
  std::stable_sort(found.begin(), found.end(),
                   [](const Line& left, const Line& right) { return left.at_ms < right.at_ms; });
  if (found.size() > kLast) found.erase(found.begin(), found.end() - kLast);
  std::vector<std::string> texts;
  for (const Line& line : found) {
    const base::Duration after = base::from_epoch_ms(line.at_ms) - start_;
    const auto fault = static_cast<Fault>(line.fault);
    texts.push_back(fmt::format("{:>10} {}{}", base::to_text(after), text_of(line),
                                fault == Fault::kNoFault ? "" : fmt::format(" [{}]", to_text(fault))));
  }
  return texts;
}

}  // namespace simulation
