#include "settings/forms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>

#include "base/encoding.h"
#include "http/url.h"
#include "settings/table.h"

namespace settings {
namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kKeyBytes = 32;
constexpr std::string_view kNameAdvice = "use letters, digits, '.', '_' and '-', at most 64";

using Labels = std::map<std::string, std::string>;

std::string_view name_of(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::kNothing:
      return "nothing";
    case Node::Kind::kText:
      return "a single value";
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMapping:
      return "a mapping (\"key: value\")";
    case Node::Kind::kRefused:
      return "refused";
  }
  return "";
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

bool all_of(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kBase36 = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kNameLetters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-";

/// What a reference gave may be a secret in the wrong place: the complaint shows the reference instead.
std::string without_value(std::string message, const std::string& value, const Node& node) {
  if (value == node.text || value.empty()) return message;
  for (std::size_t at = 0; (at = message.find(value, at)) != std::string::npos; at += node.text.size())
    message.replace(at, value.size(), node.text);
  return message;
}

/// A form that checks the line: `check` gives a complaint, or an empty text.
Form<std::string> checked_line(std::function<std::string(const std::string&)> check) {
  return [check = std::move(check)](Walk& walk, const Node& node) -> std::optional<std::string> {
    auto text = read_line(walk, node);
    if (!text) return std::nullopt;
    const std::string complaint = check(*text);
    if (complaint.empty()) return text;
    walk.error(node, in_quotes(node.text) + " " + complaint);
    return std::nullopt;
  };
}

std::string complaint_about_origin(const std::string& text) {
  const auto url = http::parse_url(text);
  if (!url) return url.error();
  if (!url.value().tls) return "the URL must begin with https://";
  if (url.value().target != "/") return "the URL must end after the host; adsauditd adds the paths";
  return "";
}

/// A text that is not empty, references replaced, without the characters that are `refused`.
std::optional<std::string> read_text(Walk& walk, const Node& node, bool (*refused)(char), const char* advice) {
  if (!require_kind(walk, node, Node::Kind::kText)) return std::nullopt;
  auto text = resolve(node, Content::kPlain, walk.references, walk.complaints);
  if (!text) return std::nullopt;
  const char* complaint = nullptr;
  if (text->empty()) complaint = "is empty; give it a value, or leave the key out";
  if (std::any_of(text->begin(), text->end(), refused)) complaint = advice;
  if (text->size() > kLongestLine) complaint = "is longer than 4096 bytes";
  if (complaint == nullptr) return text;
  walk.error(node, complaint);
  return std::nullopt;
}

}  // namespace

bool require_kind(Walk& walk, const Node& node, Node::Kind kind) {
  if (node.kind == kind) return true;
  if (node.kind == Node::Kind::kNothing)
    walk.error(node, "has no value; give it one, or leave the key out");
  else if (node.kind != Node::Kind::kRefused)
    walk.error(node, fmt::format("must be {}, and is {}", name_of(kind), name_of(node.kind)));
  return false;
}

std::optional<std::string> read_line(Walk& walk, const Node& node) {
  return read_text(walk, node, is_control, "must be one line without control characters");
}

bool require_reference(Walk& walk, const Node& node) {
  if (node.kind != Node::Kind::kText || is_reference(node.text)) return true;
  const bool unterminated = node.text.starts_with("${") && node.text.find('}') == std::string::npos;
  walk.error(node, unterminated ? "this reference has no closing }"
                                : "a secret must not stand in the settings; put it into a file and name that: "
                                  "${file:/path} or ${cred:name}, or ${env:NAME}");
  return false;
}

std::optional<base::Secret> read_secret(Walk& walk, const Node& node) {
  if (!require_kind(walk, node, Node::Kind::kText)) return std::nullopt;
  if (walk.references.skip_secrets) return base::Secret();
  auto text = resolve(node, Content::kSecret, walk.references, walk.complaints);
  if (!text) return std::nullopt;
  const auto is_blank = [](char c) { return is_control(c) || c == ' '; };
  const char* complaint = nullptr;
  if (text->empty()) complaint = "the secret is empty";
  if (std::any_of(text->begin(), text->end(), is_blank))
    complaint = "the secret holds blanks or line ends; it must be one word on one line";
  if (text->size() > kLongestLine) complaint = "the secret is longer than 4096 bytes";
  base::Secret secret(std::move(*text));
  if (complaint == nullptr) return secret;
  walk.error(node, complaint);
  return std::nullopt;
}

Form<std::string> line() { return read_line; }

Form<std::string> lines() {
  return [](Walk& walk, const Node& node) {
    return read_text(
        walk, node, [](char c) { return c != '\n' && is_control(c); }, "must hold no control characters but line ends");
  };
}

Form<std::string> checked(Form<std::string> form,
                          std::function<std::optional<std::string>(const std::string&)> complaint_about) {
  std::string schema = form.schema;
  const Form<std::string> more = [form = std::move(form), complaint_about = std::move(complaint_about)](
                                     Walk& walk, const Node& node) -> std::optional<std::string> {
    auto text = form(walk, node);
    if (!text || !complaint_about(*text)) return text;
    walk.error(node, complaint_about(node.text).value_or(in_quotes(node.text) + " gives a text that does not fit"));
    return std::nullopt;
  };
  return more.as(std::move(schema));
}

Form<std::string> name() {
  const Form<std::string> form = checked_line([](const std::string& text) {
    const bool fits = text.size() <= kLongestName && all_of(text, kNameLetters);
    return fits ? std::string() : "is not a name; " + std::string(kNameAdvice);
  });
  return form.as(std::string(schema::kName));
}

Form<std::string> account_id() {
  const Form<std::string> plain = checked_line([](const std::string& text) {
    const bool fits = text.size() <= 32 && all_of(text, kBase36);
    return fits ? "" : "is not the id of an ad account; it has lower-case letters and digits, like 18ce54d4x5t";
  });
  const Form<std::string> form = [plain](Walk& walk, const Node& node) {
    auto text = plain(walk, node);
    if (text && all_of(*text, kDigits))
      walk.warn(node, in_quotes(node.text) +
                          " looks like a decimal id from a URL; the API wants the base-36 id, like 18ce54d4x5t");
    return text;
  };
  return form.as(std::string(schema::kAccount));
}

Form<std::string> name_pattern() {
  const Form<std::string> form = checked_line([](const std::string& text) {
    const bool fits = text.size() <= kLongestName && all_of(text, std::string(kNameLetters) + "*?");
    return fits ? std::string() : "is neither a name nor a pattern; " + std::string(kNameAdvice) + ", and * and ?";
  });
  return form.as(std::string(schema::kNamePattern));
}

Form<std::string> account_pattern() {
  const Form<std::string> form = [whole = account_id()](Walk& walk, const Node& node) -> std::optional<std::string> {
    auto text = read_line(walk, node);
    if (!text) return std::nullopt;
    if (text->find_first_of("*?") == std::string::npos) return whole(walk, node);
    if (text->size() <= 32 && all_of(*text, std::string(kBase36) + "*?")) return text;
    walk.error(node, in_quotes(node.text) + " is no pattern of ad accounts; use lower-case letters, digits, * and ?");
    return std::nullopt;
  };
  return form.as(std::string(schema::kAccountPattern));
}

Form<std::string> digits(std::size_t most) {
  const Form<std::string> form = checked_line([most](const std::string& text) {
    return text.size() <= most && all_of(text, kDigits) ? std::string()
                                                        : fmt::format("must be a number of at most {} digits", most);
  });
  return form.as(schema::matching(fmt::format("^[0-9]{{1,{}}}$", most)));
}

Form<std::string> https_origin() {
  const Form<std::string> form = [](Walk& walk, const Node& node) -> std::optional<std::string> {
    auto text = read_line(walk, node);
    if (!text) return std::nullopt;
    std::string complaint = complaint_about_origin(*text);  // without the URL: it may hold a password
    if (!complaint.empty()) {
      walk.error(node, std::move(complaint));
      return std::nullopt;
    }
    if (text->ends_with('/')) text->pop_back();
    return text;
  };
  return form.as(schema::matching("^https://[^/]+/?$"));
}

Form<std::string> readable_file() {
  return checked_line([](const std::string& path) {
    errno = 0;
    std::ifstream stream(path);
    return stream && stream.peek() != std::ifstream::traits_type::eof()
               ? std::string()
               : fmt::format("cannot be read: {}", errno != 0 ? std::strerror(errno) : "it is empty");
  });
}

Form<std::optional<http::Endpoint>> listener() {
  Form<std::optional<http::Endpoint>> form = [](Walk& walk,
                                                const Node& node) -> std::optional<std::optional<http::Endpoint>> {
    const auto text = read_line(walk, node);
    if (!text) return std::nullopt;
    if (*text == "off") return std::optional<http::Endpoint>();
    auto endpoint = http::parse_endpoint(*text);
    if (endpoint) return std::optional(std::move(endpoint).value());
    walk.error(node, fmt::format("{} {}; or write off", in_quotes(node.text), endpoint.error()));
    return std::nullopt;
  };
  form.show = [](const std::optional<http::Endpoint>& endpoint) { return endpoint ? endpoint->authority() : "off"; };
  return form;
}

Form<base::Secret> secret() {
  const Form<base::Secret> form = [](Walk& walk, const Node& node) -> std::optional<base::Secret> {
    if (!require_reference(walk, node)) return std::nullopt;
    return read_secret(walk, node);
  };
  return form.as(std::string(schema::kSecret));
}

Form<base::Secret> key() {
  const Form<base::Secret> checked_key = [form = secret()](Walk& walk,
                                                           const Node& node) -> std::optional<base::Secret> {
    auto text = form(walk, node);
    if (!text || text->empty()) return text;
    auto bytes = base::from_base64(text->reveal());
    const base::Secret plain(bytes ? std::move(bytes).value() : std::string());
    if (plain.reveal().size() == kKeyBytes) return text;
    walk.error(node, "the key must be base64 of 32 bytes; make one with: adsauditd key init FILE");
    return std::nullopt;
  };
  return checked_key.as(std::string(schema::kSecret));
}

Form<base::Duration> duration(DurationLimits limits) {
  const Form<base::Duration> form = [limits](Walk& walk, const Node& node) -> std::optional<base::Duration> {
    const auto text = read_line(walk, node);
    if (!text) return std::nullopt;
    const auto value = base::parse_duration(*text);
    const auto is = [&](const char* bound, base::Duration limit) {
      return fmt::format("is {}, the {} is {}", base::to_text(value.value()), bound, base::to_text(limit));
    };
    if (!value)
      walk.error(node, without_value(value.error(), *text, node));
    else if (value.value() < limits.least)
      walk.error(node, is("least", limits.least));
    else if (value.value() > limits.most)
      walk.error(node, is("most", limits.most));
    else if (value.value() < limits.warn_below)
      walk.warn(node, fmt::format("is {}; under {} it spends a lot of the rate limit", base::to_text(value.value()),
                                  base::to_text(limits.warn_below)));
    return value ? std::optional(value.value()) : std::nullopt;
  };
  return form.as(std::string(schema::kDuration));
}

Form<double> share(double least) {
  const Form<double> form = [least](Walk& walk, const Node& node) -> std::optional<double> {
    const auto text = read_line(walk, node);
    if (!text) return std::nullopt;
    const auto value = base::parse_share(*text);
    if (!value) {
      walk.error(node, without_value(value.error(), *text, node));
      return std::nullopt;
    }
    if (!(value.value() >= least)) walk.error(node, fmt::format("is {}, the least is {}%", *text, least * 100));
    return value.value();
  };
  return form.as(std::string(schema::kShare));
}

Form<int> whole(int least, int most) {
  const Form<int> form = [least, most](Walk& walk, const Node& node) -> std::optional<int> {
    const auto text = read_line(walk, node);
    if (!text) return std::nullopt;
    int value = 0;
    const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), value);
    const bool odd = (text->size() > 1 && text->starts_with('0')) || end != text->data() + text->size();
    if (failure == std::errc() && !odd && value >= least && value <= most) return value;
    walk.error(node, fmt::format("{} is not a whole number from {} to {}", in_quotes(node.text), least, most));
    return std::nullopt;
  };
  return form.as(schema::whole(least, most));
}

