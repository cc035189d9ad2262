// The bodies that X sends, in their three shapes: the ads service, the gateway and problem details.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "text.h"
#include "world.h"

namespace fakes {

struct Answer {
  int status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::string body;
  NameValues headers;  ///< besides content-type and content-length
};

// Errors. `account_id` fills request.params; it stays empty where X had not yet looked at an account.
Answer ads_error(int status, const std::string& code, const std::string& message, const std::string& account_id = "");
Answer gateway_error(int status, int code, const std::string& message);
/// Code 326 alone carries two members more.
Answer locked_user_error();
Answer problem(int status, const std::string& title, const std::string& detail, const std::string& type);

/// GET accounts/:account_id/authenticated_user_access.
Answer access_answer(const std::string& account_id, const std::string& user_id,
                     const std::vector<std::string>& permissions);
/// GET accounts/:account_id.
Answer account_answer(const AdAccount& account, bool with_deleted);

/// What GET accounts was asked, as understood; absent parameters are not echoed.
struct ListQuery {
  std::int64_t count = 200;
  bool count_given = false;
  bool with_deleted = false;
  bool with_total_count = false;
  std::string cursor;
};
/// An empty `next_cursor` is sent as null.
Answer account_list_answer(const ListQuery& query, const std::vector<const AdAccount*>& page, size_t total,
                           const std::string& next_cursor);

Answer verify_credentials_answer(const User& user);
Answer users_me_answer(const User& user);
/// POST oauth/invalidate_token.json.
Answer invalidated_answer(const std::string& token);

/// The Date header's form (RFC 9110 section 5.6.7).
std::string http_date(std::int64_t epoch_s);

}  // namespace fakes
