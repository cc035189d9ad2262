#include "http/reply_queue.h"

#include <doctest/doctest.h>

#include <stdexcept>

namespace {

http::Reply status(int code) { return http::Response{code, {}, ""}; }

struct Fixture {
  boost::asio::io_context io;
  std::shared_ptr<http::ReplyQueue> queue = std::make_shared<http::ReplyQueue>(io);
  std::vector<int> seen;

  void add(int code) {
    queue->add([this](http::Reply reply) { seen.push_back(reply.value().status); }, status(code));
  }
};

}  // namespace

TEST_CASE("reply queue: replies come in order, and not before they are delivered") {
  Fixture fixture;
  fixture.add(200);
  fixture.add(404);
  CHECK(fixture.seen.empty());
  CHECK(fixture.queue->size() == 2);
  fixture.queue->deliver();
  CHECK(fixture.seen == std::vector{200, 404});
  CHECK(fixture.queue->size() == 0);
}

TEST_CASE("reply queue: what a handler adds comes later, from the loop") {
  Fixture fixture;
  fixture.queue->add([&](const http::Reply&) { fixture.add(500); }, status(200));
  fixture.queue->deliver();
  CHECK(fixture.seen.empty());
  CHECK(fixture.queue->size() == 1);
  fixture.io.run();
  CHECK(fixture.seen == std::vector{500});
}

TEST_CASE("reply queue: a handler that throws does not cost the others their replies") {
  Fixture fixture;
  fixture.queue->add([](const http::Reply&) { throw std::runtime_error("thrown by a test"); }, status(200));
  fixture.add(201);
  CHECK_THROWS_AS(fixture.queue->deliver(), std::runtime_error);
  CHECK(fixture.seen.empty());
  fixture.io.run();
  CHECK(fixture.seen == std::vector{201});
}

TEST_CASE("reply queue: replies outlive their maker, and come once") {
  Fixture fixture;
  fixture.add(200);
  fixture.queue->deliver_soon();
  fixture.queue->deliver_soon();
  fixture.queue.reset();
  fixture.io.run();
  CHECK(fixture.seen == std::vector{200});
}
