#include "http/answer_reader.h"

#include <doctest/doctest.h>

using http::AnswerReader;
using Progress = AnswerReader::Progress;

namespace {

constexpr AnswerReader::Limits kLimits{1000, false, false};
constexpr AnswerReader::Limits kCutting{10, true, false};

Progress feed_bytewise(AnswerReader& reader, std::string_view text) {
  Progress progress = Progress::kNeedMore;
  for (std::size_t at = 0; at < text.size() && progress == Progress::kNeedMore; ++at)
    progress = reader.feed(text.substr(at, 1));
  return progress;
}

/// Feeds `text` again and again, up to 64 MiB, and returns how many bytes were taken before it was enough.
std::size_t flood(AnswerReader& reader, const std::string& text) {
  std::size_t fed = 0;
  while (fed < (64u << 20)) {
    fed += text.size();
    if (reader.feed(text) != Progress::kNeedMore) break;
  }
  return fed;
}

}  // namespace

TEST_CASE("answer reader: a body with a length is complete at its last byte") {
  const std::string text = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
  AnswerReader reader(kLimits);
  CHECK_FALSE(reader.began());
  CHECK(reader.feed(text.substr(0, text.size() - 1)) == Progress::kNeedMore);
  CHECK(reader.began());
  CHECK(reader.feed("o") == Progress::kComplete);
  CHECK(reader.allows_reuse());
  const http::Response response = reader.take();
  CHECK(response.status == 200);
  CHECK(response.header("content-type") == "text/plain");
  CHECK(response.body == "hello");
}

TEST_CASE("answer reader: a chunked body may come byte by byte") {
  AnswerReader reader(kLimits);
  CHECK(feed_bytewise(reader,
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                      "5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: y\r\n\r\n") == Progress::kComplete);
  CHECK(reader.allows_reuse());
  const http::Response response = reader.take();
  CHECK(response.body == "hello world");
  CHECK_FALSE(response.header("X-Trailer"));
}

TEST_CASE("answer reader: a body without a length lasts until the end") {
  AnswerReader reader(kLimits);
  CHECK(reader.feed("HTTP/1.1 200 OK\r\n\r\nhello") == Progress::kNeedMore);
  CHECK(reader.end() == Progress::kComplete);
  CHECK_FALSE(reader.allows_reuse());
  CHECK(reader.take().body == "hello");
}

TEST_CASE("answer reader: an end in the middle is malformed") {
  for (const char* text :
       {"", "H", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "HTTP/1.1 100 Continue\r\n\r\n"}) {
    CAPTURE(std::string(text));
    AnswerReader reader(kLimits);
    CHECK(reader.feed(text) == Progress::kNeedMore);
    CHECK(reader.end() == Progress::kMalformed);
  }
}

