#include "xads/classify.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/ensure.h"
#include "base/json.h"
#include "base/overloaded.h"
#include "base/text.h"
#include "xads/error_codes.h"
#include "xads/rate_limit.h"

namespace xads {
namespace {

using rapidjson::Value;

// Bounds on what is kept of a stranger's answer. X stays far below all of them.
constexpr std::size_t kMaxBody = std::size_t{1024} * 1024;  // bytes; the transport keeps it too
constexpr std::size_t kMaxCode = 64;                        // bytes of a code in the evidence
constexpr std::size_t kMaxWarning = 200;                    // bytes of x-api-warn
constexpr std::size_t kMaxVersion = 16;                     // bytes of x-current-api-version
constexpr std::size_t kMaxUserId = 32;                      // digits; 64-bit ids have up to 20
constexpr std::size_t kMaxAccountId = 64;                   // characters; base 36 ids have about 11
constexpr std::size_t kMaxPermissions = 100;                // entries; X knows seven
constexpr std::size_t kMaxPermission = 100;                 // bytes
constexpr std::size_t kMaxCursor = 2000;                    // bytes; it has to fit into a URL

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter_or_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_user_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxUserId && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_account_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxAccountId && std::all_of(text.begin(), text.end(), is_letter_or_digit);
}

/// The list has grown over the years, so any name will do. Numbers are strings here (base::parse_json), but no name
/// starts as a number does.
bool is_permission_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxPermission && !is_digit(text.front()) && text.front() != '-' &&
         base::clean_text(text) == text;
}

/// nullptr when it is no JSON. The value lives until the next call on this thread: only the memory is kept, because
/// asking for it anew takes as long as parsing.
const Value* parse_body(const http::Response& response) {
  thread_local base::JsonReader reader;
  if (response.body.size() > kMaxBody) return nullptr;
  const auto value = reader.read(response.body);
  return value ? value.value() : nullptr;
}

/// {"errors":[{"code":...,"message":...}]}, from the Ads service (words) and the gateway (numbers). Of several errors
/// the first one speaks. Views into the document.
struct Refusal {
  std::string_view code;
  std::string_view message;
};
std::optional<Refusal> read_refusal(const Value& body) {
  const Value* errors = base::find_member(body, "errors");
  if (errors == nullptr || !errors->IsArray() || errors->Empty()) return std::nullopt;
  const std::string_view code = base::text_of(base::find_member((*errors)[0], "code"));
  if (code.empty()) return std::nullopt;
  return Refusal{code, base::text_of(base::find_member((*errors)[0], "message"))};
}

/// A success that carries errors too is neither.
bool carries_errors(const Value& body) {
  const Value* errors = base::find_member(body, "errors");
  return errors != nullptr && !errors->IsNull() && !(errors->IsArray() && errors->Empty());
}

/// X repeats in request.params what it understood. Older answers and those before authentication have no echo.
bool echoes_another_account(const Value& body, std::string_view account_id) {
  const Value* node = &body;
  for (const char* name : {"request", "params", "account_id"}) {
    if (!node->IsObject()) return true;
    node = base::find_member(*node, name);
    if (node == nullptr) return false;
  }
  return base::text_of(node) != account_id;
}

Evidence evidence_of(const http::Response& response, const Value* body) {
  Evidence evidence{response.status, {}};
  const auto refusal = body != nullptr ? read_refusal(*body) : std::nullopt;
  if (refusal) evidence.code = base::cut_at_code_point(base::clean_text(refusal->code), kMaxCode);
  return evidence;
}

/// Nobody of X said this.
Answer not_the_apis(std::string why) { return Unavailable{std::move(why), std::nullopt, Trouble::kMiddlebox}; }

Trouble trouble_of(http::Stage stage) {
  switch (stage) {
    case http::Stage::kResolve:
      return Trouble::kNameResolution;
    case http::Stage::kHandshake:
      return Trouble::kTls;
    case http::Stage::kMalformed:
      return Trouble::kMiddlebox;
    case http::Stage::kRefused:
    case http::Stage::kConnect:
    case http::Stage::kWrite:
    case http::Stage::kRead:
    case http::Stage::kDeadline:
      return Trouble::kNetwork;
  }
  base::broken_promise("a stage is one of its enumerators", __FILE__, __LINE__);
}

Answer nothing_came(const http::TransportError& error) {
  return Unavailable{std::string(http::to_text(error.stage)), std::nullopt, trouble_of(error.stage)};
}

/// X is ill, or busy with something else: the code of such an answer is not heard.
bool tells_of_server_trouble(int status) { return status == 408 || status == 423 || status >= 500; }

