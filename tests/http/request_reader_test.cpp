#include "http/request_reader.h"

#include <doctest/doctest.h>

#include "base/random.h"

namespace http {
namespace {

using Progress = RequestReader::Progress;

const std::vector<std::string> kHosts{"127.0.0.1:9487", "localhost:9487", "ads.example"};
const std::string kHost = "Host: 127.0.0.1:9487\r\n";

/// 200 for a complete request, else the status of the refusal; 0: it wants more.
int status_of(const std::string& text) {
  RequestReader reader(kHosts);
  switch (reader.feed(text)) {
    case Progress::kNeedMore:
      return 0;
    case Progress::kRefused:
      return reader.refusal().status;
    case Progress::kComplete:
      return 200;
  }
  return -1;
}
int status_with(const std::string& headers) { return status_of("GET / HTTP/1.1\r\n" + kHost + headers + "\r\n"); }

}  // namespace

TEST_CASE("request reader: a browser's request") {
  RequestReader reader(kHosts);
  const std::string text =
      "GET /callback?state=1&oauth_token=a%20b HTTP/1.1\r\nHost: LOCALHOST:9487\r\nUser-Agent:Mozilla/5.0 (X11)\r\n"
      "Accept: */*\r\nConnection: keep-alive\r\n\r\n";
  REQUIRE(reader.feed(text) == Progress::kComplete);
  const InboundRequest request = reader.take();
  CHECK(request.method == "GET");
  CHECK(request.target == "/callback?state=1&oauth_token=a%20b");
  CHECK(request.path() == "/callback");
  CHECK(request.headers.find("user-agent") == "Mozilla/5.0 (X11)");
  CHECK(request.headers.size() == 4);
}

TEST_CASE("request reader: the pieces in which the bytes come make no difference") {
  const std::string text = "HEAD /x HTTP/1.0\r\nHost: ads.example\r\nA: b\r\n\r\n";
  RequestReader reader(kHosts);
  for (std::size_t i = 0; i + 1 < text.size(); ++i) CHECK(reader.feed(text.substr(i, 1)) == Progress::kNeedMore);
  CHECK(reader.feed(text.substr(text.size() - 1)) == Progress::kComplete);
  CHECK(reader.take().method == "HEAD");
}

TEST_CASE("request reader: what follows the head is passed over, never read as a second request") {
  CHECK(status_of("GET / HTTP/1.1\r\n" + kHost + "\r\nGET /admin HTTP/1.1\r\n" + std::string(20'000, 'x')) == 200);
}

TEST_CASE("request reader: other methods and versions are refused") {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "get", "GETX"}) {
    CAPTURE(method);
    CHECK(status_of(std::string(method) + " / HTTP/1.1\r\n" + kHost + "\r\n") == 405);
  }
  CHECK(status_of("GET / HTTP/2.0\r\n" + kHost + "\r\n") == 505);
  CHECK(status_of("PRI * HTTP/2.0\r\n\r\n") == 505);
  for (const char* line :
       {"GET /", "GET / HTTP/1.1 ", "GET  / HTTP/1.1", " GET / HTTP/1.1", "GET / HTTP/11", "GET / http/1.1",
        "GET\t/\tHTTP/1.1", "GET / HTTP/1.1.1", "GET http://127.0.0.1:9487/ HTTP/1.1", "GET * HTTP/1.1",
        "GET x HTTP/1.1", "GET /\x7F HTTP/1.1", "GET /\xC3\xA9 HTTP/1.1", "GET /#a HTTP/1.1", "G[T / HTTP/1.1", "",
        "\x16\x03\x01\x02"}) {
    CAPTURE(line);
    CHECK(status_of(line + std::string("\r\n") + kHost + "\r\n") == 400);
  }
}

TEST_CASE("request reader: a body is not taken in any framing") {
  CHECK(status_with("Transfer-Encoding: chunked\r\n") == 501);
  CHECK(status_with("transfer-encoding: identity\r\n") == 501);
  CHECK(status_with("Transfer-Encoding: \r\n") == 501);
  CHECK(status_with("Content-Length: 5\r\n") == 413);
  CHECK(status_with("Content-Length: -2\r\n") == 413);
  CHECK(status_with("Content-Length: 0\r\nContent-Length: 5\r\n") == 413);
  CHECK(status_with("Content-Length: 0\r\n") == 200);
  CHECK(status_with("Content-Encoding: gzip\r\n") == 415);
  CHECK(status_with("Expect: 100-continue\r\n") == 417);
}

TEST_CASE("request reader: a host that is not ours is refused, as are none and two") {
  CHECK(status_of("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n") == 421);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") == 421);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: 127.0.0.1:9488\r\n\r\n") == 421);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: 127.0.0.1:9487.evil.example\r\n\r\n") == 421);
  CHECK(status_of("GET / HTTP/1.1\r\nHost:\r\n\r\n") == 421);
  CHECK(status_of("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.0\r\n\r\n") == 400);
  CHECK(status_with(kHost) == 400);
  CHECK(status_with("X-Forwarded-Host: evil.example\r\n") == 200);  // nobody reads it
}

TEST_CASE("request reader: what a gateway could read otherwise is refused") {
  for (const char* header : {"REMOTE_ADDR: 127.0.0.1", "Content_Length: 5", "A : b", " folded", "\tfolded", "no colon",
                             ": nameless", "A: b\x01", "A: \x7F", "A(: b"}) {
    CAPTURE(header);
    CHECK(status_with(std::string(header) + "\r\n") == 400);
  }
  CHECK(status_of("GET / HTTP/1.1\n" + kHost + "\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: 127.0.0.1:9487\n\n") == 400);
  CHECK(status_with("A: b\rX: y\r\n") == 400);
  CHECK(status_with(std::string("A: b\0c\r\n", 8)) == 400);
  CHECK(status_of("\r\n") == 400);
}

TEST_CASE("request reader: 8 KiB of head and 64 lines, and not a byte or a line more") {
  const std::string start = "GET / HTTP/1.1\r\n" + kHost + "A: ";
  const auto head_of = [&](std::size_t size) { return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n"; };
  CHECK(status_of(head_of(RequestReader::kMaxHead)) == 200);
  CHECK(status_of(head_of(RequestReader::kMaxHead + 1)) == 431);
  CHECK(status_of("GET /" + std::string(100'000'000, 'a')) == 431);
  std::string lines;
  for (std::size_t line = 2; line < RequestReader::kMaxLines; ++line) lines += "A: b\r\n";
  CHECK(status_with(lines) == 200);
  CHECK(status_with(lines + "A: b\r\n") == 431);
  CHECK(status_of("GET / HTTP/1.1\r\n" + std::string(2000, 'a') + "\r\n") == 0);
}

TEST_CASE("request reader: random bytes, and valid requests with bytes changed, never do more than be refused") {
  base::SeededRandom random(20261201);
  const std::string valid = "GET /callback?state=1 HTTP/1.1\r\n" + kHost + "Accept: text/html\r\n\r\n";
  int complete = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = valid;
    for (auto changes = 1 + random.next_u64() % 4; changes > 0; --changes)
      text[random.next_u64() % text.size()] = static_cast<char>(random.next_u64() % 256);
    RequestReader reader(kHosts);
    if (reader.feed(text) != Progress::kComplete) continue;
    ++complete;
    const InboundRequest request = reader.take();
    CHECK((request.method == "GET" && request.target.front() == '/'));
  }
  CHECK(complete > 1000);
  CHECK(complete < 19'000);
}

}  // namespace http
