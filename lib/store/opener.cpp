#include "store/opener.h"

#include <fmt/format.h>

#include <utility>

namespace store {
namespace {

/// Has a key of its own, so that it needs neither the store nor its thread.
class SealOpener final : public Opener {
 public:
  SealOpener(Seal seal, std::string path) : seal_(std::move(seal)), path_(std::move(path)) {}

  xads::AccessToken open(const audit::TokenId& token, std::string_view name, std::string_view sealed) const override {
    auto secrets = open_secrets(seal_, sealed, token);
    if (!secrets)
      throw UnusableStore(
          fmt::format("{}: the secrets of token {} cannot be opened: {}; give the key that sealed them, or add the "
                      "token again",
                      path_, name, secrets.error()));
    return std::move(secrets).value();
  }

  bool same(const audit::TokenId& token, std::string_view left, std::string_view right) const override {
    if (left == right) return true;
    const auto one = open_secrets(seal_, left, token);
    const auto other = open_secrets(seal_, right, token);
    return one && other && same_secrets(one.value(), other.value());
  }

 private:
  Seal seal_;
  std::string path_;
};

}  // namespace

std::shared_ptr<const Opener> make_opener(Seal seal, std::string path) {
  return std::make_shared<const SealOpener>(std::move(seal), std::move(path));
}

}  // namespace store
