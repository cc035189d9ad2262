#pragma once

#include <cstddef>
#include <cstdint>

namespace audit {

/// Positions in the roster's tables: four bytes where an id has sixteen and a name has more. Valid while the process
/// lives; the position of something that was removed may be given to something new.
enum class PairIndex : std::uint32_t {};
enum class TokenIndex : std::uint32_t {};
enum class AccountIndex : std::uint32_t {};

constexpr std::size_t at(PairIndex index) { return static_cast<std::size_t>(index); }
constexpr std::size_t at(TokenIndex index) { return static_cast<std::size_t>(index); }
constexpr std::size_t at(AccountIndex index) { return static_cast<std::size_t>(index); }

}  // namespace audit