Form<bool> flag() {
  const Form<bool> form = [](Walk& walk, const Node& node) -> std::optional<bool> {
    const auto text = read_line(walk, node);
    if (!text) return std::nullopt;
    if (*text == "true") return true;
    if (*text == "false") return false;
    walk.error(node, in_quotes(node.text) + " is neither true nor false; write one of them");
    return std::nullopt;
  };
  return form.as(std::string(schema::kFlag));
}

Form<std::map<std::string, std::string>> labels() {
  const Form<Labels> form = [value_form = line()](Walk& walk, const Node& node) -> std::optional<Labels> {
    if (!require_kind(walk, node, Node::Kind::kMapping)) return std::nullopt;
    Labels labels;
    for (const Node& child : node.children) {
      if (child.key.size() > kLongestName || !all_of(child.key, kNameLetters))
        walk.complaints.error(child.key_place, child.path, "is no name for a label; " + std::string(kNameAdvice));
      if (auto value = value_form(walk, child)) labels.emplace(child.key, std::move(*value));
    }
    return labels;
  };
  return form.as(std::string(schema::kLabels));
}

void complain_about_unknown_key(Walk& walk, const Node& child, const std::vector<std::string_view>& known) {
  const bool word = !child.key.empty() && all_of(child.key, kNameLetters);
  // What is not a word may be a value whose key lost its colon, and that may be a secret: it is not repeated.
  std::string message = word ? fmt::format("unknown key \"{}\"{}", child.key, advice_for(child.key, known))
                             : "there should be a key here, followed by \": \"";
  const std::string path = word ? child.path : "";
  walk.complaints.error(child.key_place, path, std::move(message));
}

}  // namespace settings
