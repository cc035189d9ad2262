#pragma once

namespace base {

/// Prints the broken promise to standard error and aborts. Never returns.
[[noreturn]] void broken_promise(const char* promise, const char* file, int line);

}  // namespace base

/// A statement about our own code. When it is false we have a bug, and going on could tell lies:
/// the process ends, in release builds too. Not for input, files or the network.
#define ENSURE(promise) ((promise) ? void(0) : ::base::broken_promise(#promise, __FILE__, __LINE__))
