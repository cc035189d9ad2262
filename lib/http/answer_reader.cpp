// The only source file that includes Beast: it takes long to compile.
#include "http/answer_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>
#include <utility>

#include "base/ensure.h"

namespace http {
namespace {

namespace beast = boost::beast;
using beast::http::error;
using boost::system::error_code;

constexpr std::size_t kMaxHead = 16UL * 1024;
// Chunk sizes, extensions and trailers are not body, yet must end some time. A byte in a chunk of its own takes six.
constexpr std::size_t kOverhead = 8;
constexpr std::size_t kUsualHeaders = 32;            // more are no harm
constexpr std::size_t kUsualHeaderBytes = 1024;      // names and values
constexpr std::size_t kReserveAtMost = 64UL * 1024;  // a stranger's Content-Length does not decide what we allocate

}  // namespace

/// Beast's parser, filling our Response without Beast's own containers.
class AnswerReader::Parser final : public beast::http::basic_parser<false> {
 public:
  explicit Parser(const Limits& limits) : limits_(limits) {
    header_limit(kMaxHead);
    body_limit(boost::none);  // counted here, because a long body may be cut instead of refused
    skip(limits.no_body);
  }

  Response response;
  bool cut = false;

 private:
  void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, error_code&) override {}

  void on_response_impl(int status, beast::string_view, int version, error_code& failure) override {
    response.status = status;
    version_ = version;
    if (status < 100) failure = error::bad_status;
  }

  void on_field_impl(beast::http::field field, beast::string_view name, beast::string_view value,
                     error_code& code) override {
    if (is_header_done()) return;  // trailers are not headers (RFC 9110 section 6.5.1)
    // We offer no transfer coding, so the only one that may come is chunked, and HTTP/1.0 knows none.
    if (field == beast::http::field::transfer_encoding && (version_ < 11 || !beast::iequals(value, "chunked")))
      code = error::bad_transfer_encoding;
    if (response.headers.size() == 0) response.headers.reserve(kUsualHeaders, kUsualHeaderBytes);
    response.headers.append(name, value);
  }

  void on_header_impl(error_code&) override {}

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& code) override {
    if (!length) return;
    announced_ = *length;
    if (*length > limits_.max_body && !limits_.cut_long_body) code = error::body_limit;
    response.body.reserve(
        static_cast<std::size_t>(std::min<std::uint64_t>({*length, limits_.max_body, kReserveAtMost})));
  }

  std::size_t on_body_impl(beast::string_view bytes, error_code& code) override { return append(bytes, code); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, error_code& code) override {
    return append(bytes, code);
  }
  void on_finish_impl(error_code&) override {}

  std::size_t append(beast::string_view bytes, error_code& code) {
    const std::size_t taken = std::min(bytes.size(), limits_.max_body - response.body.size());
    response.body.append(bytes.data(), taken);
    const bool full = limits_.cut_long_body && response.body.size() == limits_.max_body;
    cut = full && announced_ != limits_.max_body;  // do not wait for bytes that nobody wants
    if (taken == bytes.size() && !cut) return taken;
    code = error::body_limit;
    return taken;
  }

  Limits limits_;
  int version_ = 0;
  std::optional<std::uint64_t> announced_;  ///< the Content-Length, if there is one
};

AnswerReader::AnswerReader(const Limits& limits) : limits_(limits), parser_(std::make_unique<Parser>(limits)) {}
AnswerReader::AnswerReader(AnswerReader&&) noexcept = default;
AnswerReader& AnswerReader::operator=(AnswerReader&&) noexcept = default;
AnswerReader::~AnswerReader() = default;

AnswerReader::Progress AnswerReader::feed(std::string_view bytes) {
  ENSURE(!complete_ && complaint_.empty());
  received_ += bytes.size();
  if (input_.empty()) return parse(bytes);  // an answer that comes in one piece is parsed where it lies
  input_ += bytes;
  return parse(std::exchange(input_, {}));
}

AnswerReader::Progress AnswerReader::parse(std::string_view input) {
  std::size_t parsed = 0;
  Progress progress = Progress::kNeedMore;
  while (parsed < input.size() && progress == Progress::kNeedMore) {
    error_code code;
    const bool in_head = !parser_->is_header_done();
    const std::size_t count =
        parser_->put(boost::asio::const_buffer(input.data() + parsed, input.size() - parsed), code);
    parsed += count;
    if (in_head) head_size_ += count;
    if (code == error::need_more) break;
    if (code && !parser_->cut) return fail(code == error::body_limit ? "its body is too long" : code.message());
    if (parser_->cut) {
      complete_ = true;
    } else if (parser_->is_done() && parser_->response.status / 100 == 1) {
      if (parser_->response.status == 101) return fail("it switches protocols, which nobody asked for");
      parser_ = std::make_unique<Parser>(limits_);
    } else {
      complete_ = parser_->is_done();
    }
    if (complete_) progress = Progress::kComplete;
    if (head_size_ > kMaxHead) return fail("its head is longer than 16 KiB");
  }
  input_ = input.substr(parsed);
  return progress == Progress::kNeedMore && is_too_long() ? fail("it is too long") : progress;
}

bool AnswerReader::is_too_long() const {
  const bool head_too_long = !parser_->is_header_done() && head_size_ + input_.size() > kMaxHead;
  return head_too_long || input_.size() > kMaxHead || received_ > 2 * kMaxHead + kOverhead * limits_.max_body;
}

AnswerReader::Progress AnswerReader::end() {
  ENSURE(!complete_ && complaint_.empty());
  error_code code = error::partial_message;
  if (parser_->got_some() && parser_->is_header_done()) parser_->put_eof(code);
  if (code) return fail("it ended early");
  complete_ = true;
  return Progress::kComplete;
}

AnswerReader::Progress AnswerReader::fail(std::string complaint) {
  complaint_ = std::move(complaint);
  input_.clear();
  return Progress::kMalformed;
}

bool AnswerReader::began() const { return received_ > 0; }

bool AnswerReader::allows_reuse() const {
  return complete_ && !parser_->cut && input_.empty() && parser_->keep_alive();
}

std::string AnswerReader::complaint() const { return complaint_; }

Response AnswerReader::take() {
  ENSURE(complete_);
  return std::move(parser_->response);
}

}  // namespace http
