// What the fake was asked: counters for assertions, and the last requests one by one.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "ads_api.h"

namespace fakes {

struct RequestRecord {
  std::int64_t number = 0;  ///< 1 for the first request
  std::int64_t at_ms = 0;   ///< epoch, this machine's clock
  std::string token;
  std::string account;
  std::string endpoint;
  std::string misbehaviour;  ///< its kind; empty when the answer was the right one
  Verdict verdict = Verdict::kNotChecked;
  int status = 0;
};

class Tally {
 public:
  void add(const Handled& handled, const std::string& misbehaviour, std::int64_t at_ms);
  /// A request is being answered; `ended` must follow.
  void began();
  void ended() { --in_flight_; }
  void handshake() { ++connections_; }
  void clear();

  std::string counters_json() const;
  /// The records after this number, oldest first; only the last kKeptRecords are there.
  std::string log_json(std::int64_t after) const;

  static constexpr size_t kKeptRecords = 20000;

 private:
  using Counts = std::map<std::string, std::int64_t>;

  std::int64_t total_ = 0;
  std::int64_t in_flight_ = 0;
  std::int64_t peak_in_flight_ = 0;
  std::int64_t connections_ = 0;
  Counts by_verdict_;
  Counts by_status_;
  Counts by_endpoint_;
  Counts by_token_;
  Counts by_account_;
  Counts by_misbehaviour_;
  std::deque<RequestRecord> records_;
};

}  // namespace fakes
