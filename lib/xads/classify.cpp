#include "xads/classify.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

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

Answer unavailable(std::string why) { return Unavailable{std::move(why), std::nullopt}; }

/// Everything but 200. `account_id` is nullptr when no account was asked for.
Answer read_failure(int status, const HeededHeaders& headers, const Value* body, const std::string_view* account_id) {
  const std::string why = fmt::format("http {}", status);
  if (status == 429) return Throttled{throttle_end_of(headers)};
  if (status == 408 || status == 423 || status >= 500) return Unavailable{why, retry_after_of(headers)};
  if (status < 400) return unavailable(why);
  if (body == nullptr) return unavailable(why + ", not json");
  const auto refusal = read_refusal(*body);
  if (!refusal) return unavailable(why + ", not the API's shape");
  if (account_id != nullptr && echoes_another_account(*body, *account_id))
    return unavailable(why + ", about another account");
  return std::visit(base::Overloaded{[](Denial denial) -> Answer { return Denied{denial}; },
                                     [&](SlowDown) -> Answer { return Throttled{throttle_end_of(headers)}; },
                                     [&](ServerTrouble) -> Answer {
                                       return Unavailable{why, retry_after_of(headers)};
                                     }},
                    meaning_of(refusal->code, status, refusal->message));
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
  if (body == nullptr) return unavailable("not json");
  const Value* data = base::find_member(*body, "data");
  if (data == nullptr || carries_errors(*body)) return unavailable("not the API's shape");
  const std::string_view user_id = base::text_of(base::find_member(*data, "user_id"));
  if (!is_user_id(user_id)) return unavailable("no user_id");
  auto permissions = read_permissions(base::find_member(*data, "permissions"));
  if (!permissions) return unavailable("no permissions");
  if (echoes_another_account(*body, account_id)) return unavailable("about another account");
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

/// Refusals that X gives only after it accepted the signature: the owner is suspended or locked, the token lives.
/// Either the gateway's codes, or the problem details of the /2/ endpoints
/// (https://docs.x.com/x-api/fundamentals/response-codes-and-errors), which have no code.
bool speaks_to_a_live_token(const Value& body) {
  if (const auto refusal = read_refusal(body)) return refusal->code == "64" || refusal->code == "326";
  return base::text_of(base::find_member(body, "type")).ends_with("/problems/user-suspended");
}

}  // namespace

Observation classify(const http::Reply& reply, std::string_view account_id) {
  Observation seen;
  if (!reply) {
    seen.answer = unavailable(std::string(http::to_text(reply.error().stage)));
    return seen;
  }
  const http::Response& response = reply.value();
  const HeededHeaders headers(response.headers);
  const Value* body = parse_body(response);
  seen.answer = response.status == 200 ? read_access(body, account_id)
                                       : read_failure(response.status, headers, body, &account_id);
  seen.evidence = evidence_of(response, body);
  seen.limits = rate_limits_of(headers);
  seen.server_date = server_date_of(headers);
  seen.api_warning = warning_of(headers);
  return seen;
}

AccountsObservation classify_accounts(const http::Reply& reply) {
  AccountsObservation seen;
  if (!reply) {
    seen.answer = unavailable(std::string(http::to_text(reply.error().stage)));
    return seen;
  }
  const http::Response& response = reply.value();
  const HeededHeaders headers(response.headers);
  const Value* body = parse_body(response);
  seen.evidence = evidence_of(response, body);
  seen.limits = rate_limits_of(headers);
  seen.server_date = server_date_of(headers);
  if (response.status != 200) {
    seen.answer = read_failure(response.status, headers, body, nullptr);
    // No account was asked for, so none can be missing.
    if (seen.answer == Answer{Denied{Denial::kAccountNotFound}}) seen.answer = Denied{Denial::kUnknown};
    return seen;
  }
  if (body != nullptr) seen.page = read_page(*body);
  if (!seen.page) seen.answer = unavailable(body != nullptr ? "not the API's shape" : "not json");
  return seen;
}

IdentityAnswer classify_identity(const http::Reply& reply) {
  if (!reply) return IdentityAnswer::kNoStatement;
  const int status = reply.value().status;
  const Value* body = parse_body(reply.value());
  if (body == nullptr) return IdentityAnswer::kNoStatement;
  if (status == 200)
    return body->IsObject() && !carries_errors(*body) ? IdentityAnswer::kAlive : IdentityAnswer::kNoStatement;
  const auto refusal = read_refusal(*body);
  if (status == 401 && refusal && refusal->code == "89") return IdentityAnswer::kTokenInvalid;
  return status == 403 && speaks_to_a_live_token(*body) ? IdentityAnswer::kAlive : IdentityAnswer::kNoStatement;
}

}  // namespace xads
