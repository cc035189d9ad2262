#include "http/request_text.h"

#include <doctest/doctest.h>

using http::Request;

namespace {

std::string to_wire(const Request& request, const http::Destination& destination, std::string_view authorization) {
  std::string text = "what was there before";
  write_request(request, destination, authorization, text);
  return text;
}

Request with_header(std::string name, std::string value) {
  Request request;
  request.headers = {{std::move(name), std::move(value)}};
  return request;
}

}  // namespace

TEST_CASE("request text: a GET is a head without a length") {
  Request request;
  request.headers = {{"Accept", "application/json"}};
  CHECK(to_wire(request, {"host:8443", "/a?b=c"}, "OAuth x") ==
        "GET /a?b=c HTTP/1.1\r\nHost: host:8443\r\nAccept: application/json\r\nUser-Agent: adsauditd\r\n"
        "Authorization: OAuth x\r\n\r\n");
}

TEST_CASE("request text: a POST carries its length and its body") {
  Request request;
  request.method = "POST";
  request.body = "{\"a\":1}";
  CHECK(to_wire(request, {"host", "/"}, "") ==
        "POST / HTTP/1.1\r\nHost: host\r\nUser-Agent: adsauditd\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
}

TEST_CASE("request text: an empty POST says that it is empty") {
  Request request;
  request.method = "POST";
  CHECK(to_wire(request, {"host", "/"}, "").find("\r\nContent-Length: 0\r\n") != std::string::npos);
}

TEST_CASE("request text: the caller may name another user agent") {
  const std::string text = to_wire(with_header("user-agent", "other"), {"host", "/"}, "");
  CHECK(text.find("user-agent: other\r\n") != std::string::npos);
  CHECK(text.find("adsauditd") == std::string::npos);
}

TEST_CASE("request text: a second line cannot be smuggled in") {
  CHECK(fault_in(with_header("X", "a\r\nY: b")));
  CHECK(fault_in(with_header("X", "a\nY: b")));
  CHECK(fault_in(with_header("X", "a\r")));
  CHECK(fault_in(with_header("X", std::string("a\0b", 3))));
  CHECK(fault_in(with_header("X", "a\x7F")));
  CHECK(fault_in(with_header("X\r\nY", "a")));
  CHECK(fault_in(with_header("X: y", "a")));
  CHECK(fault_in(with_header("X Y", "a")));
  CHECK(fault_in(with_header("", "a")));
}

TEST_CASE("request text: a fault does not repeat the header's value") {
  CHECK(fault_in(with_header("X", "hunter2\n")).value().find("hunter2") == std::string::npos);
}

TEST_CASE("request text: tabs and bytes beyond ASCII may stand in a value") {
  CHECK_FALSE(fault_in(with_header("X", "a\tb \xC3\xB6")));
  CHECK_FALSE(fault_in(with_header("X", "")));
}

TEST_CASE("request text: a method is a word") {
  for (const char* method : {"", "GET /", "GET\r\n", "G\0T", "GE T", "CONNECT"}) {
    Request request;
    request.method = method;
    if (request.method == "G") request.method = std::string("G\0T", 3);
    CAPTURE(std::string(method));
    CHECK(fault_in(request));
  }
}

TEST_CASE("request text: framing and routing headers belong to the transport") {
  for (const char* name : {"Host", "content-length", "Transfer-Encoding", "Connection", "Upgrade", "Expect", "TE"}) {
    CAPTURE(std::string(name));
    CHECK(fault_in(with_header(name, "1")));
  }
}