/// Everything but 200. `account_id` is nullptr when no account was asked for.
Answer read_failure(int status, const HeededHeaders& headers, const Value* body, const std::string_view* account_id,
                    const CodeTable& codes) {
  const std::string why = fmt::format("http {}", status);
  if (status == 429) return Throttled{throttle_end_of(headers)};
  const auto server_trouble = [&] { return Unavailable{why, retry_after_of(headers), Trouble::kServer}; };
  if (tells_of_server_trouble(status)) return server_trouble();
  if (status < 400) return not_the_apis(why);
  if (body == nullptr) return not_the_apis(why + ", not json");
  const auto refusal = read_refusal(*body);
  if (!refusal) return not_the_apis(why + ", not the API's shape");
  if (account_id != nullptr && echoes_another_account(*body, *account_id))
    return not_the_apis(why + ", about another account");
  return std::visit(base::Overloaded{[](Denial denial) -> Answer { return Denied{denial}; },
                                     [&](SlowDown) -> Answer { return Throttled{throttle_end_of(headers)}; },
                                     [&](ServerTrouble) -> Answer { return server_trouble(); }},
                    codes.meaning_of(refusal->code, status, refusal->message));
}

/// Missing is not empty: nullopt when there is no list of names.
std::optional<Permissions> read_permissions(const Value* list) {
  if (list == nullptr || !list->IsArray() || list->Size() > kMaxPermissions) return std::nullopt;
  Permissions permissions;
  for (const Value& entry : list->GetArray()) {
    const std::string_view text = base::text_of(&entry);
    if (!permission_from_text(text) && !is_permission_name(text)) return std::nullopt;
    permissions.add(text);
  }
  return permissions;
}

Answer read_access(const Value* body, std::string_view account_id) {
  if (body == nullptr) return not_the_apis("not json");
  const Value* data = base::find_member(*body, "data");
  if (data == nullptr || carries_errors(*body)) return not_the_apis("not the API's shape");
  const std::string_view user_id = base::text_of(base::find_member(*data, "user_id"));
  if (!is_user_id(user_id)) return not_the_apis("no user_id");
  auto permissions = read_permissions(base::find_member(*data, "permissions"));
  if (!permissions) return not_the_apis("no permissions");
  if (echoes_another_account(*body, account_id)) return not_the_apis("about another account");
  return Granted{std::string(user_id), *std::move(permissions)};
}

std::optional<AdAccount> read_account(const Value& record) {
  const std::string_view id = base::text_of(base::find_member(record, "id"));
  const Value* deleted = base::find_member(record, "deleted");
  if (!is_account_id(id) || (deleted != nullptr && !deleted->IsBool())) return std::nullopt;
  return AdAccount{std::string(id), std::string(base::text_of(base::find_member(record, "name"))),
                   std::string(base::text_of(base::find_member(record, "approval_status"))),
                   deleted != nullptr && deleted->GetBool()};
}

/// X documents a list, and warns that a list of one may come as the object itself
/// (https://docs.x.com/x-ads-api/fundamentals/error-codes-and-responses).
std::optional<std::vector<AdAccount>> read_accounts(const Value* data) {
  if (data == nullptr || !(data->IsArray() || data->IsObject())) return std::nullopt;
  const bool list = data->IsArray();
  std::vector<AdAccount> accounts;
  for (rapidjson::SizeType i = 0; i < (list ? data->Size() : 1); ++i) {
    auto account = read_account(list ? (*data)[i] : *data);
    if (!account) return std::nullopt;
    accounts.push_back(*std::move(account));
  }
  return accounts;
}

std::optional<AccountsPage> read_page(const Value& body) {
  auto accounts = read_accounts(base::find_member(body, "data"));
  const Value* cursor = base::find_member(body, "next_cursor");
  const bool has_cursor = cursor != nullptr && !cursor->IsNull();
  if (!accounts || carries_errors(body)) return std::nullopt;
  if (has_cursor && (!cursor->IsString() || cursor->GetStringLength() > kMaxCursor)) return std::nullopt;
  return AccountsPage{*std::move(accounts), std::string(base::text_of(cursor))};
}

std::string warning_of(const HeededHeaders& headers) {
  if (!headers.api_warning) return {};
  return std::string(base::cut_at_code_point(base::clean_text(*headers.api_warning), kMaxWarning));
}

std::string current_version_of(const HeededHeaders& headers) {
  if (!headers.current_version) return {};
  const std::string_view text = base::trim(*headers.current_version);
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
  return plain && text.size() <= kMaxVersion ? std::string(text) : std::string();
}

