#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

namespace base {

/// A source of random bytes.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<unsigned char> bytes) = 0;

  std::uint64_t next_u64();
  /// Uniform in [0, 1).
  double next_unit();
};

/// OpenSSL's generator, fit for nonces and keys. Throws std::runtime_error when it fails. Any thread: each draws a
/// block of 4 KiB at a time, because a draw costs as much for sixteen bytes as for a thousand. No byte is given twice,
/// not even after a fork(), and none stays in the block once it was given.
class SystemRandom final : public Random {
 public:
  void fill(std::span<unsigned char> bytes) override;
};

/// The same seed gives the same bytes. For tests and simulations only.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void fill(std::span<unsigned char> bytes) override;

 private:
  std::mt19937_64 engine_;
};

}  // namespace base
