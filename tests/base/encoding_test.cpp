#include "base/encoding.h"

#include <doctest/doctest.h>

namespace base {

TEST_CASE("encoding: base64 of RFC 4648 goes there and back") {
  CHECK(to_base64("") == "");
  CHECK(to_base64("f") == "Zg==");
  CHECK(to_base64("fo") == "Zm8=");
  CHECK(to_base64("foo") == "Zm9v");
  CHECK(to_base64("foobar") == "Zm9vYmFy");
  CHECK(from_base64("").value() == "");
  CHECK(from_base64("Zg==").value() == "f");
  CHECK(from_base64("Zm8=").value() == "fo");
  CHECK(from_base64("Zm9vYmFy").value() == "foobar");
}

TEST_CASE("encoding: base64 carries every byte") {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  CHECK(from_base64(to_base64(bytes)).value() == bytes);
}

TEST_CASE("encoding: base64 that is not exactly as we would write it is refused") {
  for (const std::string text : {"Zg", "Zg=", "Zg==\n", " Zg==", "Zg= =", "Z===", "====", "=Zg=", "Zg==Zg==", "Zh==",
                                 "Zm9=", "Zm9-", "Zm9_", "Zm9\xC3\xA9", "Z-==", "A\x01==", "----"})
    CHECK_FALSE_MESSAGE(from_base64(text).ok(), text);
  CHECK_FALSE(from_base64(std::string_view("Zm9\0", 4)).ok());
}

TEST_CASE("encoding: hex is lower case with two digits a byte") {
  CHECK(to_hex(std::string_view("\0\x0F\xA0\xFF", 4)) == "000fa0ff");
  CHECK(to_hex("") == "");
}

}  // namespace base
