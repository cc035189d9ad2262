// Sends one mail to each of several servers at once, through the door that the daemon uses, and prints what became of
// each as a line of JSON, in the order in which the servers answered:
//
//   send-mail <ORDER
//   {"url": ["smtp://127.0.0.1:2525"], "ca_file": "ca.pem", "reach": "private", "deadline": "2s", "from": "a@b",
//    "to": ["c@d"], "username": "u", "password": "p", "message": "Subject: x\r\n\r\ntext\r\n"}
//
// "reach" is any, public or private (which means private, too); "username" and "password" may be left out.

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include "base/json.h"
#include "http/mail.h"
#include "http/mail_transport.h"
#include "http/scheme_transport.h"
#include "http/tls_transport.h"

namespace {

using Clock = std::chrono::steady_clock;

std::vector<std::string> texts_of(const rapidjson::Value* list) {
  std::vector<std::string> texts;
  for (const auto& text : list->GetArray()) texts.emplace_back(base::text_of(&text));
  return texts;
}

http::Reach reach_of(std::string_view name) {
  if (name == "any") return http::Reach::kAnyAddress;
  if (name == "public") return http::Reach::kPublicAddress;
  if (name == "private") return http::Reach::kPrivateToo;
  throw std::runtime_error(fmt::format("no such reach: {}", name));
}

http::Request request_from(const rapidjson::Value& order) {
  const auto text = [&](const char* name) { return std::string(base::text_of(base::find_member(order, name))); };
  auto mail = std::make_shared<http::Mail>();
  mail->from = text("from");
  mail->to = texts_of(base::find_member(order, "to"));
  mail->username = text("username");
  mail->password = base::Secret(text("password"));
  http::Request request;
  request.mail = std::move(mail);
  request.body = text("message");
  request.reach = reach_of(text("reach"));
  request.deadline = base::parse_duration(text("deadline")).value();
  return request;
}

void print(const std::string& url, const http::Reply& reply, Clock::duration took) {
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  writer.StartObject();
  writer.Key("url");
  base::write_text(writer, url);
  writer.Key("took_ms");
  writer.Int64(std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
  if (reply) {
    writer.Key("status");
    writer.Int(reply.value().status);
  } else {
    writer.Key("stage");
    base::write_text(writer, http::to_text(reply.error().stage));
  }
  writer.Key("text");
  base::write_text(writer, reply ? reply.value().body : reply.error().detail);
  writer.EndObject();
  fmt::print("{}\n", base::take_text(buffer));
}

void run() {
  const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
  const auto order = base::parse_json(input);
  if (!order) throw std::runtime_error(order.error());
  boost::asio::io_context io(1);
  http::TlsOptions options;
  options.ca_file = base::text_of(base::find_member(order.value(), "ca_file"));
  http::TlsTransport web(io, options);
  http::MailTransport mail(io, options);
  http::SchemeTransport transport(web, mail);
  const auto start = Clock::now();
  for (const std::string& url : texts_of(base::find_member(order.value(), "url"))) {
    http::Request request = request_from(order.value());
    request.url = url;
    transport.send(std::move(request),
                   [url, start](const http::Reply& reply) { print(url, reply, Clock::now() - start); });
  }
  io.run();
}

}  // namespace

int main() {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    run();
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "send-mail: {}\n", error.what());
    return 1;
  }
}
