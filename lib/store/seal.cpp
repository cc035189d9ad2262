#include "store/seal.h"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <array>
#include <charconv>
#include <memory>
#include <stdexcept>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ensure.h"
#include "base/text.h"
#include "store/packed_secrets.h"

namespace store {
namespace {

constexpr std::string_view kScheme = "adsauditd/v1";
constexpr std::size_t kKeySize = 32;
constexpr std::size_t kKeyIdSize = 8;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kOverhead = kKeyIdSize + kNonceSize + kTagSize;

template <auto free_function>
struct Free {
  template <class T>
  void operator()(T* thing) const {
    free_function(thing);
  }
};

/// OpenSSL takes parameters that it only reads as pointers to non-const.
void* writable(std::string_view bytes) { return const_cast<char*>(bytes.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
int size_of(std::string_view bytes) { return static_cast<int>(bytes.size()); }

enum class Direction { kOpen = 0, kSeal = 1 };

/// The cipher is looked up once: a look-up takes longer than to open a value.
const EVP_CIPHER* cipher() {
  static const std::unique_ptr<EVP_CIPHER, Free<::EVP_CIPHER_free>> fetched(
      ::EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
  ENSURE(fetched);
  return fetched.get();
}

EVP_CIPHER_CTX* keyed_context(Direction direction, const base::Secret& key) {
  EVP_CIPHER_CTX* context = ::EVP_CIPHER_CTX_new();
  ENSURE(context != nullptr && ::EVP_CipherInit_ex2(context, cipher(), base::as_bytes(key.reveal()).data(), nullptr,
                                                    static_cast<int>(direction), nullptr) == 1);
  return context;
}

/// GCM gives as many bytes as it takes.
void transform(EVP_CIPHER_CTX* context, std::string_view input, unsigned char* output) {
  int length = 0;
  ENSURE(::EVP_CipherUpdate(context, output, &length, base::as_bytes(input).data(), size_of(input)) == 1);
  ENSURE(length == size_of(input));
}

void append_field(std::string& joined, std::string_view field) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.begin(), digits.end(), field.size()).ptr;
  joined.append(digits.begin(), end).append(":").append(field).append(",");
}

Cell secrets_cell(const audit::TokenId& token) { return {"tokens", base::as_view(token.bytes()), "sealed"}; }

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
  for (const auto field : fields) append_field(joined, field);
  return joined;
}

base::Result<Seal> Seal::from_master(const base::Secret& master) {
  auto decoded = base::from_base64(base::trim(master.reveal()));
  const base::Secret bytes(decoded ? std::move(decoded).value() : std::string());
  if (bytes.reveal().size() != kKeySize)
    return base::Failure{std::string("the key must be base64 of 32 bytes, as adsauditd key init writes it")};
  const auto subkey = [&](std::string_view purpose) { return hkdf_sha256(bytes.reveal(), kScheme, purpose, kKeySize); };
  const auto id_hash = base::sha256(subkey("key id").reveal());
  return Seal(subkey("seal"), std::string(base::as_view(id_hash).substr(0, kKeyIdSize)));
}

Seal::Seal(base::Secret sealing_key, std::string key_id)
    : sealing_key_(std::move(sealing_key)),
      key_id_(std::move(key_id)),
      sealing_(keyed_context(Direction::kSeal, sealing_key_)),
      opening_(keyed_context(Direction::kOpen, sealing_key_)) {}

void Seal::FreeContext::operator()(evp_cipher_ctx_st* context) const { ::EVP_CIPHER_CTX_free(context); }

Seal Seal::clone() const {
  Seal copy(sealing_key_.clone(), key_id_);
  if (older_) copy.also_open_with(older_->clone());
  return copy;
}

void Seal::also_open_with(Seal older) { older_ = std::make_unique<Seal>(std::move(older)); }

bool Seal::has(std::string_view key_id) const {
  return key_id == this->key_id() || (older_ && key_id == older_->key_id());
}

std::string Seal::key_id() const { return base::to_hex(key_id_); }

void Seal::start(evp_cipher_ctx_st* context, std::string_view nonce, const Cell& cell) const {
  ENSURE(nonce.size() == kNonceSize);
  ENSURE(::EVP_CipherInit_ex2(context, nullptr, nullptr, base::as_bytes(nonce).data(), -1, nullptr) == 1);
  std::string additional_data;
  additional_data.reserve(96);
  for (const auto field : {kScheme, cell.table, cell.row, cell.column, std::string_view(key_id_)})
    append_field(additional_data, field);
  int length = 0;
  ENSURE(::EVP_CipherUpdate(context, nullptr, &length, base::as_bytes(additional_data).data(),
                            size_of(additional_data)) == 1);
}

std::string Seal::seal(std::string_view plain, const Cell& cell, base::Random& random) const {
  std::string sealed(kOverhead + plain.size(), '\0');
  sealed.replace(0, kKeyIdSize, key_id_);
  auto* const nonce = bytes_of(sealed) + kKeyIdSize;
  random.fill({nonce, kNonceSize});
  start(sealing_.get(), base::as_view({nonce, kNonceSize}), cell);
  transform(sealing_.get(), plain, nonce + kNonceSize);
  auto* const tag = nonce + kNonceSize + plain.size();
  int length = 0;
  ENSURE(::EVP_CipherFinal_ex(sealing_.get(), tag, &length) == 1 && length == 0);
  ENSURE(::EVP_CIPHER_CTX_ctrl(sealing_.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize, tag) == 1);
  return sealed;
}

base::Result<base::Secret> Seal::open(std::string_view sealed, const Cell& cell) const {
  if (sealed.size() < kOverhead) return base::Failure{"it is too short"};
  const auto key_id = sealed.substr(0, kKeyIdSize);
  if (older_ && key_id == older_->key_id_) return older_->open(sealed, cell);
  if (key_id != key_id_)
    return base::Failure{fmt::format("it is sealed with another key (id {}, this key is {})", base::to_hex(key_id),
                                     base::to_hex(key_id_))};
  const auto nonce = sealed.substr(kKeyIdSize, kNonceSize);
  const auto ciphertext = sealed.substr(kKeyIdSize + kNonceSize, sealed.size() - kOverhead);
  const auto tag = sealed.substr(sealed.size() - kTagSize);

  start(opening_.get(), nonce, cell);
  std::string text(ciphertext.size(), '\0');
  transform(opening_.get(), ciphertext, bytes_of(text));
  base::Secret plain(std::move(text));  // wiped also when the tag does not fit
  ENSURE(::EVP_CIPHER_CTX_ctrl(opening_.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, writable(tag)) == 1);
  unsigned char none = 0;
  int length = 0;
  if (::EVP_CipherFinal_ex(opening_.get(), &none, &length) != 1)
    return base::Failure{"it was altered, or belongs elsewhere"};
  return plain;
}

std::string seal_secrets(const Seal& seal, const xads::AccessToken& secrets, const audit::TokenId& token,
                         base::Random& random) {
  return seal.seal(pack_secrets(secrets).reveal(), secrets_cell(token), random);
}

base::Result<xads::AccessToken> open_secrets(const Seal& seal, std::string_view sealed, const audit::TokenId& token) {
  const auto opened = seal.open(sealed, secrets_cell(token));
  if (!opened) return base::Failure{opened.error()};
  return unpack_secrets(opened.value().reveal());
}

bool same_secrets(const xads::AccessToken& left, const xads::AccessToken& right) {
  return base::equal_in_constant_time(left.token.reveal(), right.token.reveal()) &&
         base::equal_in_constant_time(left.secret.reveal(), right.secret.reveal());
}

}  // namespace store
