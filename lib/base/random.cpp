#include "base/random.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace base {
namespace {

constexpr std::size_t kLargeDraw = 1024;  // bytes; from here on a block saves nothing

void draw(std::span<unsigned char> bytes) {
  if (::RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("OpenSSL has no random bytes to give");
}

/// Random bytes of one thread that nobody has been given yet.
class Block {
 public:
  Block() = default;
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() { discard(); }

  /// At most as many as the block holds.
  void take(std::span<unsigned char> bytes) {
    if (left_ < bytes.size()) {
      draw(bytes_);
      left_ = bytes_.size();
    }
    left_ -= bytes.size();
    const auto given = std::span(bytes_).subspan(left_, bytes.size());
    std::copy(given.begin(), given.end(), bytes.begin());
    ::OPENSSL_cleanse(given.data(), given.size());
  }
  void discard() {
    ::OPENSSL_cleanse(bytes_.data(), bytes_.size());
    left_ = 0;
  }

 private:
  std::array<unsigned char, 4096> bytes_;
  std::size_t left_ = 0;  ///< at the start of bytes_; what follows is zero
};

thread_local Block block;

/// Parent and child of a fork would give the same bytes. In the child only the thread that forked goes on.
const int fork_handler = ::pthread_atfork(nullptr, nullptr, [] { block.discard(); });

}  // namespace

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
  if (bytes.size() > kLargeDraw)
    draw(bytes);
  else
    block.take(bytes);
}

void SeededRandom::fill(std::span<unsigned char> bytes) {
  for (auto& byte : bytes) byte = static_cast<unsigned char>(engine_() >> 56);
}

}  // namespace base
