// What the fake does wrong on request: whom it hits, how often, and what is wrong with the answer.
#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "ads_api.h"
#include "answers.h"

namespace fakes {

/// How a chosen answer leaves the server.
enum class Manner {
  kPlain,
  kHold,         ///< the right answer, after `ms`
  kDrip,         ///< one byte every `ms`, from the status line on
  kReset,        ///< RST instead of an answer
  kResetInside,  ///< RST after the first half of the body
  kClose,        ///< the connection ends without an answer
  kCut,          ///< the connection ends after half of the promised body
};

/// One order to misbehave. Empty patterns match everything.
struct Misbehaviour {
  std::int64_t id = 0;
  std::string kind;
  std::string token;        ///< pattern of Token::name
  std::string account;      ///< pattern of the ad account id
  std::string endpoint;     ///< pattern of Handled::endpoint
  std::int64_t times = -1;  ///< how many answers are still to be spoilt; -1 until cleared
  double probability = 1;
  std::int64_t ms = 0;
  std::int64_t status = 0;  ///< 0: the kind's own
  std::int64_t retry_after = -1;
  bool rate_headers = true;  ///< false strips the x-rate-limit families
  std::string body;          ///< kind "answer" only
  std::string content_type;  ///< kind "answer" only
};

/// From the control plane's JSON; BadCommand on an unknown kind or member.
Misbehaviour read_misbehaviour(const rapidjson::Value& object);

/// Changes the answer as the kind says, and says how it must leave.
Manner spoil(const Misbehaviour& misbehaviour, Answer& answer);

/// The orders in force, oldest first; the first one that matches is obeyed.
class Misbehaviours {
 public:
  explicit Misbehaviours(std::uint32_t seed) : random_(seed) {}
  /// Returns the id that clear() takes.
  std::int64_t add(Misbehaviour misbehaviour);
  /// Without an id, clears all. Returns how many went.
  std::int64_t clear(std::optional<std::int64_t> id);
  std::optional<Misbehaviour> pick(const Handled& handled);

 private:
  std::vector<Misbehaviour> orders_;
  std::int64_t next_id_ = 1;
  std::mt19937 random_;
};

}  // namespace fakes
