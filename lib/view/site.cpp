#include "view/site.h"

#include "base/json.h"
#include "http/query.h"
#include "view/site_pages.h"
#include "view/site_query.h"
#include "view/twins.h"

namespace view {
namespace {

constexpr std::string_view kApi = "/api/v1";
constexpr std::string_view kIncidents = "/incidents/";
constexpr std::string_view kAccounts = "/accounts/";
constexpr int kUsualRows = 200;

http::OutboundAnswer json(const std::function<void(base::JsonWriter&)>& write, int status = 200) {
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  write(writer);
  return {.status = status, .body = base::take_text(buffer) + "\n", .content_type = "application/json"};
}

http::OutboundAnswer page(std::string body, int status = 200) {
  return {
      .status = status, .body = std::move(body), .content_type = "text/html; charset=utf-8", .policy = page_policy()};
}

/// Says what is wrong as the path asks for it.
http::OutboundAnswer refusal(std::string_view path, int status, std::string_view title, std::string_view text) {
  if (!path.starts_with(kApi)) return page(message_page(title, text), status);
  return json(
      [&](base::JsonWriter& writer) {
        writer.StartObject();
        member(writer, "error", text);
        writer.EndObject();
      },
      status);
}

http::OutboundAnswer not_found(std::string_view path) {
  return refusal(path, 404, "Not found", "there is nothing here, or nothing of that name is known");
}

/// The id at the end of the path. Decoded, because a browser may have encoded it.
std::optional<verdict::IncidentId> incident_of(std::string_view path, std::string_view prefix) {
  const auto id = verdict::IncidentId::parse(path.substr(prefix.size()));
  return id ? std::optional(id.value()) : std::nullopt;
}

/// One question: what the functions below share.
struct Question {
  store::Store& store;
  const http::InboundRequest& request;
  const std::function<SiteOptions()>& options;
  base::Instant now;
};

std::optional<IncidentDetails> details_of(const Question& question, std::string_view prefix) {
  require_no_query(question.request.target);
  const auto id = incident_of(question.request.path(), prefix);
  return id ? read_incident(question.store, *id, question.options(), question.now) : std::nullopt;
}

http::OutboundAnswer twin(const Question& question, std::string_view what) {
  const std::string_view target = question.request.target;
  store::Store& store = question.store;
  if (what == "/status") {
    const auto status = read_status(store, pair_query_of(target, kUsualRows), kUsualRows);
    return json([&](base::JsonWriter& writer) { write_status(writer, status); });
  }
  if (what == "/pairs") {
    const auto pairs = read_pairs(store, pair_query_of(target, kUsualRows));
    return json([&](base::JsonWriter& writer) { write_pairs(writer, pairs); });
  }
  if (what == "/incidents") {
    const auto list = read_incidents(store, incident_query_of(target, kUsualRows));
    return json([&](base::JsonWriter& writer) { write_incidents(writer, list); });
  }
  if (what == "/history") {
    const auto history = read_history(store, history_query_of(target, kUsualRows));
    return json([&](base::JsonWriter& writer) { write_history(writer, history); });
  }
  if (what.starts_with(kIncidents)) {
    const auto details = details_of(question, std::string(kApi) + std::string(kIncidents));
    if (details) return json([&](base::JsonWriter& writer) { write_details(writer, *details); });
  }
  return not_found(kApi);
}

http::OutboundAnswer page_of(const Question& question) {
  const auto path = question.request.path();
  if (path == "/") {
    const auto query = pair_query_of(question.request.target, kUsualRows);
    return page(overview_page(read_overview(question.store, query, question.options(), question.now)));
  }
  if (path.starts_with(kIncidents)) {
    if (const auto details = details_of(question, kIncidents)) return page(incident_page(*details));
  }
  if (path.starts_with(kAccounts)) {
    require_no_query(question.request.target);
    const auto id = http::percent_decoded(path.substr(kAccounts.size()));
    const auto details = id ? read_account(question.store, id.value(), question.options(), question.now) : std::nullopt;
    if (details) return page(account_page(*details));
  }
  return not_found(path);
}

}  // namespace

store::Store& Site::store() {
  if (!store_) store_ = open_();
  return *store_;
}

http::OutboundAnswer Site::answer(const http::InboundRequest& request) {
  const auto path = request.path();
  try {
    const Question question{store(), request, options_, clock_.now().utc};
    return path.starts_with(kApi) ? twin(question, path.substr(kApi.size())) : page_of(question);
  } catch (const BadQuestion& error) {
    return refusal(path, 400, "Not understood", error.what());
  } catch (...) {
    store_.reset();  // what is wrong with it may be over when it is opened anew
    throw;
  }
}

}  // namespace view
