#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

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
/// tag. The additional data are "adsauditd/v1", the cell and the key's id. A sealed value is key id (16
/// hexadecimal digits), nonce, ciphertext, tag. Each purpose has a subkey of its own, derived from the master key with
/// HKDF.
class Seal {
 public:
  /// `master` is base64 of 32 bytes. Error: what is wrong, without the key.
  static base::Result<Seal> from_master(const base::Secret& master);

  std::string seal(std::string_view plain, const Cell& cell, base::Random& random) const;
  /// Error: why it does not open. Nothing of a value that does not fit its tag is given.
  base::Result<base::Secret> open(std::string_view sealed, const Cell& cell) const;

  /// Tells keys apart, 16 hexadecimal digits; says nothing about the key.
  const std::string& key_id() const { return key_id_; }
  /// The same secrets give the same bytes under the same key; without the key they say nothing.
  std::string fingerprint(const std::vector<std::string_view>& secrets) const;

 private:
  Seal(base::Secret sealing_key, base::Secret fingerprint_key, std::string key_id);
  std::string additional_data(const Cell& cell) const;

  base::Secret sealing_key_;
  base::Secret fingerprint_key_;
  std::string key_id_;
};

}  // namespace store
