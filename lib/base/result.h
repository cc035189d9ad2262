#pragma once

#include <string>
#include <utility>
#include <variant>

#include "base/ensure.h"

namespace base {

/// Wraps the error side of a Result, so that a Result<std::string> is not ambiguous.
template <class E>
struct Failure {
  E error;
};
template <class E>
Failure(E) -> Failure<E>;
Failure(const char*)->Failure<std::string>;

/// A value, or why there is none. For what the world may refuse; a broken environment throws instead.
/// value() on a failure and error() on a success abort: check first.
template <class T, class E = std::string>
class [[nodiscard]] Result {
 public:
  Result(T value) : outcome_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  template <class F>
  Result(Failure<F> failure)  // NOLINT(google-explicit-constructor)
      : outcome_(std::in_place_index<1>, std::move(failure.error)) {}

  bool ok() const { return outcome_.index() == 0; }
  explicit operator bool() const { return ok(); }

  const T& value() const& {
    ENSURE(ok());
    return *std::get_if<0>(&outcome_);
  }
  T& value() & {
    ENSURE(ok());
    return *std::get_if<0>(&outcome_);
  }
  T&& value() && {
    ENSURE(ok());
    return std::move(*std::get_if<0>(&outcome_));
  }
  const E& error() const {
    ENSURE(!ok());
    return *std::get_if<1>(&outcome_);
  }

 private:
  std::variant<T, E> outcome_;
};

}  // namespace base
