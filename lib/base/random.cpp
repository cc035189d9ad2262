#include "base/random.h"

#include <openssl/rand.h>

#include <cstring>
#include <stdexcept>

namespace base {

std::uint64_t Random::next_u64() {
  std::array<unsigned char, 8> bytes;
  fill(bytes);
  std::uint64_t number;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

double Random::next_unit() {
  return static_cast<double>(next_u64() >> 11) * 0x1.0p-53;  // the 53 bits that a double holds
}

void SystemRandom::fill(std::span<unsigned char> bytes) {
  if (::RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("OpenSSL has no random bytes to give");
}

void SeededRandom::fill(std::span<unsigned char> bytes) {
  for (auto& byte : bytes) byte = static_cast<unsigned char>(engine_() >> 56);
}

}  // namespace base
