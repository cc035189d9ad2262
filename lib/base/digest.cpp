#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "base/encoding.h"
#include "base/ensure.h"

namespace base {
namespace {

template <class Digest>
Digest hmac(const EVP_MD* algorithm, std::string_view key, std::string_view bytes) {
  Digest digest;
  unsigned length = 0;
  const char* const start = key.empty() ? "" : key.data();  // OpenSSL refuses a null key, even an empty one
  const auto* done = ::HMAC(algorithm, start, static_cast<int>(key.size()), as_bytes(bytes).data(), bytes.size(),
                            digest.data(), &length);
  ENSURE(done != nullptr && length == digest.size());
  return digest;
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
  Sha256 digest;
  ::SHA256(as_bytes(bytes).data(), bytes.size(), digest.data());
  return digest;
}

Sha256 hmac_sha256(std::string_view key, std::string_view bytes) { return hmac<Sha256>(::EVP_sha256(), key, bytes); }

Sha1 hmac_sha1(std::string_view key, std::string_view bytes) { return hmac<Sha1>(::EVP_sha1(), key, bytes); }

bool equal_in_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && ::CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace base