TEST_CASE("answer reader: 204, 304 and answers to HEAD have no body") {
  for (const char* text :
       {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"}) {
    CAPTURE(std::string(text));
    AnswerReader reader(kLimits);
    CHECK(reader.feed(text) == Progress::kComplete);
    CHECK(reader.allows_reuse());
  }
  AnswerReader head({1000, false, true});
  CHECK(head.feed("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n") == Progress::kComplete);
}

TEST_CASE("answer reader: interim answers are read over") {
  AnswerReader reader(kLimits);
  CHECK(feed_bytewise(reader,
                      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") == Progress::kComplete);
  const http::Response response = reader.take();
  CHECK(response.status == 200);
  CHECK_FALSE(response.header("Link"));
}

TEST_CASE("answer reader: interim answers without end are malformed within the head's limit") {
  AnswerReader reader(kLimits);
  CHECK(flood(reader, "HTTP/1.1 100 Continue\r\n\r\n") < 20'000);
}

TEST_CASE("answer reader: what is no clean HTTP is malformed") {
  const char* const kMalformed[] = {
      "hello\r\n\r\n",
      "HTTP/2 200 OK\r\n\r\n",
      "HTTP/1.1 2x0 OK\r\n\r\n",
      "HTTP/1.1 042 OK\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nhello\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
      "HTTP/1.1 200 OK\r\nX Y: z\r\n\r\n",
      "HTTP/1.1 200 OK\r\n: z\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
  };
  for (const char* text : kMalformed) {
    CAPTURE(std::string(text));
    AnswerReader reader(kLimits);
    CHECK(reader.feed(text) == Progress::kMalformed);
    CHECK_FALSE(reader.complaint().empty());
  }
}

TEST_CASE("answer reader: a head may have 16 KiB and no more, whether it comes in one piece or in many") {
  const std::string start = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ";
  const std::string longest = start + std::string(16 * 1024 - start.size() - 4, 'a') + "\r\n\r\n";
  const std::string longer = start + std::string(16 * 1024 - start.size() - 3, 'a') + "\r\n\r\n";
  AnswerReader at_once(kLimits);
  CHECK(at_once.feed(longest) == Progress::kComplete);
  AnswerReader bytewise(kLimits);
  CHECK(feed_bytewise(bytewise, longest) == Progress::kComplete);
  AnswerReader too_long(kLimits);
  CHECK(too_long.feed(longer) == Progress::kMalformed);
  AnswerReader too_long_bytewise(kLimits);
  CHECK(feed_bytewise(too_long_bytewise, longer) == Progress::kMalformed);
}

TEST_CASE("answer reader: heads without end are malformed after little more than 16 KiB") {
  AnswerReader status_line(kLimits);
  status_line.feed("HTTP/1.1 200 ");
  CHECK(flood(status_line, std::string(1000, 'a')) < 18'000);
  AnswerReader lines(kLimits);
  lines.feed("HTTP/1.1 200 OK\r\n");
  CHECK(flood(lines, "X: y\r\n") < 18'000);
  AnswerReader line(kLimits);
  line.feed("HTTP/1.1 200 OK\r\nX: ");
  CHECK(flood(line, std::string(1000, 'a')) < 18'000);
}

TEST_CASE("answer reader: a chunked body that is mostly not body ends") {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  AnswerReader extensions(kLimits);
  extensions.feed(head);
  CHECK(flood(extensions, "1;" + std::string(1000, 'a') + "\r\nx\r\n") < 50'000);
  AnswerReader extension(kLimits);
  extension.feed(head + "1;");
  CHECK(flood(extension, std::string(1000, 'a')) < 50'000);
  AnswerReader trailers(kLimits);
  trailers.feed(head + "0\r\n");
  CHECK(flood(trailers, "X: y\r\n") < 50'000);
}

TEST_CASE("answer reader: a body over the limit is malformed, announced or not") {
  AnswerReader exact({5, false, false});
  CHECK(exact.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") == Progress::kComplete);
  AnswerReader announced({4, false, false});
  CHECK(announced.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nh") == Progress::kMalformed);
  AnswerReader chunked({4, false, false});
  CHECK(chunked.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello") == Progress::kMalformed);
  AnswerReader endless({4, false, false});
  CHECK(endless.feed("HTTP/1.1 200 OK\r\n\r\nhello") == Progress::kMalformed);
}

TEST_CASE("answer reader: a long body is cut when that is wanted, and then ends the connection") {
  for (const char* text :
       {"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n0123456789", "HTTP/1.1 200 OK\r\n\r\n0123456789abc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n8\r\n89abcdef"}) {
    CAPTURE(std::string(text));
    AnswerReader reader(kCutting);
    CHECK(reader.feed(text) == Progress::kComplete);
    CHECK_FALSE(reader.allows_reuse());
    CHECK(reader.take().body == "0123456789");
  }
}

TEST_CASE("answer reader: a body that just fits is not cut") {
  AnswerReader reader(kCutting);
  CHECK(reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789") == Progress::kComplete);
  CHECK(reader.allows_reuse());
}

TEST_CASE("answer reader: close, HTTP/1.0 and left over bytes forbid reuse") {
  for (const char* text : {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
                           "HTTP/1.1 200 OK\r\nconnection: Keep-Alive, Close\r\nContent-Length: 2\r\n\r\nok",
                           "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
                           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"}) {
    CAPTURE(std::string(text));
    AnswerReader reader(kLimits);
    CHECK(reader.feed(text) == Progress::kComplete);
    CHECK_FALSE(reader.allows_reuse());
    CHECK(reader.take().body == "ok");
  }
  AnswerReader kept({1000, false, false});
  CHECK(kept.feed("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n") == Progress::kComplete);
  CHECK(kept.allows_reuse());
}
