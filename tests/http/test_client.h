#pragma once

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "http/certificates.h"
#include "http/pool.h"
#include "http/tls_transport.h"

/// A deadline short enough for a test to wait for, and long enough for loopback under a sanitizer.
constexpr base::Duration kShort{150};

/// A loop and a transport that trusts the tests' authority. Requests are made one after the other.
struct TestClient {
  explicit TestClient(http::TlsOptions wanted = {}) : transport(io, with_authority(std::move(wanted))) {}

  static http::TlsOptions with_authority(http::TlsOptions options) {
    options.ca_file = test_authority().file.path();
    return options;
  }

  http::Reply send(http::Request request) {
    std::optional<http::Reply> reply;
    transport.send(std::move(request), [&](http::Reply answer) {
      REQUIRE_FALSE(reply);
      reply = std::move(answer);
    });
    REQUIRE_FALSE(reply);
    io.restart();
    while (!reply) REQUIRE(io.run_one_for(std::chrono::seconds(5)) == 1);
    return std::move(*reply);
  }

  http::Reply get(const std::string& url) {
    http::Request request;
    request.url = url;
    return send(std::move(request));
  }

  boost::asio::io_context io;
  http::TlsTransport transport;
};

/// A request with a short deadline.
inline http::Request hasty(const std::string& url) {
  http::Request request;
  request.url = url;
  request.deadline = kShort;
  return request;
}

/// The stage at which the request failed, or nothing when it was answered.
inline std::optional<http::Stage> failure_of(const http::Reply& reply) {
  if (reply) return std::nullopt;
  return reply.error().stage;
}

inline std::string body_of(const http::Reply& reply) { return reply ? reply.value().body : "no answer"; }

inline http::Addresses addresses(std::initializer_list<const char*> texts) {
  http::Addresses result;
  for (const char* text : texts) result.push_back(boost::asio::ip::make_address(text));
  return result;
}

inline http::Request to(const std::string& url, http::Reach reach) {
  http::Request request;
  request.url = url;
  request.reach = reach;
  return request;
}

/// A pool whose names are what the test says.
struct NamedClient {
  explicit NamedClient(http::Resolver::LookUp look_up) : pool(io, TestClient::with_authority({}), std::move(look_up)) {}

  http::Reply send(http::Request request) {
    std::optional<http::Reply> reply;
    pool.send(std::move(request), [&](http::Reply answer) { reply = std::move(answer); });
    io.restart();
    while (!reply) REQUIRE(io.run_one_for(std::chrono::seconds(5)) == 1);
    return std::move(*reply);
  }

  boost::asio::io_context io;
  http::Pool pool;
};
