#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <initializer_list>
#include <memory>

#include "base/encoding.h"
#include "base/ensure.h"

namespace base {
namespace {

struct Free {
  void operator()(EVP_MD* digest) const { ::EVP_MD_free(digest); }
  void operator()(EVP_MD_CTX* context) const { ::EVP_MD_CTX_free(context); }
};

/// A hash function that is looked up once: looking it up by name, as OpenSSL's one-shot functions do, takes longer than
/// to hash a request. HMAC is built on it here (RFC 2104), because OpenSSL's own copies whole contexts for every key,
/// which costs a third more. One thread only.
template <class Digest>
class Hasher {
 public:
  /// `name` is one that OpenSSL knows.
  explicit Hasher(const char* name) : digest_(::EVP_MD_fetch(nullptr, name, nullptr)), context_(::EVP_MD_CTX_new()) {
    ENSURE(digest_ && context_ && ::EVP_MD_get_block_size(digest_.get()) == static_cast<int>(kBlock));
  }

  Digest hash(std::initializer_list<std::string_view> parts) {
    Digest digest;
    unsigned length = 0;
    ENSURE(::EVP_DigestInit_ex2(context_.get(), digest_.get(), nullptr) == 1);
    for (const std::string_view part : parts) ENSURE(::EVP_DigestUpdate(context_.get(), part.data(), part.size()) == 1);
    ENSURE(::EVP_DigestFinal_ex(context_.get(), digest.data(), &length) == 1 && length == digest.size());
    return digest;
  }

  Digest hmac(std::string_view key, std::string_view bytes) {
    std::array<unsigned char, kBlock> pad{};
    if (key.size() <= kBlock) {
      std::copy(key.begin(), key.end(), pad.begin());
    } else {
      Digest short_key = hash({key});
      std::copy(short_key.begin(), short_key.end(), pad.begin());
      ::OPENSSL_cleanse(short_key.data(), short_key.size());
    }
    for (auto& byte : pad) byte ^= kInner;
    const Digest inner = hash({as_view(pad), bytes});
    for (auto& byte : pad) byte ^= kInner ^ kOuter;
    const Digest outer = hash({as_view(pad), as_view(inner)});
    ::OPENSSL_cleanse(pad.data(), pad.size());
    return outer;
  }

 private:
  static constexpr std::size_t kBlock = 64;  // bytes, of SHA-1 and SHA-256 alike
  static constexpr unsigned char kInner = 0x36;
  static constexpr unsigned char kOuter = 0x5C;

  std::unique_ptr<EVP_MD, Free> digest_;
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

Hasher<Sha1>& sha1_hasher() {
  thread_local Hasher<Sha1> hasher("SHA1");
  return hasher;
}
Hasher<Sha256>& sha256_hasher() {
  thread_local Hasher<Sha256> hasher("SHA256");
  return hasher;
}

}  // namespace

Sha256 sha256(std::string_view bytes) { return sha256_hasher().hash({bytes}); }
Sha256 hmac_sha256(std::string_view key, std::string_view bytes) { return sha256_hasher().hmac(key, bytes); }
Sha1 hmac_sha1(std::string_view key, std::string_view bytes) { return sha1_hasher().hmac(key, bytes); }

bool equal_in_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && ::CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace base
