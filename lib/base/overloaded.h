#pragma once

namespace base {

/// Builds one visitor from a lambda for each case: std::visit(Overloaded{...}, variant).
template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace base
