#include "base/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>

#include <memory>

#include "base/encoding.h"
#include "base/ensure.h"

namespace base {
namespace {

struct Free {
  void operator()(EVP_MAC* mac) const { ::EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { ::EVP_MAC_CTX_free(context); }
};

/// An HMAC that is set up once and keyed anew for every message: looking its digest up by name, as the one-shot HMAC()
/// does, takes as long as the signature of a request itself. It holds the last key until the next one.
class Hmac {
 public:
  /// `digest` is a name that OpenSSL knows; it is not changed.
  explicit Hmac(const char* digest) {
    const std::unique_ptr<EVP_MAC, Free> mac(::EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
    ENSURE(mac);
    context_.reset(::EVP_MAC_CTX_new(mac.get()));  // keeps a reference of its own
    const OSSL_PARAM parameters[] = {
        ::OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(digest), 0),
        ::OSSL_PARAM_construct_end()};
    ENSURE(context_ && ::EVP_MAC_CTX_set_params(context_.get(), parameters) == 1);
  }

  template <class Digest>
  Digest sign(std::string_view key, std::string_view bytes) {
    Digest digest;
    std::size_t length = 0;
    const std::string_view some = key.empty() ? std::string_view("") : key;  // a null key would mean the last one
    ENSURE(::EVP_MAC_init(context_.get(), as_bytes(some).data(), some.size(), nullptr) == 1);
    ENSURE(::EVP_MAC_update(context_.get(), as_bytes(bytes).data(), bytes.size()) == 1);
    ENSURE(::EVP_MAC_final(context_.get(), digest.data(), &length, digest.size()) == 1 && length == digest.size());
    return digest;
  }

 private:
  std::unique_ptr<EVP_MAC_CTX, Free> context_;
};

}  // namespace

Sha256 sha256(std::string_view bytes) {
  Sha256 digest;
  ::SHA256(as_bytes(bytes).data(), bytes.size(), digest.data());
  return digest;
}

Sha256 hmac_sha256(std::string_view key, std::string_view bytes) {
  thread_local Hmac hmac("SHA256");
  return hmac.sign<Sha256>(key, bytes);
}

Sha1 hmac_sha1(std::string_view key, std::string_view bytes) {
  thread_local Hmac hmac("SHA1");
  return hmac.sign<Sha1>(key, bytes);
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && ::CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace base
