#include "base/digest.h"

#include <doctest/doctest.h>

#include <string>

#include "base/encoding.h"

namespace base {

TEST_CASE("digest: SHA-256 of the NIST examples") {
  CHECK(to_hex(as_view(sha256("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(as_view(sha256(""))) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256({}) == sha256(""));
}

TEST_CASE("digest: HMAC-SHA-256 of RFC 4231, with short and long keys") {
  CHECK(to_hex(as_view(hmac_sha256(std::string(20, '\x0b'), "Hi There"))) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(to_hex(as_view(hmac_sha256("Jefe", "what do ya want for nothing?"))) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(to_hex(
            as_view(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"))) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("digest: HMAC-SHA-1 of RFC 2202") {
  CHECK(to_hex(as_view(hmac_sha1(std::string(20, '\x0b'), "Hi There"))) == "b617318655057264e28bc0b6fb378c8ef146be00");
  CHECK(to_hex(as_view(hmac_sha1("Jefe", "what do ya want for nothing?"))) ==
        "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

TEST_CASE("digest: a key of one block is used as it is, a longer one is hashed first") {
  const std::string block(64, 'k');
  const std::string longer(65, 'k');
  CHECK(hmac_sha256(longer, "text") == hmac_sha256(as_view(sha256(longer)), "text"));
  CHECK(hmac_sha256(block, "text") != hmac_sha256(as_view(sha256(block)), "text"));
  CHECK(to_hex(as_view(hmac_sha1(std::string(80, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"))) ==
        "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

TEST_CASE("digest: one key leaves no trace in the next signature") {
  const auto first = hmac_sha256("Jefe", "what do ya want for nothing?");
  hmac_sha256(std::string(131, 'x'), "other");
  hmac_sha256({}, "other");
  CHECK(hmac_sha256("Jefe", "what do ya want for nothing?") == first);
  CHECK(hmac_sha256({}, "other") != hmac_sha256("Jefe", "other"));
}

TEST_CASE("digest: an empty key and an empty message are fine") {
  CHECK(to_hex(as_view(hmac_sha256({}, {}))) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  CHECK(to_hex(as_view(hmac_sha1("", ""))) == "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
}

TEST_CASE("digest: constant-time comparison tells equal from different") {
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK(equal_in_constant_time("", {}));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("abc", "ab"));
  CHECK_FALSE(equal_in_constant_time(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

}  // namespace base
