#pragma once

#include <openssl/crypto.h>

#include <string>
#include <string_view>
#include <utility>

namespace base {

/// Text that must not be seen: a key, a token, a destination's URL. It has no formatter and no stream operator,
/// moves but does not copy, and is wiped when it goes. reveal() belongs only where bytes are signed, sealed or sent.
class Secret {
 public:
  Secret() = default;
  /// A copy that the caller keeps is the caller's to wipe; move the text in where you can.
  explicit Secret(std::string text) : text_(text) {
    ::OPENSSL_cleanse(text.data(), text.size());  // not moved: a moved-from short string would keep its bytes
  }
  Secret(Secret&& other) noexcept { *this = std::move(other); }
  Secret& operator=(Secret&& other) noexcept {
    if (this == &other) return *this;
    wipe();
    text_ = other.text_;  // copy, then wipe: a moved-from short string would keep its bytes
    other.wipe();
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(); }

  Secret clone() const { return Secret(text_); }
  std::string_view reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  void wipe() noexcept {
    ::OPENSSL_cleanse(text_.data(), text_.size());
    text_.clear();
  }

  std::string text_;
};

}  // namespace base
