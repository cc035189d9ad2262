#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

struct FreeCertificate {
  void operator()(X509* certificate) const { ::X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
};

/// A certificate with its key, made when the tests run, so that none can expire in the repository.
struct Certificate {
  std::unique_ptr<EVP_PKEY, FreeCertificate> key;
  std::unique_ptr<X509, FreeCertificate> x509;
};

struct CertificateWish {
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";  ///< subjectAltName
  long starts_in = -3600;                                   ///< seconds from now
  long ends_in = 3600;                                      ///< seconds from now
  bool authority = false;
  std::string usage = "serverAuth";
  const EVP_MD* digest = ::EVP_sha256();
};

/// Signed by `issuer`, or by itself when that is null.
Certificate make_certificate(const CertificateWish& wish, const Certificate* issuer);

/// The certificate as a PEM file that lives as long as this object.
class PemFile {
 public:
  explicit PemFile(const Certificate& certificate);
  PemFile(const PemFile&) = delete;
  PemFile& operator=(const PemFile&) = delete;
  ~PemFile();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// What most tests need, made once: an authority, its file, and a good certificate for loopback.
struct TestAuthority {
  Certificate authority = make_certificate({.names = "DNS:test authority", .authority = true, .usage = ""}, nullptr);
  Certificate good = make_certificate({}, &authority);
  PemFile file{authority};
};
const TestAuthority& test_authority();
