#include "http/certificates.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/ensure.h"

namespace {

long next_serial() {
  static long serial = 0;
  return ++serial;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = ::X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  ENSURE(extension != nullptr);
  ENSURE(::X509_add_ext(certificate, extension, -1) == 1);
  ::X509_EXTENSION_free(extension);
}

}  // namespace

Certificate make_certificate(const CertificateWish& wish, const Certificate* issuer) {
  Certificate made;
  made.key.reset(::EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  made.x509.reset(::X509_new());
  ENSURE(made.key && made.x509);
  X509* x509 = made.x509.get();
  const Certificate& signer = issuer != nullptr ? *issuer : made;

  ::X509_set_version(x509, X509_VERSION_3);
  const long serial = next_serial();
  ::ASN1_INTEGER_set(::X509_get_serialNumber(x509), serial);
  ::X509_gmtime_adj(::X509_getm_notBefore(x509), wish.starts_in);
  ::X509_gmtime_adj(::X509_getm_notAfter(x509), wish.ends_in);
  ::X509_set_pubkey(x509, made.key.get());
  const std::string name = "test certificate " + std::to_string(serial);
  ::X509_NAME_add_entry_by_txt(::X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  ::X509_set_issuer_name(x509, ::X509_get_subject_name(signer.x509.get()));
  add_extension(x509, signer.x509.get(), NID_basic_constraints, wish.authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (!wish.names.empty() && !wish.authority) add_extension(x509, signer.x509.get(), NID_subject_alt_name, wish.names);
  if (!wish.usage.empty()) add_extension(x509, signer.x509.get(), NID_ext_key_usage, wish.usage);
  ENSURE(::X509_sign(x509, signer.key.get(), wish.digest) > 0);
  return made;
}

PemFile::PemFile(const Certificate& certificate) : path_("/tmp/adsauditd-test-XXXXXX") {
  const int descriptor = ::mkstemp(path_.data());
  ENSURE(descriptor >= 0);
  std::FILE* file = ::fdopen(descriptor, "w");
  ENSURE(file != nullptr);
  ENSURE(::PEM_write_X509(file, certificate.x509.get()) == 1);
  ENSURE(std::fclose(file) == 0);
}

PemFile::~PemFile() { ::unlink(path_.c_str()); }

const TestAuthority& test_authority() {
  static const TestAuthority authority;
  return authority;
}
