#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "api_line.h"
#include "http/listener.h"
#include "xads/sign_in.h"

namespace app {

/// Where the browser is to come back to.
struct CallBackPlace {
  std::string address;  ///< of loopback
  std::uint16_t port = 0;
  std::string url;  ///< as X and the browser know it: ours, or a reverse proxy's that passes the path on as it is
};
/// `listen`: "127.0.0.1:9488" or "[::1]:9488"; `url`: empty for our own. Throws UsageError for anything but loopback,
/// and for a URL that is none.
CallBackPlace call_back_place(const std::string& listen, const std::string& url);

/// Waits for the browser that comes back from X, on a listener that lives as long as this object: one sign-in, 128 bits
/// of state, one use. All other calls get a 400 (another path a 404) and change nothing. What the browser is shown
/// holds no secret, and it is shown before X has given the token: how the sign-in ends, the terminal tells.
class CallBackListener {
 public:
  /// Listens at once. Throws std::runtime_error when it cannot. `line` outlives it.
  CallBackListener(ApiLine& line, CallBackPlace place);

  /// What X is told: place and state.
  const std::string& url() const { return url_; }
  /// Waits for the call-back of the sign-in that has this request token. Nothing when it did not come in time; never a
  /// ForeignCall.
  std::optional<xads::CallBack> wait_for(const std::string& request_token, base::Duration limit);
  /// Takes no more calls, and finishes those that are there, for two seconds at most.
  void close();

 private:
  http::OutboundAnswer answer(const http::InboundRequest& request);

  ApiLine& line_;
  std::string url_;
  xads::ExpectedCallBack expected_;  ///< without a request token nothing fits
  std::optional<xads::CallBack> came_;
  int refused_ = 0;
  std::unique_ptr<http::Listener> listener_;
};

}  // namespace app
