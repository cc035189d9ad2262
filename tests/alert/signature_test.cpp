#include "alert/signature.h"

#include <doctest/doctest.h>

#include "base/digest.h"
#include "base/encoding.h"

using alert::webhook_signature;

namespace {

// The reference vector of the Standard Webhooks and Svix test suites.
constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr long long kTimestamp = 1614265330;
constexpr const char* kBody = R"({"test": 2432232314})";
constexpr const char* kSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

}  // namespace

TEST_CASE("signature: the reference vector of Standard Webhooks comes out") {
  CHECK(webhook_signature(base::Secret(kSecret), kId, kTimestamp, kBody) == kSignature);
}

TEST_CASE("signature: the specification's sample body, signed with a secret of ours, comes out as openssl signs it") {
  CHECK(
      webhook_signature(
          base::Secret("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"), "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", 1674087231,
          R"({"type":"contact.created","timestamp":"2022-11-03T20:26:10.344522Z","data":{"id":"1f81eb52-5198-4599-803e-771906343485"}})") ==
      "v1,Inw/unYkpAh6Njpdz4O+hnN82xYMXQ6NjnZIQN/mzIQ=");
}

TEST_CASE("signature: one changed byte of the body gives another one") {
  CHECK(webhook_signature(base::Secret(kSecret), kId, kTimestamp, R"({"test": 2432232315})") != kSignature);
}

TEST_CASE("signature: another timestamp gives another one") {
  CHECK(webhook_signature(base::Secret(kSecret), kId, kTimestamp + 1, kBody) != kSignature);
}

TEST_CASE("signature: another id gives another one") {
  CHECK(webhook_signature(base::Secret(kSecret), "msg_p5jXN8AQM9LWM0D4loKWxJel", kTimestamp, kBody) != kSignature);
}

TEST_CASE("signature: the key is the decoded secret, not its text") {
  const auto with_text_as_key = base::hmac_sha256("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                                                  "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}");
  CHECK("v1," + base::to_base64(base::as_view(with_text_as_key)) != kSignature);
  CHECK(webhook_signature(base::Secret(kSecret), kId, kTimestamp, kBody) !=
        "v1," + base::to_base64(base::as_view(with_text_as_key)));
}

TEST_CASE("signature: starts with its version, and is no signature without it") {
  const std::string signature = webhook_signature(base::Secret(kSecret), kId, kTimestamp, kBody);
  CHECK(signature.starts_with("v1,"));
  CHECK(signature.substr(3) != kSignature);
}

TEST_CASE("signature: with two secrets a request carries both signatures, the newer one first") {
  alert::Destination destination;
  destination.secret = base::Secret("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
  http::Request request;
  request.body = kBody;
  const alert::AlertId id;
  const auto signature_with = [&](const char* secret) {
    return webhook_signature(base::Secret(secret), id.text(), kTimestamp, kBody);
  };
  alert::sign(request, destination, id, base::from_epoch_seconds(kTimestamp));
  CHECK(request.headers.back().value == signature_with("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"));
  destination.previous_secret = base::Secret(kSecret);
  alert::sign(request, destination, id, base::from_epoch_seconds(kTimestamp));
  CHECK(request.headers.back().name == "webhook-signature");
  CHECK(request.headers.back().value ==
        signature_with("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD") + " " + signature_with(kSecret));
}

TEST_CASE("signature: an older secret must be as good as the new one") {
  alert::Destination destination;
  destination.secret = base::Secret(kSecret);
  CHECK_FALSE(alert::complaint_about_signing(destination));
  destination.previous_secret = base::Secret("topsecret");
  CHECK(alert::complaint_about_signing(destination) == "secret: it must start with whsec_");
}
