#include "tally.h"

#include <algorithm>
#include <utility>

#include "json.h"

namespace fakes {
namespace {

void write_counts(JsonWriter& writer, const char* name, const std::map<std::string, std::int64_t>& counts) {
  writer.Key(name);
  writer.StartObject();
  for (const auto& [key, count] : counts) {
    writer.Key(key.c_str());
    writer.Int64(count);
  }
  writer.EndObject();
}

void write_number(JsonWriter& writer, const char* name, std::int64_t number) {
  writer.Key(name);
  writer.Int64(number);
}

void write_member(JsonWriter& writer, const char* name, const std::string& text) {
  writer.Key(name);
  write_text(writer, text);
}

std::int64_t count_of(const std::map<std::string, std::int64_t>& counts, Verdict verdict) {
  const auto found = counts.find(to_text(verdict));
  return found == counts.end() ? 0 : found->second;
}

}  // namespace

void Tally::add(const Handled& handled, const std::string& misbehaviour, std::int64_t at_ms) {
  ++total_;
  ++by_verdict_[to_text(handled.verdict)];
  ++by_status_[std::to_string(handled.answer.status)];
  ++by_endpoint_[handled.endpoint];
  if (!handled.token.empty()) ++by_token_[handled.token];
  if (!handled.account.empty()) ++by_account_[handled.account];
  if (!misbehaviour.empty()) ++by_misbehaviour_[misbehaviour];
  records_.push_back({total_, at_ms, handled.token, handled.account, handled.endpoint, misbehaviour, handled.verdict,
                      handled.answer.status});
  if (records_.size() > kKeptRecords) records_.pop_front();
}

void Tally::began() { peak_in_flight_ = std::max(peak_in_flight_, ++in_flight_); }

void Tally::clear() {
  const std::int64_t in_flight = in_flight_;
  *this = Tally();
  in_flight_ = in_flight;
  peak_in_flight_ = in_flight;
}

std::string Tally::counters_json() const {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  write_number(writer, "total", total_);
  write_number(writer, "in_flight", in_flight_);
  write_number(writer, "peak_in_flight", peak_in_flight_);
  write_number(writer, "connections", connections_);
  write_number(writer, "signature_failures", count_of(by_verdict_, Verdict::kBadSignature));
  write_number(writer, "nonce_reuses", count_of(by_verdict_, Verdict::kNonceReused));
  write_counts(writer, "by_verdict", by_verdict_);
  write_counts(writer, "by_status", by_status_);
  write_counts(writer, "by_endpoint", by_endpoint_);
  write_counts(writer, "by_token", by_token_);
  write_counts(writer, "by_account", by_account_);
  write_counts(writer, "by_misbehaviour", by_misbehaviour_);
  writer.EndObject();
  return take_text(buffer);
}

std::string Tally::log_json(std::int64_t after) const {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartArray();
  for (const RequestRecord& record : records_) {
    if (record.number <= after) continue;
    writer.StartObject();
    write_number(writer, "number", record.number);
    write_number(writer, "at_ms", record.at_ms);
    write_member(writer, "token", record.token);
    write_member(writer, "account", record.account);
    write_member(writer, "endpoint", record.endpoint);
    write_member(writer, "misbehaviour", record.misbehaviour);
    write_member(writer, "verdict", to_text(record.verdict));
    write_number(writer, "status", record.status);
    writer.EndObject();
  }
  writer.EndArray();
  return take_text(buffer);
}

}  // namespace fakes
