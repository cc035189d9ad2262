#include "simulation/faults.h"

namespace simulation {
namespace {

struct Row {
  Fault fault;
  std::string_view text;
};
constexpr std::array<Row, kFaults> kRows{{
    {Fault::kNoFault, "none"},
    {Fault::kDeadline, "deadline"},
    {Fault::kNoAddress, "no address"},
    {Fault::kConnectionRefused, "connection refused"},
    {Fault::kBrokenTls, "broken TLS"},
    {Fault::kBrokenWhileSending, "broken while sending"},
    {Fault::kReset, "reset"},
    {Fault::kNoHttp, "no HTTP"},
    {Fault::kInternalError, "500 INTERNAL_ERROR"},
    {Fault::kCode131, "500 code 131"},
    {Fault::kOverCapacity, "503 with retry-after"},
    {Fault::kUnavailable, "503 without retry-after"},
    {Fault::kCode130, "503 code 130"},
    {Fault::kBadGateway, "502 HTML"},
    {Fault::kGatewayTimeout, "504 empty"},
    {Fault::kCancelled, "408 CANCELLED_REQUEST"},
    {Fault::kLocked, "423 LOCK_ACQUISITION_TIMEOUT"},
    {Fault::kTooMany, "429 with reset"},
    {Fault::kTooManySilent, "429 without headers"},
    {Fault::kCode88, "429 code 88"},
    {Fault::kPortal, "200 HTML"},
    {Fault::kRedirect, "302 HTML"},
    {Fault::kEmpty, "200 empty"},
    {Fault::kTruncated, "truncated JSON"},
    {Fault::kPageNotFound, "404 HTML"},
    {Fault::kOtherAccount, "another account echoed"},
    {Fault::kNoPermissions, "no permissions key"},
    {Fault::kSameKeyTwice, "a key twice"},
    {Fault::kTooLarge, "over 1 MiB"},
    {Fault::kErrorsInSuccess, "200 with errors"},
    {Fault::kCode135, "401 code 135"},
    {Fault::kCode215, "400 code 215"},
    {Fault::kCode416, "401 code 416"},
    {Fault::kUnauthorizedClient, "403 UNAUTHORIZED_CLIENT_APPLICATION"},
    {Fault::kReadOnlyClient, "403 READONLY_CLIENT_APPLICATION"},
    {Fault::kLieRevoked, "lie: 401 code 89"},
    {Fault::kLieVague, "lie: 401 UNAUTHORIZED_ACCESS"},
    {Fault::kLieKeys, "lie: 401 code 32"},
    {Fault::kLieNotFound, "lie: not found"},
    {Fault::kLieSuspended, "lie: user suspended"},
    {Fault::kLieLocked, "lie: user locked"},
    {Fault::kLieReauthorize, "lie: to be authorized anew"},
    {Fault::kLieGranted, "lie: another grant"},
}};
constexpr bool rows_follow_the_enumerators() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].fault) != i) return false;
  }
  return true;
}
static_assert(rows_follow_the_enumerators());

constexpr auto kFirstAccusing = static_cast<std::uint64_t>(Fault::kCode135);
/// A body of over 1 MiB costs a thousand others: one in so many of them is told.
constexpr std::uint64_t kSeldom = 4;

}  // namespace

std::string_view to_text(Fault fault) { return kRows.at(static_cast<std::size_t>(fault)).text; }

Fault Faults::draw(bool may_accuse) {
  if (rate_ <= 0 || random_.next_unit() >= rate_) return Fault::kNoFault;
  const std::uint64_t chance = random_.next_u64();
  const std::uint64_t most = may_accuse ? kFaults - 1 : kFirstAccusing - 1;
  const auto fault = static_cast<Fault>(1 + chance % most);
  return fault == Fault::kTooLarge && (chance >> 32) % kSeldom != 0 ? Fault::kTruncated : fault;
}

}  // namespace simulation