/// What a refusal of the identity host says. A 401 tells of a signature that X did not accept, a 403 of one that it
/// did: a suspended or locked owner is refused with a 403, and the token lives.
IdentityAnswer identity_from(Denial denial, int status) {
  switch (denial) {
    case Denial::kTokenInvalid:
      return IdentityAnswer::kTokenInvalid;
    case Denial::kUnauthenticated:
      return status == 401 ? IdentityAnswer::kUnauthenticated : IdentityAnswer::kNoStatement;
    case Denial::kUserSuspended:
    case Denial::kUserLocked:
      return status == 403 ? IdentityAnswer::kAlive : IdentityAnswer::kNoStatement;
    case Denial::kAppRejected:
      return IdentityAnswer::kAppRejected;
    case Denial::kClockSkewed:
      return IdentityAnswer::kClockSkewed;
    case Denial::kAccountNotFound:
    case Denial::kReauthorizationRequired:
    case Denial::kVersionRetired:
    case Denial::kRequestRefused:
    case Denial::kUnknown:
      return IdentityAnswer::kNoStatement;
  }
  base::broken_promise("a denial is one of its enumerators", __FILE__, __LINE__);
}

/// The problem details of the /2/ endpoints (https://docs.x.com/x-api/fundamentals/response-codes-and-errors) have no
/// code.
bool tells_of_a_suspended_user(const Value& body) {
  return base::text_of(base::find_member(body, "type")).ends_with("/problems/user-suspended");
}

}  // namespace

Observation classify(const http::Reply& reply, std::string_view account_id, const CodeTable& codes) {
  Observation seen;
  if (!reply) {
    seen.answer = nothing_came(reply.error());
    return seen;
  }
  const http::Response& response = reply.value();
  const HeededHeaders headers(response.headers);
  const Value* body = parse_body(response);
  seen.answer = response.status == 200 ? read_access(body, account_id)
                                       : read_failure(response.status, headers, body, &account_id, codes);
  seen.evidence = evidence_of(response, body);
  seen.limits = rate_limits_of(headers);
  seen.server_date = server_date_of(headers);
  seen.api_warning = warning_of(headers);
  seen.current_version = current_version_of(headers);
  return seen;
}

AccountsObservation classify_accounts(const http::Reply& reply, const CodeTable& codes) {
  AccountsObservation seen;
  if (!reply) {
    seen.answer = nothing_came(reply.error());
    return seen;
  }
  const http::Response& response = reply.value();
  const HeededHeaders headers(response.headers);
  const Value* body = parse_body(response);
  seen.evidence = evidence_of(response, body);
  seen.limits = rate_limits_of(headers);
  seen.server_date = server_date_of(headers);
  if (response.status != 200) {
    seen.answer = read_failure(response.status, headers, body, nullptr, codes);
    // No account was asked for, so none can be missing.
    if (seen.answer == Answer{Denied{Denial::kAccountNotFound}}) seen.answer = Denied{Denial::kUnknown};
    return seen;
  }
  if (body != nullptr) seen.page = read_page(*body);
  if (!seen.page) seen.answer = not_the_apis(body != nullptr ? "not the API's shape" : "not json");
  return seen;
}

IdentityAnswer classify_identity(const http::Reply& reply, const CodeTable& codes) {
  if (!reply) return IdentityAnswer::kNoStatement;
  const int status = reply.value().status;
  const Value* body = parse_body(reply.value());
  if (body == nullptr) return IdentityAnswer::kNoStatement;
  if (status == 200)
    return body->IsObject() && !carries_errors(*body) ? IdentityAnswer::kAlive : IdentityAnswer::kNoStatement;
  if (status < 400 || status == 429 || tells_of_server_trouble(status)) return IdentityAnswer::kNoStatement;
  if (const auto refusal = read_refusal(*body)) {
    const CodeMeaning meaning = codes.meaning_of(refusal->code, status, refusal->message);
    const Denial* denial = std::get_if<Denial>(&meaning);
    return denial != nullptr ? identity_from(*denial, status) : IdentityAnswer::kNoStatement;
  }
  return status == 403 && tells_of_a_suspended_user(*body) ? IdentityAnswer::kAlive : IdentityAnswer::kNoStatement;
}

std::string user_of_identity(const http::Reply& reply) {
  const Value* body = reply && reply.value().status == 200 ? parse_body(reply.value()) : nullptr;
  if (body == nullptr || carries_errors(*body)) return {};
  const std::string_view id = base::text_of(base::find_member(*body, "id_str"));
  return is_user_id(id) ? std::string(id) : std::string();
}

}  // namespace xads
