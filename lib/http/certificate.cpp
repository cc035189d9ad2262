#include "http/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <memory>

#include "http/tls_context.h"

namespace http {
namespace {

struct Free {
  void operator()(X509* certificate) const { ::X509_free(certificate); }
  void operator()(BIO* file) const { ::BIO_free(file); }
};

}  // namespace

std::optional<base::Instant> end_of(const X509& certificate) {
  std::tm parts{};
  if (::ASN1_TIME_to_tm(::X509_get0_notAfter(&certificate), &parts) != 1) return std::nullopt;
  return base::from_epoch_seconds(::timegm(&parts));
}

base::Result<std::vector<base::Instant>> read_certificate_ends(const std::string& path) {
  ::ERR_clear_error();
  const std::unique_ptr<BIO, Free> file(::BIO_new_file(path.c_str(), "r"));
  if (!file) return base::Failure{"it cannot be read: " + take_openssl_error()};
  std::vector<base::Instant> ends;
  for (;;) {
    const std::unique_ptr<X509, Free> certificate(::PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
    if (!certificate) break;
    if (const auto end = end_of(*certificate)) ends.push_back(*end);
  }
  ::ERR_clear_error();  // the end of the file is an error to OpenSSL
  if (ends.empty()) return base::Failure{std::string("there is no certificate in it")};
  return ends;
}

}  // namespace http
