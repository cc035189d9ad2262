#include <algorithm>
#include <string>

#include "base/json.h"
#include "fuzz/targets.h"
#include "xads/classify.h"
#include "xads/rate_limit.h"
#include "xads/sign_in.h"

namespace fuzz {
namespace {

int depth_of(const rapidjson::Value& value) {
  int deepest = 0;
  if (value.IsObject()) {
    for (const auto& member : value.GetObject()) deepest = std::max(deepest, depth_of(member.value));
    return deepest + 1;
  }
  if (value.IsArray()) {
    for (const auto& item : value.GetArray()) deepest = std::max(deepest, depth_of(item));
    return deepest + 1;
  }
  return 0;
}

std::string written(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  ENSURE(value.Accept(writer));
  return base::take_text(buffer);
}

}  // namespace

void json(std::string_view bytes) {
  static base::JsonReader reader;
  const auto document = base::parse_json(bytes);
  const auto again = reader.read(bytes);
  ENSURE(static_cast<bool>(document) == static_cast<bool>(again));
  if (!document) {
    ENSURE(!document.error().empty());
    return;
  }
  ENSURE(depth_of(document.value()) <= base::kJsonMaxDepth);
  const auto text = written(document.value());
  ENSURE(text == written(*again.value()));
  ENSURE(base::parse_json(text));  // what we read we can write
  base::indented_json(text);
}

/// Status, the names and values of headers, then the body.
void classify(std::string_view bytes) {
  Pieces pieces(bytes);
  http::Response response;
  response.status = static_cast<int>(pieces.byte() << 8 | pieces.byte()) % 1000;
  for (unsigned header = pieces.byte() % 8; header > 0; --header) {
    const auto name = pieces.text();
    response.headers.append(name, pieces.text());
  }
  response.body = pieces.rest();
  const xads::HeededHeaders heeded(response.headers);
  xads::rate_limits_of(heeded);
  if (const auto pause = xads::retry_after_of(heeded)) ENSURE(*pause >= base::Duration(0));
  xads::throttle_end_of(heeded);
  xads::server_date_of(heeded);
  const http::Reply reply(std::move(response));
  const auto observation = xads::classify(reply, "18ce54d4x5t");
  if (std::holds_alternative<xads::Granted>(observation.answer)) ENSURE(reply.value().status == 200);
  xads::classify_accounts(reply);
  xads::classify_identity(reply);
}

/// Only who knows both the state and the request token is heard, whatever else the query says.
void call_back(std::string_view bytes) {
  const xads::ExpectedCallBack expected{"/callback", "s3cr3t-state", "request-token"};
  const auto is_foreign = [](const xads::CallBack& call) { return std::holds_alternative<xads::ForeignCall>(call); };
  const auto call = xads::read_call_back(bytes, expected);
  if (const auto* foreign = std::get_if<xads::ForeignCall>(&call)) ENSURE(!foreign->why.empty());
  if (is_foreign(call)) return;
  ENSURE(bytes.starts_with(expected.path));
  if (const auto* verifier = std::get_if<xads::Verifier>(&call)) ENSURE(!verifier->text.empty());
  ENSURE(is_foreign(xads::read_call_back(bytes, {expected.path, "another-state", expected.request_token})));
  ENSURE(is_foreign(xads::read_call_back(bytes, {"/elsewhere", expected.state, expected.request_token})));
}

}  // namespace fuzz
