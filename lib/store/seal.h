#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "audit/probe.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "xads/credentials.h"

struct evp_cipher_ctx_st;  // OpenSSL's EVP_CIPHER_CTX

namespace store {

/// HKDF with SHA-256 (RFC 5869).
base::Secret hkdf_sha256(std::string_view key, std::string_view salt, std::string_view purpose, std::size_t size);

/// Fields one after another, each as "<size>:<bytes>,": no two lists of fields give the same text.
std::string join_fields(const std::vector<std::string_view>& fields);

/// The cell that a sealed value belongs to: moved to another one, it does not open.
struct Cell {
  std::string_view table;
  std::string_view row;
  std::string_view column;
};

/// Seals secrets for the disk: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce for each value and a 128-bit
/// tag. The additional data are "adsauditd/v1", the cell and the key's id. A sealed value is key id (8 bytes), nonce,
/// ciphertext, tag. Each purpose has a subkey of its own, derived from the master key with HKDF.
/// Keeps OpenSSL's contexts between calls: one thread at a time, also for const calls.
class Seal {
 public:
  /// `master` is base64 of 32 bytes. Error: what is wrong, without the key.
  static base::Result<Seal> from_master(const base::Secret& master);
  /// For another thread.
  Seal clone() const;

  /// From now on open() takes what `older` has sealed, too: the key before this one, until all is sealed anew.
  void also_open_with(Seal older);
  /// The key before this one, or nothing.
  const Seal* older() const { return older_.get(); }
  /// Opens what the key of this id has sealed.
  bool has(std::string_view key_id) const;

  std::string seal(std::string_view plain, const Cell& cell, base::Random& random) const;
  /// Error: why it does not open. Nothing of a value that does not fit its tag is given.
  base::Result<base::Secret> open(std::string_view sealed, const Cell& cell) const;

  /// Tells keys apart, 16 hexadecimal digits; says nothing about the key.
  std::string key_id() const;
  /// The same as the 8 bytes that each sealed value begins with.
  const std::string& key_id_bytes() const { return key_id_; }

 private:
  struct FreeContext {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  using Context = std::unique_ptr<evp_cipher_ctx_st, FreeContext>;

  Seal(base::Secret sealing_key, std::string key_id);
  /// Takes the nonce and the additional data.
  void start(evp_cipher_ctx_st* context, std::string_view nonce, const Cell& cell) const;

  base::Secret sealing_key_;
  std::string key_id_;  ///< its bytes
  Context sealing_;     ///< both hold the key, ready for the next nonce
  Context opening_;
  std::unique_ptr<Seal> older_;
};

/// Both secrets of a token in one sealed value.
std::string seal_secrets(const Seal& seal, const xads::AccessToken& secrets, const audit::TokenId& token,
                         base::Random& random);
base::Result<xads::AccessToken> open_secrets(const Seal& seal, std::string_view sealed, const audit::TokenId& token);
/// Compares in constant time.
bool same_secrets(const xads::AccessToken& left, const xads::AccessToken& right);

}  // namespace store
