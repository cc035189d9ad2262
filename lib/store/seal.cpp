#include "store/seal.h"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <array>
#include <memory>

#include "base/encoding.h"
#include "base/ensure.h"
#include "base/text.h"

namespace store {
namespace {

constexpr std::string_view kScheme = "adsauditd/v1";
constexpr std::size_t kKeySize = 32;
constexpr std::size_t kKeyIdSize = 16;  // as text
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;

template <auto free_function>
struct Free {
  template <class T>
  void operator()(T* thing) const {
    free_function(thing);
  }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Free<::EVP_CIPHER_CTX_free>>;

/// OpenSSL takes parameters that it only reads as pointers to non-const.
void* writable(std::string_view bytes) { return const_cast<char*>(bytes.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
int size_of(std::string_view bytes) { return static_cast<int>(bytes.size()); }

enum class Direction { kOpen = 0, kSeal = 1 };

/// A context that has seen the key, the nonce and the additional data.
CipherContext start_cipher(Direction direction, const base::Secret& key, std::string_view nonce,
                           std::string_view additional_data) {
  CipherContext context(::EVP_CIPHER_CTX_new());
  ENSURE(context && nonce.size() == kNonceSize);
  ENSURE(::EVP_CipherInit_ex(context.get(), ::EVP_aes_256_gcm(), nullptr, base::as_bytes(key.reveal()).data(),
                             base::as_bytes(nonce).data(), static_cast<int>(direction)) == 1);
  int length = 0;
  ENSURE(::EVP_CipherUpdate(context.get(), nullptr, &length, base::as_bytes(additional_data).data(),
                            size_of(additional_data)) == 1);
  return context;
}

/// GCM gives as many bytes as it takes.
void transform(EVP_CIPHER_CTX* context, std::string_view input, unsigned char* output) {
  int length = 0;
  ENSURE(::EVP_CipherUpdate(context, output, &length, base::as_bytes(input).data(), size_of(input)) == 1);
  ENSURE(length == size_of(input));
}

}  // namespace

base::Secret hkdf_sha256(std::string_view key, std::string_view salt, std::string_view purpose, std::size_t size) {
  const std::unique_ptr<EVP_KDF, Free<::EVP_KDF_free>> hkdf(::EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  const std::unique_ptr<EVP_KDF_CTX, Free<::EVP_KDF_CTX_free>> context(::EVP_KDF_CTX_new(hkdf.get()));
  ENSURE(context);
  std::string digest = "SHA256";
  const std::array<OSSL_PARAM, 5> parameters{
      ::OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      ::OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, writable(key), key.size()),
      ::OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, writable(salt), salt.size()),
      ::OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, writable(purpose), purpose.size()),
      ::OSSL_PARAM_construct_end()};
  std::string derived(size, '\0');
  ENSURE(::EVP_KDF_derive(context.get(), bytes_of(derived), size, parameters.data()) == 1);
  return base::Secret(std::move(derived));
}

std::string join_fields(const std::vector<std::string_view>& fields) {
  std::string joined;
  for (const auto field : fields) joined.append(std::to_string(field.size())).append(":").append(field).append(",");
  return joined;
}

base::Result<Seal> Seal::from_master(const base::Secret& master) {
  auto decoded = base::from_base64(base::trim(master.reveal()));
  const base::Secret bytes(decoded ? std::move(decoded).value() : std::string());
  if (bytes.reveal().size() != kKeySize)
    return base::Failure{std::string("the key must be base64 of 32 bytes, as adsauditd key init writes it")};
  const auto subkey = [&](std::string_view purpose) { return hkdf_sha256(bytes.reveal(), kScheme, purpose, kKeySize); };
  const auto id_hash = base::sha256(subkey("key id").reveal());
  return Seal(subkey("seal"), subkey("fingerprint"), base::to_hex(base::as_view(id_hash)).substr(0, kKeyIdSize));
}

Seal::Seal(base::Secret sealing_key, base::Secret fingerprint_key, std::string key_id)
    : sealing_key_(std::move(sealing_key)), fingerprint_key_(std::move(fingerprint_key)), key_id_(std::move(key_id)) {}

std::string Seal::additional_data(const Cell& cell) const {
  return join_fields({kScheme, cell.table, cell.row, cell.column, key_id_});
}

std::string Seal::seal(std::string_view plain, const Cell& cell, base::Random& random) const {
  std::string nonce(kNonceSize, '\0');
  random.fill({bytes_of(nonce), nonce.size()});
  const auto context = start_cipher(Direction::kSeal, sealing_key_, nonce, additional_data(cell));
  std::string ciphertext(plain.size(), '\0');
  transform(context.get(), plain, bytes_of(ciphertext));
  std::string tag(kTagSize, '\0');
  int length = 0;
  ENSURE(::EVP_CipherFinal_ex(context.get(), bytes_of(tag), &length) == 1 && length == 0);
  ENSURE(::EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize, tag.data()) == 1);
  return key_id_ + nonce + ciphertext + tag;
}

base::Result<base::Secret> Seal::open(std::string_view sealed, const Cell& cell) const {
  if (sealed.size() < kKeyIdSize + kNonceSize + kTagSize) return base::Failure{"it is too short"};
  const auto key_id = sealed.substr(0, kKeyIdSize);
  if (key_id != key_id_)
    return base::Failure{
        fmt::format("it is sealed with another key (id {}, this key is {})", base::clean_text(key_id), key_id_)};
  const auto nonce = sealed.substr(kKeyIdSize, kNonceSize);
  const auto ciphertext = sealed.substr(kKeyIdSize + kNonceSize, sealed.size() - kKeyIdSize - kNonceSize - kTagSize);
  const auto tag = sealed.substr(sealed.size() - kTagSize);

  const auto context = start_cipher(Direction::kOpen, sealing_key_, nonce, additional_data(cell));
  std::string text(ciphertext.size(), '\0');
  transform(context.get(), ciphertext, bytes_of(text));
  base::Secret plain(std::move(text));  // wiped also when the tag does not fit
  ENSURE(::EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, writable(tag)) == 1);
  unsigned char none = 0;
  int length = 0;
  if (::EVP_CipherFinal_ex(context.get(), &none, &length) != 1)
    return base::Failure{"it was altered, or belongs elsewhere"};
  return plain;
}

std::string Seal::fingerprint(const std::vector<std::string_view>& secrets) const {
  const base::Secret joined(join_fields(secrets));
  return std::string(base::as_view(base::hmac_sha256(fingerprint_key_.reveal(), joined.reveal())));
}

}  // namespace store
